"""The outcome of a round, and its report: what it read and changed, what is wrong, how many articles there are."""

import time
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.articles.model import Problem
from feedsvc.articles.record import Record
from feedsvc.articles.safeguards import NO_OVERRIDES, Overrides, SafeguardError
from feedsvc.core.errors import FeedsvcError, StoreError
from feedsvc.core.timestamps import unix_time
from feedsvc.responses.edition import PublisherState
from feedsvc.store.operator_store import NAMED, Counts, Kind, Moved, OperatorStore, PublishRequest, Report


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a round."""

    state: PublisherState
    """The state for the next round."""
    problems: tuple[Problem, ...]
    unread: Container[str]
    """Paths of the files that were as the last round read them; what was wrong with them still is."""
    read: int
    """How many files were read anew."""
    counts: Counts
    """How many articles are in which state."""
    changed: int = 0
    """How many responses were written or dropped."""
    moved: tuple[Moved, ...] = ()
    """The articles that the public saw come, change and go."""
    is_composed: bool = False
    """Whether the round found anew what comes of the whole site; else nothing had changed."""
    left_out: tuple[tuple[str, int], ...] = ()
    """The kinds of files that are no articles, or not read, with the number of each."""


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
        self._last: Report | None = None
        self._request: PublishRequest | None = None
        self._time = 0
        self._begin = 0.0

    def is_round_requested(self) -> bool:
        """Whether a command waits for a round; False if the store cannot be read, which the next round reports."""
        try:
            return self._store.is_round_requested()
        except StoreError:
            return False

    def begin(self, now: datetime) -> None:
        """Note that a round begins at ``now``, or an attempt to run one."""
        self._time, self._begin, self._request, self._last = unix_time(now), time.monotonic(), None, None

    def take_overrides(self) -> Overrides:
        """Take the publish requests that wait; return the overrides of safeguards that they give for this round.

        Raises:
            StoreError: The store cannot be read or written.
        """
        self._request = self._store.take_request()
        return self._request.overrides if self._request else NO_OVERRIDES

    def done(self, outcome: Outcome) -> Report:
        """Store the report of a round that was done.

        Raises:
            StoreError: The report cannot be stored.
        """
        last = self._last_report()
        still = still_there(last.problems, outcome.unread, composed=outcome.is_composed)
        return self._store_report(
            replace(
                last,
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
        """Store the report of a round that safeguards refused; the last edition and its counts stay.

        Raises:
            StoreError: The report cannot be stored.
        """
        report = self._without_changes()
        problems = (*error.problems, *still_there(report.problems, frozenset()))
        return self._store_report(
            replace(report, problems=problems, refusals=error.refusals, refused=report.refused + 1)
        )

    def failed(self, error: FeedsvcError) -> None:
        """Store the report of a round that failed, unless the store cannot be written."""
        with suppress(StoreError):  # mostly the store itself has failed, and the caller logs that
            report = self._without_changes()
            self._store_report(replace(report, failure=str(error), failed=report.failed + 1))

    def _last_report(self) -> Report:
        """The report of the last round; read once, since a round that could not begin is reported, too."""
        if self._last is None:
            self._last, _ = self._store.report()
        return self._last

    def _without_changes(self) -> Report:
        return replace(self._last_report(), read=0, changed=0, moved=(), refusals=(), failure=None)

    def _store_report(self, report: Report) -> Report:
        seconds = round(time.monotonic() - self._begin, 3)
        report = replace(
            report, time=self._time, seconds=seconds, interval=self._interval, rounds=report.rounds + 1
        )
        self._store.keep_report(report, self._request.number if self._request else 0)
        self._last = report
        return report


def still_there(
    problems: Iterable[Problem], unread: Container[str], *, composed: bool = False
) -> Iterator[Problem]:
    """The warnings of files that were not read again, because they are as they were.

    Args:
        problems: What the report of the last round named.
        unread: The paths of those files.
        composed: Whether this round has found anew what comes of the whole site.
    """
    return (
        each
        for each in problems
        if (not composed if each.of_site else each.severity == "warning" and each.path in unread)
    )


def moves(before: Mapping[str, Record], after: Mapping[str, Record]) -> tuple[Moved, ...]:
    """The articles that the public sees come, change and go between two ledgers, by kind of change.

    Records that are the same in both may be left out.
    """
    kinds: dict[Kind, list[str]] = {"published": [], "updated": [], "withdrawn": []}
    for key, record in after.items():
        if (kind := _kind(before.get(key), record)) is not None:
            kinds[kind].append(record.page)
    return tuple(Moved(kind, len(pages), tuple(sorted(pages)[:NAMED])) for kind, pages in kinds.items() if pages)


def _kind(before: Record | None, after: Record) -> Kind | None:
    was = before is not None and before.is_public
    if after.is_public:
        if not was:
            return "published"
        return "updated" if before is not None and before.article.meaning != after.article.meaning else None
    return "withdrawn" if was else None
