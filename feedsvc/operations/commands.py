"""What commands do with articles: publish them once, check them all, show how one will come out."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from feedsvc.articles.collection import LintResult
from feedsvc.articles.collector import lint
from feedsvc.articles.policy.safeguards import Overrides
from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.core.clock import now
from feedsvc.core.settings.model import Settings
from feedsvc.operations import ledger
from feedsvc.publishing.on_demand import publish_once
from feedsvc.publishing.options import backup_file, read_options, round_options
from feedsvc.publishing.preview import Preview, preview_file
from feedsvc.publishing.rendering import Progress
from feedsvc.publishing.site_access import claim
from feedsvc.store.ledger_copy import LedgerCopy, warn_of_loose_files
from feedsvc.store.report import Report
from feedsvc.store.store import open_store


def publish(settings: Settings, overrides: Overrides, progress: Progress = lambda *_: None) -> Report:
    """Run one round, or have the running publisher run it, and give its report.

    Raises:
        PrivacyError: The store is not for those whom the settings name.
        FeedsvcError: It could not be run.
    """
    with closing(open_store(settings.store_url)) as store:
        warn_of_loose_files(settings.store_url)
        ledger.restore_backup(store, backup_file(settings), now())
        claim(store.operator, settings.access)
        copy = LedgerCopy(backup_file(settings), store.operator.privacy)
        with ReaderPool(settings.most_reader_processes) as readers:
            return publish_once(
                round_options(settings), store, overrides, now, readers, copy=copy, progress=progress
            )


def check(settings: Settings, progress: Callable[[int, int], None]) -> LintResult:
    """Read every article as a round would, and publish nothing.

    Raises:
        DirectoryError: There is no such directory, or it cannot be read.
    """
    with ReaderPool(settings.most_reader_processes) as readers:
        return lint(settings.articles, read_options(settings), progress, readers=readers)


def preview(settings: Settings, file: Path) -> Preview:
    """How an article will come out; see :func:`feedsvc.publishing.preview.preview_file`."""
    with ReaderPool() as readers:
        return preview_file(round_options(settings), settings.store_url, file, now(), readers)
