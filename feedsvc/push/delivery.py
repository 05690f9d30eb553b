"""Delivery to destinations of one kind: the interface, the results, when to try again, and how many at a time."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import partial
from weakref import WeakValueDictionary

from feedsvc.push.client import HttpAnswer, PushClient
from feedsvc.store.editions import Changed
from feedsvc.store.notifications import SELDOM
from feedsvc.store.push_store import Pending, PushStore

SETTLING = SELDOM + 1.0
"""Seconds after which every web worker serves an edition, also one that no notification has reached. Whoever then
fetches what has changed must not be told before: a cache would keep the old copy, a hub would find no change."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of an attempt."""

    told: int | None = None
    """The edition up to which the destination knows the site now; None if the attempt failed."""
    was_sent: bool = True
    """Whether anything was sent; False where nothing had changed that concerns the destination."""
    error: str | None = None
    """Why the attempt failed, in words that may be shown to everybody."""
    retry_after: float | None = None
    """Seconds that the receiver wants to be left alone, if it said so."""
    is_over: bool = False
    """Whether the subscription has ended."""


def result_of(answer: HttpAnswer, told: int, now: float) -> Result:
    """The meaning of an answer: a 2xx is success, anything else a failure, a redirect too."""
    if answer.is_success:
        return Result(told)
    wait = read_retry_after(answer.headers.get("retry-after"), now)
    return Result(error=f"status {answer.status}", retry_after=wait)


class Delivery(ABC):
    """Sends editions to destinations of one kind."""

    def url(self, pending: Pending) -> str:
        """The URL that is sent to; requests to one host are limited together."""
        return pending.destination.address

    @abstractmethod
    async def deliver(self, pending: Pending) -> Result:
        """Send a destination what changed since the edition up to which it was told.

        Raises:
            SendError: There was no answer.
            StoreError: The store cannot be read.
        """

    async def check(self) -> None:  # noqa: B027 - most have nothing to do
        """Do what is due beside deliveries; called every few seconds.

        Raises:
            StoreError: The store cannot be read or written.
        """


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a destination."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


class SequentialDelivery(Delivery):
    """Sends a destination several requests, one after the other.

    After a failure the next attempt goes on behind what the destination has taken. This is kept in memory alone.
    """

    def __init__(
        self, store: PushStore, client: PushClient, clock: Callable[[], float], pause: float = 0.0
    ) -> None:
        """Take what changed, what sends, a clock (seconds since 1970), and the seconds between two requests."""
        self._store = store
        self._client = client
        self._clock = clock
        self._pause = pause
        self._taken: defaultdict[str, set[str]] = defaultdict(set)

    def taken(self, pending: Pending) -> AbstractSet[str]:
        """The keys of the requests that a destination has taken of a delivery that is not complete."""
        return self._taken[pending.destination.id]

    async def send_each(
        self, pending: Pending, requests: Mapping[str, Callable[[], Awaitable[HttpAnswer]]]
    ) -> Result | None:
        """Send the requests that the destination has not taken yet; the result of one that fails, else None.

        Args:
            pending: The destination.
            requests: By a key that is the same for the same request in a later attempt.

        Raises:
            SendError: There was no answer.
        """
        taken = self._taken[pending.destination.id]
        missing = [key for key in requests if key not in taken]
        for number, key in enumerate(missing):
            if number:
                await asyncio.sleep(self._pause)
            answer = await requests[key]()
            if not answer.is_success:
                return result_of(answer, pending.newest, self._clock())
            taken.add(key)
        return None

    def complete(self, pending: Pending, told: int, *, was_sent: bool) -> Result:
        """The result of a delivery of which the destination has taken every request."""
        self._taken.pop(pending.destination.id, None)
        return Result(told, was_sent=was_sent)


class ChangeDelivery(SequentialDelivery):
    """Sends a destination requests that tell it what has changed; it fetches that when it wants to."""

    async def deliver(self, pending: Pending) -> Result:
        """Send what :meth:`requests` makes of the changes; see :class:`Delivery`."""
        changed = await asyncio.to_thread(self._store.changed_since, pending.destination.told)
        made = await asyncio.to_thread(self.requests, pending, changed)
        sends = {
            f"{changed.edition} {number}": partial(
                self._client.send, each.method, each.url, each.headers, each.content
            )
            for number, each in enumerate(made)
        }
        if sends:
            await asyncio.sleep(SETTLING)
        return await self.send_each(pending, sends) or self.complete(
            pending, changed.edition, was_sent=bool(sends)
        )

    @abstractmethod
    def requests(self, pending: Pending, changed: Changed) -> Sequence[Request]:
        """The requests that tell a destination of changes, always in the same order; called in a thread."""


FIRST_DELAY = 15.0
"""Seconds until the second attempt, about."""
LONGEST_DELAY = 3600.0
"""Seconds between two attempts at the most, about: a receiver that was away hears within the hour."""
LONGEST_WAIT = 86_400.0
"""Seconds that a Retry-After may demand."""


def delay(
    failures: int, retry_after: float | None = None, chance: Callable[[float, float], float] = random.uniform
) -> float:
    """Seconds until the next attempt: they double with each failure, vary, and are no less than a Retry-After.

    Args:
        failures: How many attempts in a row have failed, this one included.
        retry_after: Seconds that the receiver has asked for, if it has.
        chance: Gives a number between two others; spreads those who failed at one moment.
    """
    backoff = min(FIRST_DELAY * 2.0 ** min(failures - 1, 20), LONGEST_DELAY)
    jittered = chance(backoff * 0.75, backoff * 1.25)
    return max(jittered, min(retry_after or 0.0, LONGEST_WAIT))


def read_retry_after(value: str | None, now: float) -> float | None:
    """The seconds that a Retry-After field demands (RFC 9110, section 10.2.3); None for none, or one in the past.

    Args:
        value: The value of the field; None where there is none.
        now: Seconds since 1970.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the latter for numbers that no machine word holds
        return None
    left = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    return left if left > 0 else None


AT_ONCE = 200
"""Requests under way at a time."""
FAILING_AT_ONCE = 100
"""Of these, requests to destinations that failed the last time; the others always have room."""
OF_HOST = 10
"""Of these, requests to one host."""
_QUEUED_OF_HOST = 500
"""Requests to one host that may be under way or wait for their turn; the others wait in the store."""


class Slots:
    """Runs tasks within the limits, so that no receiver delays another. It belongs to one event loop."""

    def __init__(self) -> None:
        self._hosts: dict[str, str] = {}
        self._of_host: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._failing_slots = asyncio.Semaphore(FAILING_AT_ONCE)
        self._host_slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._hosts)

    def start(
        self, key: str, host: str, work: Callable[[], Coroutine[None, None, None]], *, is_failing: bool
    ) -> None:
        """Do ``work`` when it is its turn, unless the same ``key`` has begun and is not :meth:`done`.

        Where too much waits for the ``host`` nothing happens: it is to be tried again later.
        """
        if key in self._hosts or self._of_host[host] >= _QUEUED_OF_HOST:
            return
        self._hosts[key] = host
        self._of_host[host] += 1
        self._tasks.add(asyncio.create_task(self._run(host, work, is_failing=is_failing)))

    def done(self, key: str) -> None:
        """Let ``key`` be started again; called when what came of it is recorded."""
        host = self._hosts.pop(key)
        self._of_host[host] -= 1
        if not self._of_host[host]:
            del self._of_host[host]

    def check(self) -> None:
        """Raise what has ended a task, if anything has: a fault of the program."""
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            task.result()

    async def cancel(self) -> None:
        """End all that is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, host: str, work: Callable[[], Coroutine[None, None, None]], *, is_failing: bool) -> None:
        # What waits for its host holds no slot that others could use.
        async with AsyncExitStack() as held:
            await held.enter_async_context(self._host_slots.setdefault(host, asyncio.Semaphore(OF_HOST)))
            if is_failing:
                await held.enter_async_context(self._failing_slots)
            await held.enter_async_context(self._slots)
            await work()
