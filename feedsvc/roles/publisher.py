"""The publisher's role: rounds, for as long as the service lives."""

import gc
from collections.abc import Callable
from contextlib import closing, nullcontext

from feedsvc import upkeep
from feedsvc.articles.pool import ReaderPool
from feedsvc.clock import now
from feedsvc.ledgercopy import LedgerCopy, warn_of_loose_files
from feedsvc.notify import tell
from feedsvc.plan import copy_of, plan_of
from feedsvc.publisher import Publisher
from feedsvc.settings.settings import Settings
from feedsvc.store.store import open_store
from feedsvc.watch import Watch


def run_publisher(settings: Settings, orphaned: Callable[[], bool]) -> None:
    """Run rounds at once, at the interval, at the next moment, after file events and on SIGHUP.

    Ends at SIGTERM, or when ``orphaned()``.
    """
    with closing(open_store(settings.store_url)) as store:
        warn_of_loose_files(settings.store_url)
        upkeep.recall(store, copy_of(settings), now())
        tell("READY=1")
        copy = LedgerCopy(copy_of(settings), store.privacy)
        with ReaderPool(settings.most_reader_processes) as readers:
            plan, interval = plan_of(settings), settings.interval
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
