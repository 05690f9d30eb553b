"""The verification of intent: whether a callback wants what somebody asked for in its name (W3C WebSub, 5.3)."""

import asyncio
from collections.abc import Callable

import structlog

from feedsvc.push.client import SendError
from feedsvc.push.subscribers import Subscribers, Verdict
from feedsvc.store.destinations import SubscriptionRequest
from feedsvc.store.push_store import PushStore

MOST_ATTEMPTS = 3
"""Attempts to reach a callback whose server does not answer, or has a fault."""
_NEXT = 10.0
"""Seconds until the second of them; the third comes after four times as long."""

_log = structlog.get_logger()


class Verification:
    """Verifies requests. It belongs to one event loop."""

    def __init__(self, store: PushStore, subscribers: Subscribers, clock: Callable[[], float]) -> None:
        """Take where requests are, what asks the callbacks, and a clock that tells seconds since 1970."""
        self._store = store
        self._subscribers = subscribers
        self._clock = clock

    async def verify(self, request: SubscriptionRequest) -> None:
        """Verify a request, and begin, renew or end the subscription if the callback agrees.

        Raises:
            StoreError: The store cannot be read or written; the request waits.
        """
        found = await asyncio.to_thread(self._store.document, request.topic)
        if found is None or found[0] != "feed":
            await self._deny(request)
            return
        try:
            verdict = await self._subscribers.verify(request)
        except SendError as error:
            verdict, reason = Verdict.UNCLEAR, str(error)
        else:
            reason = "the callback does not confirm it"
        if verdict is Verdict.CONFIRMED:
            await asyncio.to_thread(self._store.confirm, request, int(self._clock()))
            _log.debug("subscription confirmed", mode=request.mode, topic=request.topic, host=request.host)
        elif verdict is Verdict.UNCLEAR and request.failures + 1 < MOST_ATTEMPTS:
            due = self._clock() + _NEXT * 4**request.failures
            await asyncio.to_thread(self._store.postpone_request, request, int(due * 1000))
        else:
            await self._forget(request, reason)

    async def _deny(self, request: SubscriptionRequest) -> None:
        """Tell a callback that there is no such feed any more."""
        try:
            await self._subscribers.deny(request.callback, request.topic_url)
        except SendError:
            await self._forget(request, "the feed has gone, and the callback does not answer")
        else:
            await self._forget(request, "the feed has gone")

    async def _forget(self, request: SubscriptionRequest, reason: str) -> None:
        await asyncio.to_thread(self._store.forget_request, request)
        _log.debug(
            "subscription not confirmed",
            mode=request.mode,
            topic=request.topic,
            host=request.host,
            reason=reason,
        )
