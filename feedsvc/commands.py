"""What commands do with articles: publish them once, check them all, show how one will come out."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from feedsvc import upkeep
from feedsvc.articles.consent import Consent
from feedsvc.articles.gather import Survey, survey
from feedsvc.articles.pool import ReaderPool
from feedsvc.clock import now
from feedsvc.ledgercopy import LedgerCopy, warn_of_loose_files
from feedsvc.once import publish_once
from feedsvc.plan import copy_of, plan_of, rules_of
from feedsvc.preview import Preview, preview_file
from feedsvc.renew import Progress
from feedsvc.report import Report
from feedsvc.settings.settings import Settings
from feedsvc.site_access import claim
from feedsvc.store.store import open_store


def publish(settings: Settings, consent: Consent, progress: Progress = lambda *_: None) -> Report:
    """Run one round, or have the running publisher run it, and give its report.

    Raises:
        PrivacyError: The store is not for those whom the settings name.
        FeedsvcError: It could not be run.
    """
    with closing(open_store(settings.store_url)) as store:
        warn_of_loose_files(settings.store_url)
        upkeep.recall(store, copy_of(settings), now())
        claim(store, settings.access)
        copy = LedgerCopy(copy_of(settings), store.privacy)
        with ReaderPool(settings.most_reader_processes) as readers:
            return publish_once(plan_of(settings), store, consent, now, readers, copy=copy, progress=progress)


def check(settings: Settings, progress: Callable[[int, int], None]) -> Survey:
    """Read every article as a round would, and publish nothing.

    Raises:
        DirectoryError: There is no such directory, or it cannot be read.
    """
    with ReaderPool(settings.most_reader_processes) as readers:
        return survey(settings.articles, rules_of(settings), progress, readers=readers)


def preview(settings: Settings, file: Path) -> Preview:
    """How an article will come out; see :func:`feedsvc.preview.preview_file`."""
    with ReaderPool() as readers:
        return preview_file(plan_of(settings), settings.store_url, file, now(), readers)
