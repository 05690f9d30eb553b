"""The publisher's role: rounds, for as long as the service lives."""

import gc
from collections.abc import Callable
from contextlib import closing, nullcontext

import structlog

from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.core.settings.model import Settings
from feedsvc.core.timestamps import now
from feedsvc.operations import ledger
from feedsvc.operations.serve.systemd import notify
from feedsvc.publishing.options import backup_file, round_options
from feedsvc.publishing.publisher import Publisher
from feedsvc.publishing.watcher import Watch
from feedsvc.store.ledger_copy import LedgerCopy, warn_of_loose_files
from feedsvc.store.store import open_store

_log = structlog.get_logger()


def run_publisher(settings: Settings, orphaned: Callable[[], bool]) -> None:
    """Run rounds at once, at the interval, at the next moment, after file events and on SIGHUP.

    Ends at SIGTERM, or when ``orphaned()``.
    """
    with closing(open_store(settings.store_url)) as store:
        warn_of_loose_files(settings.store_url)
        ledger.restore_backup(store, backup_file(settings), now())
        notify("READY=1", _log.warning)
        copy = LedgerCopy(backup_file(settings), store.operator.privacy)
        with ReaderPool(settings.most_reader_processes) as readers:
            plan, interval = round_options(settings), settings.interval
            publisher = Publisher(plan, store, interval, now, copy, readers=readers, at_rest=settle)
            with Watch(settings.articles, settings.debounce, publisher.wake) if settings.watch else nullcontext():
                publisher.run(orphaned)


def settle() -> None:
    """Let the garbage collector pass over what stays until the next round.

    Ten thousand articles are a million objects. To look through them takes a fifth of a second, which a round
    would spend while somebody waits for it; now nobody does.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
