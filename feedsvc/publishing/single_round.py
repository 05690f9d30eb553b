"""One round for a command: run in this process, or by the publisher of a running service if there is one.

The publisher of a running service uses its own settings, so a command with other settings does not change its
feeds.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from feedsvc.articles.reading.session import Readers
from feedsvc.articles.safeguards import Overrides, SafeguardError
from feedsvc.core.errors import FeedsvcError, LeaseLostError
from feedsvc.publishing.options import RoundOptions, without_silent_hubs
from feedsvc.publishing.rendering import Progress
from feedsvc.publishing.reporter import Reporter
from feedsvc.publishing.round import publish
from feedsvc.store.lease import LeaseKeeper
from feedsvc.store.ledger_copy import LedgerCopy
from feedsvc.store.operator_store import Report
from feedsvc.store.store import Store

Clock = Callable[[], datetime]
"""Tells the time: aware, in whole seconds."""

ATTEMPTS = 3
"""How often a round is run in all while its process loses the lease to do so, as when it was held up for longer
than a lease lasts. Nobody else would run it."""
PAUSE = 0.2
"""Seconds between two checks of whether the publisher has run the requested round."""


def publish_once(  # noqa: PLR0913 - all that a round touches
    options: RoundOptions,
    store: Store,
    overrides: Overrides,
    clock: Clock,
    readers: Readers,
    *,
    copy: LedgerCopy | None = None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Run one round, or let a running publisher run it; return its report. The round begins after this call.

    Args:
        options: What a round in this process publishes, and how.
        store: Where editions and the ledger are kept.
        overrides: The safeguards that the operator overrides for this round.
        clock: Tells the time.
        readers: The processes that read the files in this process's round.
        copy: The copy of the ledger, which a round in this process brings up to date; None where none is kept.
        progress: Called with the progress of a round in this process.

    Raises:
        FeedsvcError: The round failed in this process: no directory, another publisher that took over, a fault.
        StoreError: The store cannot be read or written.
    """
    run = partial(_publish, options, store, overrides, clock, readers, copy, progress)
    for _ in range(ATTEMPTS - 1):
        with suppress(LeaseLostError):
            return run()
    return run()


def _publish(  # noqa: PLR0913, PLR0917 - what publish_once takes
    options: RoundOptions,
    store: Store,
    overrides: Overrides,
    clock: Clock,
    readers: Readers,
    copy: LedgerCopy | None,
    progress: Progress,
) -> Report:
    keeper = LeaseKeeper(store.publisher)
    try:
        if keeper.hold() is None:
            number = store.operator.request_round(overrides)
            if (report := _served(store, number, lambda: keeper.hold() is not None)) is not None:
                return report
        reporter, now = Reporter(store.operator), clock()
        reporter.begin(now)
        try:
            reporter.take_overrides()  # of the request that this round serves: they are those of this call
            store.operator.claim(options.access)
            outcome = publish(
                replace(options, overrides=overrides, site=without_silent_hubs(options.site, store.hub_watch)),
                store.publisher,
                store.publisher.state(),
                now,
                lease=keeper.lease,
                afresh=True,
                progress=progress,
                readers=readers,
            )
        except LeaseLostError:
            raise
        except SafeguardError as error:
            return reporter.refused(error)
        except FeedsvcError as error:
            reporter.failed(error)
            raise
        if copy is not None:
            copy.note(outcome.state)
            copy.write()
        return reporter.done(outcome)
    finally:
        keeper.end()


def _served(store: Store, number: int, is_ours: Callable[[], bool]) -> Report | None:
    """Wait for the report of the requested round; None if the publisher ended and this process takes over."""
    while True:
        report, served = store.operator.report()
        if served >= number:
            return report
        if is_ours():
            return None
        time.sleep(PAUSE)
