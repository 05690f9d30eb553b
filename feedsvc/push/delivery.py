"""Delivery: the interface for sending editions to destinations of one kind, the results, and when to try again."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from feedsvc.push.client import HttpAnswer
from feedsvc.store.push_store import Pending


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

    @abstractmethod
    def host(self, pending: Pending) -> str:
        """The host that is sent to; requests to one host are limited together."""

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


class SequentialDelivery(Delivery):
    """Sends a destination several requests, one after the other.

    After a failure the next attempt goes on behind what the destination has taken. This is kept in memory alone.
    """

    def __init__(self, clock: Callable[[], float], pause: float = 0.0) -> None:
        """Take a clock that tells seconds since 1970, and the seconds between two requests."""
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
