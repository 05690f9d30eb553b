"""The reporter: takes publish requests from the store, and stores the report of each round."""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from feedsvc.articles.policy.safeguards import NO_OVERRIDES, Overrides, SafeguardError
from feedsvc.core.errors import FeedsvcError, StoreError
from feedsvc.core.timestamps import unix_time
from feedsvc.publishing.model import Outcome
from feedsvc.store.operator_store import OperatorStore, PublishRequest
from feedsvc.store.report import Report, still_there


class Reporter:
    """Reports one round after another: each begins with :meth:`begin`, and ends with one of the other methods."""

    def __init__(self, store: OperatorStore, interval: float = 0.0) -> None:
        """Prepare to report to the store.

        Args:
            store: Where requests come from, and reports go.
            interval: Seconds after which the next round begins at the latest; 0 where none follows.
        """
        self._store = store
        self._interval = interval
        self._last = Report()
        self._request: PublishRequest | None = None
        self._time = 0
        self._begin = 0.0

    def is_round_requested(self) -> bool:
        """Whether a command waits for a round; False if the store cannot be read, which the next round reports."""
        try:
            return self._store.is_round_requested()
        except StoreError:
            return False

    def begin(self, now: datetime) -> Overrides:
        """Begin a round at ``now``; return the overrides of safeguards that the operator gave for this round.

        Raises:
            StoreError: The store cannot be read or written.
        """
        self._time, self._begin, self._request = unix_time(now), time.monotonic(), None
        self._last, _ = self._store.report()
        self._request = self._store.take_request()
        return self._request.overrides if self._request else NO_OVERRIDES

    def done(self, outcome: Outcome) -> Report:
        """Store the report of a round that was done.

        Raises:
            StoreError: The report cannot be stored.
        """
        still = still_there(self._last.problems, outcome.unread, composed=outcome.is_composed)
        return self._store_report(
            replace(
                self._last,
                read=outcome.read,
                changed=outcome.changed,
                moved=outcome.moved,
                counts=outcome.counts,
                left_out=outcome.left_out,
                problems=tuple(dict.fromkeys((*outcome.problems, *still))),
                refusals=(),
                failure=None,
            )
        )

    def refused(self, error: SafeguardError) -> Report:
        """Store the report of a round that safeguards refused; the last edition and its counts stay."""
        still = still_there(self._last.problems, frozenset())
        report = replace(self._without_changes(), problems=(*error.problems, *still), refusals=error.refusals)
        return self._store_report(replace(report, refused=report.refused + 1))

    def failed(self, error: FeedsvcError) -> Report:
        """Store the report of a round that failed; a store that cannot be written is ignored here."""
        report = replace(self._without_changes(), failure=str(error))
        report = replace(report, failed=report.failed + 1)
        with suppress(StoreError):  # mostly the store itself has failed, and the caller logs that
            return self._store_report(report)
        return report

    def _without_changes(self) -> Report:
        return replace(self._last, read=0, changed=0, moved=(), refusals=(), failure=None)

    def _store_report(self, report: Report) -> Report:
        seconds = round(time.monotonic() - self._begin, 3)
        self._last = replace(
            report, time=self._time, seconds=seconds, interval=self._interval, rounds=self._last.rounds + 1
        )
        self._store.keep_report(self._last, self._request.number if self._request else 0)
        return self._last
