"""What the commands do beside serving, one call each: settings come in, what is to be told goes out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from feedsvc import private, upkeep
from feedsvc.adopt.fetch import collect
from feedsvc.articles.consent import Consent
from feedsvc.articles.gather import Survey, survey
from feedsvc.articles.pool import ReaderPool
from feedsvc.clock import now
from feedsvc.documents.formats import FORMATS
from feedsvc.errors import PrivacyError
from feedsvc.export.edition import Exported, Progress
from feedsvc.export.edition import export as write_edition
from feedsvc.export.tree import Tree
from feedsvc.ledgercopy import LedgerCopy, copy_file, warn_of_loose_files, write_ledger
from feedsvc.once import publish_once
from feedsvc.plan import copy_of, plan_of, rules_of
from feedsvc.preview import Preview, preview_file
from feedsvc.renew import Progress as RoundProgress
from feedsvc.report import Report
from feedsvc.responses.access import PREFIX, Access, Privacy, Reader
from feedsvc.responses.edition import Memory
from feedsvc.settings.settings import Settings
from feedsvc.status import Status, status_of
from feedsvc.store.ledger import Merge
from feedsvc.store.ledger import ledger_lines as store_lines
from feedsvc.store.store import open_store
from feedsvc.takeover import Takeover, take_over
from feedsvc.terms import policy_of


def publish(settings: Settings, consent: Consent, progress: RoundProgress = lambda *_: None) -> Report:
    """Run one round, or have the running publisher run it, and give its report.

    Raises:
        PrivacyError: The store is not for those whom the settings name.
        FeedsvcError: It could not be run.
    """
    with closing(open_store(settings.store_url)) as store:
        warn_of_loose_files(settings.store_url)
        upkeep.recall(store, copy_of(settings), now())
        private.claim(store, settings.access)
        copy = LedgerCopy(copy_of(settings), store.privacy)
        with ReaderPool(settings.most_reader_processes) as readers:
            return publish_once(plan_of(settings), store, consent, now, readers, copy=copy, progress=progress)


def adopt(
    settings: Settings, sources: Sequence[str], fetched: Callable[[str], None], *, write: bool, published_too: bool
) -> Takeover:
    """Take over the ids and dates of a feed, or say what would be taken over.

    Raises:
        FeedError: It cannot be fetched or read.
        DirectoryError: There is no such directory, or it cannot be read.
        StoreError: The store cannot be read or written.
        PrivacyError: The store is not for those whom the settings name.
    """
    past = collect(sources, fetched)
    with closing(open_store(settings.store_url)) as store, ReaderPool(settings.most_reader_processes) as readers:
        upkeep.recall(store, copy_of(settings), now())
        private.claim(store, settings.access)
        plan = plan_of(settings)
        return take_over(plan, store, past, now(), readers, write=write, published_too=published_too)


def status(settings: Settings) -> Status:
    """How things stand, from the store alone.

    Raises:
        StoreError: The store cannot be read.
    """
    with closing(open_store(settings.store_url, make=False)) as store:
        return status_of(store)


def ledger_lines(settings: Settings) -> Iterator[str]:
    """The ledger as a file's lines; see :mod:`feedsvc.store.ledger`."""
    memory, privacy = _promised(settings)
    return store_lines(memory, privacy=privacy)


def export_ledger(settings: Settings, file: Path) -> int:
    """Write the ledger to ``file``; return how many records it has.

    Raises:
        LedgerError: The file cannot be written.
    """
    memory, privacy = _promised(settings)
    write_ledger(memory, file, privacy=privacy)
    return len(memory.records)


def import_ledger(settings: Settings, file: Path, *, replace: bool) -> Merge:
    """Take over the ledger in ``file``; see :func:`feedsvc.upkeep.import_ledger`."""
    ledger = upkeep.read_ledger(Path("/dev/stdin") if str(file) == "-" else file)
    with closing(open_store(settings.store_url)) as store:
        return upkeep.import_ledger(store, ledger, now(), replace=replace)


def rebuild_store(
    settings: Settings, ledger: Path | None, consent: Consent, progress: RoundProgress, *, anew: bool
) -> upkeep.Rebuilt:
    """Make a new store of articles and ledger; see :func:`feedsvc.upkeep.rebuild`."""
    file = ledger or copy_file(settings.store_url)
    plan = replace(plan_of(settings), consent=consent)
    with ReaderPool(settings.most_reader_processes) as readers:
        return upkeep.rebuild(settings.store_url, plan, now(), file, progress, readers=readers, anew=anew)


def export(  # noqa: PLR0913 - what an export may be told
    settings: Settings,
    folder: Path,
    progress: Progress,
    *,
    overwrite: bool = False,
    link: bool = False,
    private_too: bool = False,
) -> Exported:
    """Write the newest edition as files; see :func:`feedsvc.export.edition.export`.

    Raises:
        PrivacyError: The site is private, and not to be exported, unless ``private_too``.
    """
    tree = Tree(folder, overwrite=overwrite)
    with closing(open_store(settings.store_url, make=False)) as store:
        private.claim(store, settings.access)
        if settings.access == "private" and not private_too:
            raise PrivacyError(
                "the site is private, and a host of files lets everybody in",
                "export it with --private to a host that asks for a password itself",
            )
        with tree:
            return write_edition(store, tree, settings.articles, policy_of(settings), progress, link=link)


def preview(settings: Settings, file: Path) -> Preview:
    """How an article will come out; see :func:`feedsvc.preview.preview_file`."""
    with ReaderPool() as readers:
        return preview_file(plan_of(settings), settings.store_url, file, now(), readers)


def _promised(settings: Settings) -> tuple[Memory, Privacy]:
    with closing(open_store(settings.store_url, make=False)) as store:
        return store.memory(), store.privacy()


def add_reader(settings: Settings, name: str) -> tuple[str, tuple[str, ...]]:
    """Give a reader of the private site a token; gives it, and the addresses of the feeds with it.

    Raises:
        PrivacyError: The site is public.
        ReaderError: The name cannot be used, or is taken; see :func:`feedsvc.private.add`.
    """
    with closing(open_store(settings.store_url, make=False)) as store:
        private.claim(store, settings.access)
        if settings.access != "private":
            raise PrivacyError(
                "the site is public, and has no readers with tokens", 'set access = "private" for it'
            )
        token = private.add(store, name, now())
    return token, tuple(f"{settings.public_url}{PREFIX}{token}/{form.file}" for form in FORMATS)


def readers(settings: Settings) -> tuple[Reader, ...]:
    """Who was given a token of the private site."""
    return _promised(settings)[1].readers


def revoke_reader(settings: Settings, which: str) -> Sequence[Reader]:
    """Take a token back; see :func:`feedsvc.private.revoke`."""
    with closing(open_store(settings.store_url, make=False)) as store:
        return private.revoke(store, which, now())


def access(settings: Settings, wanted: Access | None) -> Access | None:
    """Whom the store is for, changed before if that is ``wanted``."""
    with closing(open_store(settings.store_url, make=False)) as store:
        if wanted is not None:
            store.set_access(wanted)
        return store.privacy().access


def check(settings: Settings, progress: Callable[[int, int], None]) -> Survey:
    """Read every article as a round would, and publish nothing.

    Raises:
        DirectoryError: There is no such directory, or it cannot be read.
    """
    with ReaderPool(settings.most_reader_processes) as readers:
        return survey(settings.articles, rules_of(settings), progress, readers=readers)
