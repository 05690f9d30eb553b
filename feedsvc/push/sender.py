"""The sender: sends to each destination what has changed since the last delivery, as long as there is any.

One sender works at a time, however many hosts share the store: the one that has the lease. It keeps nothing in
memory that the store does not know. When it is killed another goes on, and tells again at most what was under way.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from traceback import extract_tb
from urllib.parse import urlsplit

import structlog

from feedsvc.core.errors import StoreError
from feedsvc.push.client import SendError
from feedsvc.push.delivery import LONGEST_WAIT, Delivery, Result, Slots, delay
from feedsvc.push.websub import Subscribers
from feedsvc.store.lease import LeaseKeeper
from feedsvc.store.notifications import SELDOM, ChangeWatch
from feedsvc.store.push_store import Attempt, Destination, DestinationKind, Pending, PushStore, SubscriptionRequest

LINGER = 10.0
"""Seconds without anybody to tell after which the sender ends."""
_STEP = 0.2
"""Seconds between two steps while the store does not change; the results of requests are recorded then."""
_OFTEN = 0.5
"""Seconds between two looks at a store that does not notify, now or at all."""
CLOCK_TRUST = 600.0
"""Seconds for which the clock has to run evenly before subscriptions end by it. A clock that is ahead, as of a
machine that has just been started, is put right by then; and a subscription that was ended is lost."""
_CHECK = "check "
"""What the keys of :meth:`.Delivery.check` begin with, each before the kind of destination."""

_log = structlog.get_logger()


class Sender:
    """Tells destinations, in one event loop."""

    def __init__(  # noqa: PLR0913 - all that it works with
        self,
        store: PushStore,
        subscribers: Subscribers,
        deliveries: Mapping[DestinationKind, Delivery] | None = None,
        *,
        configured: Sequence[Destination] = (),
        interval: float = 60.0,
        linger: float = LINGER,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Prepare to tell.

        Args:
            store: Says who is to be told, and of what.
            subscribers: Sends to the subscribers of the hub.
            deliveries: What sends to the destinations of each other kind.
            configured: The destinations that the settings name.
            interval: Seconds for which a destination that was told is left alone; one that was told before that
                hears of an edition at once.
            linger: Seconds without anybody to tell after which the sender ends.
            clock: Tells seconds since 1970.
        """
        self._store = store
        self._deliveries: Mapping[DestinationKind, Delivery] = {"subscriber": subscribers, **(deliveries or {})}
        self._subscribers = subscribers
        self._configured = configured
        self._ids = {each.id for each in configured}
        self._interval = interval
        self._linger = linger
        self._clock = clock
        self._keeper = LeaseKeeper(store)
        self._slots = Slots()
        self._watch = ChangeWatch(lambda: asyncio.to_thread(store.listen))
        self._results: list[tuple[Pending, Result]] = []
        self._look_again = True
        self._next_look = 0.0
        self._last_check = -math.inf
        self._clock_lead = math.inf
        """Seconds by which the clock is ahead of a steady one."""
        self._even_since = 0.0
        self._idle_since: float | None = None
        self._is_configured = False
        self._has_failed = False

    async def run(self, finished: Callable[[], bool]) -> None:
        """Tell destinations until ``finished()``, or until there has been nobody to tell for a while."""
        try:
            while not finished() and not self._is_idle():
                await self.step(_STEP)
        finally:
            await self.end()

    def _is_idle(self) -> bool:
        """Whether there was nobody to tell for a while; a clock that jumps is not taken for one."""
        return self._idle_since is not None and self._clock() - self._idle_since >= self._linger

    async def end(self) -> None:
        """Give up what is under way, record what is done, and let another sender go on."""
        await self._slots.cancel()
        await self._attempt(self._record)
        self._watch.close()
        await asyncio.to_thread(self._keeper.end)

    async def step(self, seconds: float = 0.0) -> None:
        """Wait so long for a change of the store; then record what came of attempts, and begin new ones.

        Attempts go on while the event loop runs.
        """
        if await self._watch.wait(seconds):
            self._look_again = True
        self._slots.check()
        await self._attempt(self._record)
        await self._attempt(self._look)
        await self._attempt(self._check)

    async def _attempt(self, step: Callable[[], Awaitable[None]]) -> None:
        """Take a step; where the store fails, say so once. The step is taken again soon."""
        try:
            await step()
        except StoreError as error:
            self._note(error)

    def _note(self, error: StoreError) -> None:
        if not self._has_failed:
            _log.warning("store unusable, pushing later", error=error.what, remedy=error.remedy)
        self._has_failed = self._look_again = True

    async def _check(self) -> None:
        """See now and then whether anybody is left to tell; expired subscriptions end."""
        now = self._clock()
        if 0 <= now - self._last_check < SELDOM:
            return
        self._last_check = now
        if self._configured or len(self._slots) or await asyncio.to_thread(self._store.needs_sender):
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        steady = time.monotonic()
        if abs(now - steady - self._clock_lead) > SELDOM:
            self._clock_lead, self._even_since = now - steady, steady
        if self._keeper.held and self._is_configured:
            if steady - self._even_since >= CLOCK_TRUST:
                await asyncio.to_thread(self._store.end_expired, int(now))
            # A hub that is subscribed to before it is a destination would never hear of an edition in between.
            for kind, delivery in self._deliveries.items():
                work = partial(self._check_beside, _CHECK + kind, delivery)
                self._slots.start(_CHECK + kind, "", work, is_failing=False)

    async def _check_beside(self, key: str, delivery: Delivery) -> None:
        try:
            await self._attempt(delivery.check)
        finally:
            self._slots.done(key)

    async def _look(self) -> None:
        """Begin to tell those that are due, if this process has the lease and anything may be new."""
        if not self._keeper.held and await asyncio.to_thread(self._keeper.hold) is None:
            return
        if not self._is_configured:
            self._is_configured = await asyncio.to_thread(self._store.configure, self._configured)
        now = self._clock()
        if not self._look_again and 0 < self._next_look - now <= SELDOM:
            return
        self._look_again = False
        requests = await asyncio.to_thread(self._store.requests)
        pending = await asyncio.to_thread(self._store.pending, int(now))
        self._next_look = now + (SELDOM if self._watch.hears else _OFTEN)
        for request in requests:
            if not self._waits(request.due, now, LONGEST_WAIT):
                self._start_verification(request)
        for one in pending:
            longest = LONGEST_WAIT if one.destination.failures else self._interval
            if self._is_known(one.destination) and not self._waits(one.destination.due, now, longest):
                self._start(one)
        if not len(self._slots):
            self._has_failed = False

    def _waits(self, due: int, now: float, longest: float) -> bool:
        """Whether a time in milliseconds is to come; then there is a look at it.

        What is further ahead than anything is ever put off was written before the clock was set back.
        """
        is_ahead = now < due / 1000 <= now + longest
        if is_ahead:
            self._next_look = min(self._next_look, due / 1000)
        return is_ahead

    def _is_known(self, destination: Destination) -> bool:
        """Whether a destination is of the settings of this process; another host may have others for a while."""
        return destination.kind == "subscriber" or destination.id in self._ids

    def _start_verification(self, request: SubscriptionRequest) -> None:
        key = f"{request.id} {request.number}"
        work = partial(self._verify, key, request)
        self._slots.start(key, request.host, work, is_failing=request.failures > 0)

    async def _verify(self, key: str, request: SubscriptionRequest) -> None:
        try:
            await self._attempt(partial(self._subscribers.verify, request))
        except Exception as fault:  # noqa: BLE001 - as of a delivery
            _log.error("push not possible", kind="subscriber", **_place(fault))
            await self._attempt(partial(asyncio.to_thread, self._store.forget_request, request))
        finally:
            self._slots.done(key)
            self._look_again = True

    def _start(self, pending: Pending) -> None:
        destination = pending.destination
        work = partial(self._deliver, pending)
        self._slots.start(destination.id, self._host(pending), work, is_failing=destination.failures > 0)

    def _host(self, pending: Pending) -> str:
        return urlsplit(self._deliveries[pending.destination.kind].url(pending)).hostname or ""

    async def _deliver(self, pending: Pending) -> None:
        if not self._keeper.held:  # it waited for its turn until another sender took over, which tells it as well
            self._slots.done(pending.destination.id)
            return
        try:
            result = await self._deliveries[pending.destination.kind].deliver(pending)
        except SendError as error:
            result = Result(error=str(error))
        except StoreError as error:
            self._note(error)
            self._slots.done(pending.destination.id)
            return
        except Exception as fault:  # noqa: BLE001 - one receiver, or one article, must cost no other one
            _log.error("push not possible", kind=pending.destination.kind, **_place(fault))
            result = Result(error="a fault of feedsvc, which is in its log")
        self._results.append((pending, result))

    async def _record(self) -> None:
        """Record the outcomes of attempts; until then nothing else is sent to these destinations."""
        results, self._results = self._results, []
        if not results:
            return
        now = self._clock()
        over = [pending.destination for pending, result in results if result.is_over]
        attempts = [
            (pending, self._outcome(pending.destination, result, now))
            for pending, result in results
            if not result.is_over
        ]
        try:
            await asyncio.to_thread(self._write, over, [attempt for _, attempt in attempts])
        except StoreError:
            self._results = [*results, *self._results]
            raise
        for pending, _ in results:
            self._slots.done(pending.destination.id)
        for pending, attempt in attempts:
            self._log(pending, attempt, now)
        self._look_again = True

    def _write(self, over: Sequence[Destination], attempts: Sequence[Attempt]) -> None:
        if over:
            self._store.end(over)
        if attempts:
            self._store.record(attempts)

    def _outcome(self, destination: Destination, result: Result, now: float) -> Attempt:
        if result.told is None:
            wait = delay(destination.failures + 1, result.retry_after)
            return Attempt(destination.id, round((now + wait) * 1000), error=result.error)
        if not result.was_sent:
            return Attempt(destination.id, destination.due, result.told)
        return Attempt(destination.id, round((now + self._interval) * 1000), result.told, int(now))

    def _log(self, pending: Pending, attempt: Attempt, now: float) -> None:
        destination = pending.destination
        if attempt.error is not None:
            log = _log.info if destination.failures == 0 else _log.debug
            wait = round(attempt.due / 1000 - now)
            log("push failed", kind=destination.kind, host=self._host(pending), error=attempt.error, retry_in=wait)
        elif attempt.at is not None:
            _log.debug("pushed", kind=destination.kind, topic=destination.topic, edition=attempt.told)


def _place(fault: Exception) -> Mapping[str, str]:
    """What the log says of a fault of the program: its kind and place; its text may hold a secret."""
    last = extract_tb(fault.__traceback__)[-1]
    return {"error": type(fault).__name__, "at": f"{last.name} line {last.lineno}", "remedy": "please report it"}
