"""The publisher: runs rounds one after another, for as long as the service runs."""

import signal
import time
from collections.abc import Callable, Container, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from queue import Empty, SimpleQueue
from typing import Protocol

import structlog

from feedsvc.articles.model import Problem
from feedsvc.articles.reading.session import Readers
from feedsvc.articles.safeguards import Refusal, SafeguardError
from feedsvc.articles.source.selection import left_out_line
from feedsvc.core.errors import FeedsvcError, LeaseLostError
from feedsvc.documents.pages.theme import Theme
from feedsvc.publishing.options import RoundOptions, without_silent_hubs
from feedsvc.publishing.reporter import Outcome, Reporter
from feedsvc.publishing.round import publish
from feedsvc.publishing.site_index import SiteIndex
from feedsvc.publishing.theme_folder import reread
from feedsvc.publishing.triggers import FILES, Backoff, Schedule
from feedsvc.responses.edition import PublisherState
from feedsvc.store.lease import LeaseKeeper
from feedsvc.store.ledger_copy import LedgerCopy
from feedsvc.store.store import Store

HEARTBEAT = 1.0
"""Seconds between two checks of whether the supervisor still runs, and which process has the right to publish."""
MANY = 200
"""A round that read more files than this leaves enough garbage behind for it to be worth tidying up."""
PROGRESS_INTERVAL = 5.0
"""Seconds between two log lines about the progress of a long round."""

log = structlog.get_logger()


class Pool(Readers, Protocol):
    """Reader processes that are kept between rounds, and can be told that there is nothing to read."""

    def rest(self) -> None:
        """Give back processes and memory; called about once a second while there is nothing to read."""


class _Stopping(Exception):  # noqa: N818 - it is no error
    """Raised between two steps of a round to abandon it, because the publisher is to stop."""


class _Due(Exception):  # noqa: N818 - nor is this
    """Raised between two steps of a round to interrupt it, because an article has to appear or expire."""


class Publisher:
    """Runs rounds in this thread, while this process has the right to publish.

    Requests for a round wait in an inbox, so that none is lost while a round runs. A round that failed is tried
    again after a delay that grows; until then only SIGHUP, or a command's request, begins one.
    """

    def __init__(  # noqa: PLR0913 - all that it works with
        self,
        options: RoundOptions,
        store: Store,
        interval: float,
        clock: Callable[[], datetime],
        copy: LedgerCopy | None = None,
        *,
        readers: Pool,
        when_idle: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare to run rounds; :meth:`run` begins.

        Args:
            options: What to publish, and how.
            store: Where editions and the ledger are kept.
            interval: Seconds between two scans of the directory.
            clock: Tells the time: aware, in whole seconds.
            copy: The copy of the ledger beside the store; None where none is kept.
            readers: The processes that read the files.
            when_idle: Called at the end of each round that read many files, to tidy up while nobody waits.
        """
        self._copy = copy or LedgerCopy(None)
        self._readers = readers
        self._when_idle = when_idle
        self._options = options
        self._store = store
        self._interval = interval
        self._clock = clock
        self._inbox: SimpleQueue[tuple[str, AbstractSet[str] | None]] = SimpleQueue()
        self._touched: set[str] | None = None
        """Paths that file events have named since the last round; None where the next round has to scan."""
        self._schedule = Schedule(self.wake)
        self._keeper = LeaseKeeper(store.publisher)
        self._reporter = Reporter(store.operator, interval)
        self._term: int | None = None
        self._backoff = Backoff()
        self._stopping = False
        self._state: PublisherState | None = None
        self._publish = partial(
            publish,
            store=store.publisher,
            lease=self._keeper.lease,
            progress=self._progress,
            readers=readers,
            index=SiteIndex(),
        )
        self._published_by: tuple[Theme, Sequence[str]] | None = None
        self._due: int | None = None
        self._logged: frozenset[Problem] = frozenset()
        self._refusals: tuple[Refusal, ...] = ()
        self._last_progress = time.monotonic()

    def run(self, orphaned: Callable[[], bool]) -> None:
        """Run rounds until SIGTERM, SIGINT, or ``orphaned()`` is true; SIGHUP requests a round at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        signal.signal(signal.SIGHUP, lambda *_: self.wake("sighup"))
        # The supervisor starts processes with it blocked.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        self._schedule.every(self._interval)
        self._schedule.start()
        self.wake("start")
        try:
            while not self._stopping and not orphaned():
                reason = self._next_reason()
                if not self._stopping:
                    self._attempt(reason)
        finally:
            self._schedule.stop()
            if self._keeper.held:
                self._copy.write()
            self._keeper.end()

    def wake(self, reason: str, touched: AbstractSet[str] | None = None) -> None:
        """Request a round, from any thread.

        Args:
            reason: Stands in the log line of the round.
            touched: The paths that changed, where file events have said so; None for a round that scans.
        """
        self._inbox.put((reason, touched))

    def _stop(self) -> None:
        self._stopping = True
        self.wake("stop")

    def _next_reason(self) -> str | None:
        """Wait up to a heartbeat for a reason to run a round, or for several that one round serves; else None."""
        self._schedule.check_clock(self._clock(), time.monotonic())
        left = self._backoff.left(time.monotonic())
        reasons = self._take_requests(HEARTBEAT if left is None else min(HEARTBEAT, left))
        if "sighup" in reasons:
            return "sighup"
        if self._reporter.is_round_requested():
            return "command"
        if left is None:
            return reasons[0] if reasons else None
        return None if self._backoff.left(time.monotonic()) else "retry"

    def _is_awaited(self, end: float) -> bool:
        """Whether there is a request, or it is time for the next heartbeat."""
        return not self._inbox.empty() or time.monotonic() >= end

    def _take_requests(self, timeout: float) -> Sequence[str]:
        """Wait up to ``timeout`` seconds for requests; return their reasons, and note what was touched."""
        reasons: list[str] = []
        with suppress(Empty):
            while not reasons or not self._inbox.empty():
                reason, touched = self._inbox.get(timeout=0 if reasons else timeout)
                reasons.append(reason)
                self._touched = None if touched is None or self._touched is None else self._touched.union(touched)
        return reasons

    def _attempt(self, reason: str | None) -> None:
        """Run a round if there is a reason and this process may publish; log errors that the operator can mend."""
        if reason is None and self._backoff.left(time.monotonic()) is not None:
            return
        begin = time.monotonic()
        self._last_progress = begin
        self._reporter.begin(self._clock())
        self._readers.rest()
        try:
            term = self._keeper.hold()
            if term is None:
                self._backoff.succeed()
                return
            if term != self._term:  # another process may have published since
                self._term, self._state = term, None
                self._copy.drop_unfinished()
                reason = reason or "leadership"
            if reason is not None:
                self._round_or_refusal(reason, begin)
                self._backoff.succeed()  # also after a refusal: trying again soon would not help
            self._copy.write_if_due(time.monotonic(), lambda: self._is_awaited(begin + HEARTBEAT))
        except LeaseLostError as error:
            self._term = None
            log.warning("round discarded", error=error.what, remedy=error.remedy)
        except FeedsvcError as error:
            self._reporter.failed(error)
            self._state = None  # the next round reads from the store what was committed
            wait = self._backoff.fail(time.monotonic())
            log.error("round failed", error=error.what, remedy=error.remedy, retry_in=wait)  # noqa: TRY400 - mendable
        except _Stopping:
            log.info("round abandoned in order to stop")

    def _round_or_refusal(self, reason: str, begin: float) -> None:
        """Run one round; report and log it when safeguards refuse it."""
        try:
            self._round(reason, begin)
        except SafeguardError as error:
            self._state = self._state and replace(self._state, set_aside=error.set_aside)
            self._reporter.refused(error)
            self._log_problems(error.problems, composed=False)
            self._log_refusals(error.refusals)

    def _round(self, reason: str, begin: float) -> None:
        """Run one round; it is interrupted once if an article has to appear or expire before it is done."""
        state = self._store.publisher.state() if self._state is None else self._state
        moment, now = state.edition.next_moment, self._clock()
        overrides = self._reporter.take_overrides()
        theme = reread(self._options.theme)  # always: the files may have changed during a long standby
        site = without_silent_hubs(self._options.site, self._store.hub_watch)
        self._options = replace(self._options, theme=theme)
        options = replace(self._options, overrides=overrides, site=site)
        touched = self._touched if reason == FILES else None
        self._touched = None  # a round that fails leaves the next one to scan
        self._store.operator.claim(options.access)
        afresh = self._state is None or (theme, site.hubs) != self._published_by
        self._due = moment if moment is not None and moment > now.timestamp() else None
        try:
            outcome = self._publish(options, state=state, now=now, afresh=afresh, touched=touched)
        except _Due:
            self._due = None
            state = self._state = self._publish_what_is_due(replace(self._options, site=site), state)
            outcome = self._publish(options, state=state, now=self._clock(), afresh=afresh, touched=touched)
        self._touched = set()
        self._state = outcome.state
        self._published_by = (theme, site.hubs)  # only now: a refused round has published nothing with them
        self._reporter.done(outcome)
        self._copy.note(outcome.state)
        moment = outcome.state.edition.next_moment
        self._schedule.at(None if moment is None else datetime.fromtimestamp(moment, UTC))
        self._log_problems(outcome.problems, outcome.unread, composed=outcome.is_composed)
        self._log_round(outcome, reason, time.monotonic() - begin)
        if afresh or outcome.read > MANY:
            self._when_idle()

    def _publish_what_is_due(self, options: RoundOptions, state: PublisherState) -> PublisherState:
        """Run a short round that reads no file, in the middle of a long one."""
        outcome = self._publish(options, state=state, now=self._clock(), afresh=False, check_only=True)
        log.info(
            "due articles published during a longer round",
            edition=outcome.state.edition.number,
            changed=outcome.changed,
        )
        return outcome.state

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self._stopping:
            raise _Stopping
        if self._due is not None and self._clock().timestamp() >= self._due:
            raise _Due
        if time.monotonic() - self._last_progress > PROGRESS_INTERVAL:
            self._last_progress = time.monotonic()
            log.info("round in progress", stage=stage, done=done, total=total)

    def _log_round(self, outcome: Outcome, reason: str, seconds: float) -> None:
        self._log_refusals(())
        write = log.info if outcome.changed or reason == "sighup" else log.debug
        write(
            "published" if outcome.changed else "nothing changed",
            edition=outcome.state.edition.number,
            articles=outcome.counts.published,
            changed=outcome.changed,
            read=outcome.read,
            reason=reason,
            seconds=round(seconds, 3),
            **({"left_out": left_out_line(outcome.left_out)} if outcome.left_out else {}),
        )

    def _log_problems(
        self, problems: Sequence[Problem], unread: Container[str] = (), *, composed: bool = True
    ) -> None:
        """Log the problems that the last round did not have.

        A problem of a file that this round did not read is remembered, and so is a problem of the whole site when
        this round made no documents.
        """
        for problem in problems:
            if problem not in self._logged:
                write = log.error if problem.severity == "problem" else log.warning
                write(problem.what, article=problem.place, remedy=problem.remedy)
        still = (each for each in self._logged if (not composed if each.of_site else each.path in unread))
        self._logged = frozenset((*problems, *still))

    def _log_refusals(self, refusals: tuple[Refusal, ...]) -> None:
        """Log which safeguards refuse the rounds: once for the same reasons, and again when none does any more."""
        if refusals == self._refusals:
            return
        for refusal in refusals:
            log.error("round refused", safeguard=refusal.safeguard, error=refusal.what, remedy=refusal.remedy)
        if not refusals:
            log.info("no safeguard refuses the round any more")
        self._refusals = refusals
