"""The reporter: takes the wishes for a round, and leaves the report of it in the store."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from feedsvc.articles.policy.refusals import NO_OVERRIDES, Overrides, SafeguardError
from feedsvc.articles.record import Record
from feedsvc.core.errors import FeedsvcError, StoreError
from feedsvc.publishing.round import Outcome
from feedsvc.store.publisher_status import PublishRequest
from feedsvc.store.report import Report, count, moves, still_there


class Reports(Protocol):
    """The store, as the reporter needs it."""

    def report(self) -> tuple[Report, int]:
        """The report of the last round, and the number of the newest wish it served."""

    def keep_report(self, report: Report, served: int = 0) -> None:
        """Keep the report of a round that served the wishes up to a number."""

    def is_wished(self) -> bool:
        """Whether somebody waits for a round."""

    def take_wish(self) -> PublishRequest | None:
        """The wishes that wait, for the one round that serves them."""


class Reporter:
    """Accompanies one round after another; each begins with :meth:`begin` and ends with one of the others."""

    def __init__(self, store: Reports) -> None:
        self._store = store
        self._last = Report()
        self._wish: PublishRequest | None = None
        self._time = 0
        self._begin = 0.0

    def is_wished(self) -> bool:
        """Whether somebody waits for a round; False where the store cannot say, which a round will tell."""
        try:
            return self._store.is_wished()
        except StoreError:
            return False

    def begin(self, now: datetime) -> Overrides:
        """Begin a round at ``now``; gives what the operator allows this once.

        Raises:
            StoreError: The store cannot be read or written.
        """
        self._time, self._begin, self._wish = int(now.timestamp()), time.monotonic(), None
        self._last, _ = self._store.report()
        self._wish = self._store.take_wish()
        return self._wish.consent if self._wish else NO_OVERRIDES

    def done(self, outcome: Outcome, before: Mapping[str, Record]) -> Report:
        """The round counts; ``before`` is the ledger it began with.

        Raises:
            StoreError: The report cannot be kept.
        """
        records = outcome.memory.records
        composed = records is not before
        still = still_there(self._last.problems, outcome.unread, composed=composed)
        return self._keep(
            replace(
                self._last,
                read=outcome.read,
                changed=outcome.changed,
                moved=moves(before, records) if composed else (),
                counts=count(records.values()),
                left_out=outcome.left_out,
                problems=tuple(dict.fromkeys((*outcome.problems, *still))),
                refusals=(),
                failure=None,
            )
        )

    def refused(self, error: SafeguardError) -> Report:
        """Rails hold. What is known of the articles and of the site is still true: the last edition stays."""
        still = still_there(self._last.problems, frozenset())
        told = replace(self._nothing(), problems=(*error.problems, *still), refusals=error.refusals)
        return self._keep(replace(told, refused=told.refused + 1))

    def failed(self, error: FeedsvcError) -> Report:
        """The round could not be run."""
        told = replace(self._nothing(), failure=str(error))
        told = replace(told, failed=told.failed + 1)
        with suppress(StoreError):  # mostly it is the store that failed, and whoever runs rounds says so
            return self._keep(told)
        return told

    def _nothing(self) -> Report:
        return replace(self._last, read=0, changed=0, moved=(), refusals=(), failure=None)

    def _keep(self, told: Report) -> Report:
        seconds = round(time.monotonic() - self._begin, 3)
        self._last = replace(told, time=self._time, seconds=seconds, rounds=self._last.rounds + 1)
        self._store.keep_report(self._last, self._wish.number if self._wish else 0)
        return self._last
