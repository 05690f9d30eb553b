"""One round for a command: run here if nobody publishes, and asked of whoever does if somebody does.

A running publisher goes by its own settings. So its feeds do not change because a command was given others.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.articles.policy.safeguards import Overrides, SafeguardError
from feedsvc.articles.reading.set_aside import Readers
from feedsvc.core.errors import FeedsvcError, LeaseLostError
from feedsvc.publishing.leadership import Leadership
from feedsvc.publishing.rendering import Progress
from feedsvc.publishing.reporter import Reporter
from feedsvc.publishing.round import RoundOptions, publish
from feedsvc.publishing.site_access import claim
from feedsvc.store.ledger_copy import LedgerCopy
from feedsvc.store.report import Report
from feedsvc.store.store import Store

Clock = Callable[[], datetime]
"""Tells the time: aware, in whole seconds."""

PAUSE = 0.2
"""Seconds between two looks at whether a request was served."""


def publish_once(  # noqa: PLR0913 - all that a round touches
    plan: RoundOptions,
    store: Store,
    overrides: Overrides,
    clock: Clock,
    readers: Readers,
    *,
    copy: LedgerCopy | None = None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Have a round run that begins after this call, and give its report.

    A round that is run here also brings the ``copy`` of the ledger up to date, and tells ``progress`` how far it
    is.

    Raises:
        FeedsvcError: It could not be run here: no directory, another publisher that took over, a fault.
        StoreError: The store cannot be read or written.
    """
    tenure = Leadership(store.publisher)
    try:
        if tenure.hold() is None:
            number = store.operator.request_round(overrides)
            if (report := _served(store, number, lambda: tenure.hold() is not None)) is not None:
                return report
        kept = copy or LedgerCopy(None)
        run = _Run(plan, store, tenure, readers, kept)
        return run.round(overrides, clock, progress)
    finally:
        tenure.end()


def _served(store: Store, number: int, is_ours: Callable[[], bool]) -> Report | None:
    """The report of the round that served a request; None if its publisher ended, and the round is ours to run."""
    while True:
        report, served = store.operator.report()
        if served >= number:
            return report
        if is_ours():
            return None
        time.sleep(PAUSE)


@dataclass(frozen=True, slots=True)
class _Run:
    """What a round that is run here works with."""

    plan: RoundOptions
    store: Store
    tenure: Leadership
    readers: Readers
    copy: LedgerCopy

    def round(self, overrides: Overrides, clock: Clock, progress: Progress) -> Report:
        """Run it, and leave the report."""
        reporter, plan = Reporter(self.store.operator), replace(self.plan, overrides=overrides)
        try:
            now = clock()
            reporter.begin(now)
            claim(self.store.operator, plan.access)
            memory = self.store.publisher.state()
            outcome = publish(plan, self.tenure, memory, now, afresh=True, progress=progress, readers=self.readers)
        except LeaseLostError:
            raise
        except SafeguardError as error:
            return reporter.refused(error)
        except FeedsvcError as error:
            reporter.failed(error)
            raise
        self.copy.note(outcome.memory)
        self.copy.write()
        return reporter.done(outcome, memory.records)
