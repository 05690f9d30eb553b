"""Delivery: the interface of what sends editions to destinations of one kind, and the results of that."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from feedsvc.push.client import HttpAnswer
from feedsvc.push.retries import read_retry_after
from feedsvc.store.destinations import Pending


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
