"""The role of the publisher: open the store and run rounds for as long as the service runs."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import structlog

from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.core.process import give_back_memory
from feedsvc.core.settings.model import Settings
from feedsvc.core.timestamps import now
from feedsvc.operations import ledger
from feedsvc.operations.serve.children import tell_ready
from feedsvc.operations.serve.preview import Preview
from feedsvc.publishing.options import backup_file, round_options
from feedsvc.publishing.publisher import Publisher
from feedsvc.publishing.theme_folder import is_theme_file
from feedsvc.publishing.watcher import FolderWatch
from feedsvc.store.ledger_copy import LedgerCopy, warn_of_loose_files
from feedsvc.store.store import open_store

_log = structlog.get_logger()
THEME = "theme"
"""The reason of a round that a change of the theme requests."""


def run_publisher(settings: Settings, orphaned: Callable[[], bool], preview: Preview | None = None) -> None:
    """Run a round at once, at the interval, when an article appears or expires, after file events and on SIGHUP.

    It ends at SIGTERM, or when ``orphaned()`` is true.
    """
    with closing(open_store(settings.store_url)) as store:
        warn_of_loose_files(settings.store_url)
        ledger.restore_backup(store, backup_file(settings), now())
        tell_ready()
        copy = LedgerCopy(backup_file(settings), store.operator.privacy)
        with ReaderPool(settings.most_reader_processes) as readers:
            options, interval = (
                preview.options(settings) if preview else round_options(settings),
                settings.scan.interval,
            )
            publisher = Publisher(options, store, interval, now, copy, readers=readers, when_idle=collect_garbage)
            with ExitStack() as watches:
                for watch in _watches(settings, publisher):
                    watches.enter_context(watch)
                publisher.run(orphaned)


def _watches(settings: Settings, publisher: Publisher) -> Iterator[FolderWatch]:
    """The watched folders: the articles, and the theme."""
    if not settings.scan.watch:
        return
    yield FolderWatch(settings.articles, settings.scan.debounce, publisher.wake)
    if settings.pages.theme is not None:
        yield FolderWatch(
            settings.pages.theme, settings.scan.debounce, lambda *_: publisher.wake(THEME), is_theme_file
        )


def collect_garbage() -> None:
    """Collect garbage now, give its memory back, and exclude what is left from the collections of the next round.

    Ten thousand articles are a million objects. A collection over all of them takes a fifth of a second, which a
    round would spend while somebody waits for it.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    give_back_memory()
