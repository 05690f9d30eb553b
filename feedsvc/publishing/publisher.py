"""The publisher: runs rounds one at a time, for as long as the service lives."""

import signal
import time
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Protocol

import structlog

from feedsvc.articles.model import Problem
from feedsvc.articles.policy.safeguards import Refusal, SafeguardError
from feedsvc.articles.reading.set_aside import Readers
from feedsvc.articles.source.left_out import left_out_line
from feedsvc.core.errors import FeedsvcError, LeaseLostError
from feedsvc.core.round_cache import RoundCache
from feedsvc.documents.pages.theme import Theme
from feedsvc.publishing.leadership import Leadership
from feedsvc.publishing.options import reread
from feedsvc.publishing.reporter import Reporter
from feedsvc.publishing.round import Outcome, RoundOptions, publish
from feedsvc.publishing.scheduler import Backoff, Schedule
from feedsvc.publishing.site_access import claim
from feedsvc.responses.edition import PublisherState
from feedsvc.store.ledger_copy import LedgerCopy
from feedsvc.store.store import Store

HEARTBEAT = 1.0
"""Seconds between two looks at whether the supervisor still lives, and who has the right to publish."""
NEWS = 5.0
"""Seconds between two log lines of a long round."""

log = structlog.get_logger()


class Pool(Readers, Protocol):
    """Readers that take what they need only while they work."""

    def rest(self) -> None:
        """Give back what is not needed; called about once a second while there is nothing to read."""


class _Stopping(Exception):  # noqa: N818 - it is no error
    """Ends a round between two of its steps."""


class _Due(Exception):  # noqa: N818 - nor is this
    """Interrupts a round for what has to appear or expire meanwhile."""


class Publisher:
    """Runs rounds in this thread, while this process has the right to publish.

    Wishes for a round wait in an inbox, so none is lost while one is busy. A round that was refused is tried again
    after a while that grows; until then only SIGHUP, or a command's request, begins one.
    """

    def __init__(  # noqa: PLR0913 - all that it works with
        self,
        plan: RoundOptions,
        store: Store,
        interval: float,
        clock: Callable[[], datetime],
        copy: LedgerCopy | None = None,
        *,
        readers: Pool,
        at_rest: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what to publish, where to keep it, seconds between rounds, and a clock of whole seconds.

        ``readers`` read the files, and are told to rest between rounds. ``at_rest`` is called when a round that
        made something is over, and nobody waits.
        """
        self._copy = copy or LedgerCopy(None)
        self._readers = readers
        self._at_rest = at_rest
        self._plan = plan
        self._store = store
        self._interval = interval
        self._clock = clock
        self._inbox: SimpleQueue[str] = SimpleQueue()
        self._schedule = Schedule(self._inbox.put)
        self._tenure = Leadership(store.publisher)
        self._reporter = Reporter(store.operator)
        self._term: int | None = None
        self._backoff = Backoff()
        self._stopping = False
        self._memory: PublisherState | None = None
        self._cache = RoundCache()
        self._composed: Theme | None = None
        self._due: int | None = None
        self._told: frozenset[Problem] = frozenset()
        self._refusals: tuple[Refusal, ...] = ()
        self._last_news = time.monotonic()

    def run(self, orphaned: Callable[[], bool]) -> None:
        """Run until SIGTERM, SIGINT or ``orphaned()``; SIGHUP asks for a round at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        signal.signal(signal.SIGHUP, lambda *_: self._inbox.put("sighup"))
        signal.pthread_sigmask(
            signal.SIG_UNBLOCK, {signal.SIGHUP}
        )  # the supervisor lets it be born with it blocked
        self._schedule.every(self._interval)
        self._schedule.start()
        self._inbox.put("start")
        try:
            while not self._stopping and not orphaned():
                reason = self._next_reason()
                if not self._stopping:
                    self._turn(reason)
        finally:
            self._schedule.stop()
            if self._tenure.held:
                self._copy.write()
            self._tenure.end()

    def wake(self, reason: str) -> None:
        """Ask for a round, from any thread."""
        self._inbox.put(reason)

    def _stop(self) -> None:
        self._stopping = True
        self._inbox.put("stop")

    def _next_reason(self) -> str | None:
        """Why a round is due; reasons that came meanwhile are served by the same round."""
        self._schedule.look(self._clock(), time.monotonic())
        left = self._backoff.left(time.monotonic())
        reasons = []
        try:
            reasons.append(self._inbox.get(timeout=HEARTBEAT if left is None else min(HEARTBEAT, left)))
            while not self._inbox.empty():
                reasons.append(self._inbox.get_nowait())
        except Empty:
            pass
        if "sighup" in reasons:
            return "sighup"
        if self._reporter.is_round_requested():
            return "command"
        if left is None:
            return reasons[0] if reasons else None
        return None if self._backoff.left(time.monotonic()) else "retry"

    def _turn(self, reason: str | None) -> None:
        """Run a round if there is a reason, and the right to; what the operator can mend is told."""
        if reason is None and self._backoff.left(time.monotonic()) is not None:
            return
        begin = time.monotonic()
        self._last_news = begin
        self._readers.rest()
        try:
            term = self._tenure.hold()
            if term is None:
                self._backoff.succeed()
                return
            if term != self._term:  # somebody else may have written since
                self._term, self._memory = term, None
                reason = reason or "leadership"
            if reason is not None:
                self._round(reason, begin)
                self._backoff.succeed()
            else:
                self._copy.write_if_due(begin)
        except LeaseLostError as error:
            self._term = None
            log.warning("round discarded", error=error.what, remedy=error.remedy)
        except SafeguardError as error:
            self._backoff.succeed()  # a refusal does not pass by itself; the next interval looks again
            self._memory = self._memory and replace(self._memory, set_aside=error.set_aside)
            self._reporter.refused(error)
            self._tell_problems(error.problems, composed=False)
            self._tell_refusals(error.refusals)
        except FeedsvcError as error:
            self._reporter.failed(error)
            self._memory = None  # what was committed after all has to be learned first
            seconds = self._backoff.fail(time.monotonic())
            log.error(  # noqa: TRY400 - mendable
                "round failed", error=error.what, remedy=error.remedy, retry_in=seconds
            )
        except _Stopping:
            log.info("round abandoned in order to stop")

    def _round(self, reason: str, begin: float) -> None:
        """One round; interrupted once if its length would make something late."""
        memory = self._store.publisher.state() if self._memory is None else self._memory
        moment, now, before = memory.edition.next_moment, self._clock(), memory.records
        overrides = self._reporter.begin(now)
        theme = reread(self._plan.theme)  # always: there may have been a long wait for the right to publish
        self._plan = replace(self._plan, theme=theme)
        plan = replace(self._plan, overrides=overrides)
        claim(self._store.operator, plan.access)
        afresh = self._memory is None or theme != self._composed
        self._due = moment if moment is not None and moment > now.timestamp() else None
        try:
            outcome = self._publish(plan, memory, now, afresh=afresh)
        except _Due:
            self._due = None
            memory = self._memory = self._publish_what_is_due(memory)
            outcome = self._publish(plan, memory, self._clock(), afresh=afresh)
        self._memory = outcome.memory
        self._composed = theme  # not before: a round that is refused has shown it nowhere
        self._reporter.done(outcome, before)
        self._copy.note(outcome.memory)
        self._arm(outcome)
        composed = outcome.memory.records is not before
        self._tell_problems(outcome.problems, outcome.unread, composed=composed)
        self._tell(outcome, reason, time.monotonic() - begin)
        if afresh or outcome.changed:
            self._at_rest()

    def _publish(
        self, plan: RoundOptions, memory: PublisherState, now: datetime, *, afresh: bool, glancing: bool = False
    ) -> Outcome:
        return publish(
            plan,
            self._tenure,
            memory,
            now,
            afresh=afresh,
            progress=self._progress,
            readers=self._readers,
            cache=self._cache,
            glancing=glancing,
        )

    def _publish_what_is_due(self, memory: PublisherState) -> PublisherState:
        """A short round that reads nothing, within a long one."""
        outcome = self._publish(self._plan, memory, self._clock(), afresh=False, glancing=True)
        log.info(
            "due articles published during a longer round",
            edition=outcome.memory.edition.number,
            changed=outcome.changed,
        )
        return outcome.memory

    def _arm(self, outcome: Outcome) -> None:
        moment = outcome.memory.edition.next_moment
        self._schedule.at(None if moment is None else datetime.fromtimestamp(moment, UTC))

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self._stopping:
            raise _Stopping
        if self._due is not None and self._clock().timestamp() >= self._due:
            raise _Due
        if time.monotonic() - self._last_news > NEWS:
            self._last_news = time.monotonic()
            log.info("round in progress", stage=stage, done=done, total=total)

    def _tell(self, outcome: Outcome, reason: str, seconds: float) -> None:
        self._tell_refusals(())
        tell = log.info if outcome.changed or reason == "sighup" else log.debug
        tell(
            "published" if outcome.changed else "nothing changed",
            edition=outcome.memory.edition.number,
            articles=outcome.public,
            changed=outcome.changed,
            read=outcome.read,
            reason=reason,
            seconds=round(seconds, 3),
            **({"left_out": left_out_line(outcome.left_out)} if outcome.left_out else {}),
        )

    def _tell_problems(
        self, problems: Sequence[Problem], unread: Container[str] = (), *, composed: bool = True
    ) -> None:
        """Tell those that were not there in the last round.

        What is wrong with a file that was not read again still is, and so is what is wrong with the whole site
        where nothing was composed.
        """
        for problem in problems:
            if problem not in self._told:
                tell = log.error if problem.severity == "problem" else log.warning
                tell(problem.what, article=problem.place, remedy=problem.remedy)
        still = (each for each in self._told if (not composed if each.of_site else each.path in unread))
        self._told = frozenset((*problems, *still))

    def _tell_refusals(self, refusals: tuple[Refusal, ...]) -> None:
        """Log which safeguards refuse the rounds: once for the same reasons, and again when none does any more."""
        if refusals == self._refusals:
            return
        for refusal in refusals:
            log.error("round refused", safeguard=refusal.safeguard, error=refusal.what, remedy=refusal.remedy)
        if not refusals:
            log.info("no safeguard refuses the round any more")
        self._refusals = refusals
