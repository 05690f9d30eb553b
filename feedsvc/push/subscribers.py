"""Messages of the hub to subscribers: the verification of a subscription, feeds, and the end of both.

W3C WebSub, sections 5.2 (denial), 5.3 (verification of intent), 7 (content distribution) and 7.1 (signature).
"""

import asyncio
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import structlog
from cachetools import LRUCache

from feedsvc.core.reserved_paths import HUB
from feedsvc.push.client import PushClient, SendError
from feedsvc.push.delivery import Delivery, Result, result_of
from feedsvc.responses.builder import uri
from feedsvc.store.push_store import Pending, PushStore, SubscriptionRequest

_FEEDS = 8
"""How many feeds are kept in memory while they are delivered."""
MOST_ATTEMPTS = 3
"""Attempts to reach a callback whose server does not answer, or has a fault."""
_NEXT = 10.0
"""Seconds until the second of them; the third comes after four times as long."""
_GONE = "the feed is no longer published"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Feed:
    """A feed as it is delivered."""

    edition: int
    content: bytes
    media_type: str


class Subscribers(Delivery):
    """Asks subscribers for their intent, and sends to them. It belongs to one event loop."""

    def __init__(self, store: PushStore, client: PushClient, base_url: str, clock: Callable[[], float]) -> None:
        """Take where feeds are, what sends, the public address of the site, and a clock (seconds since 1970)."""
        self._store = store
        self._client = client
        self._base_url = base_url
        self._clock = clock
        self._feeds: LRUCache[tuple[str, int], asyncio.Future[_Feed | None]] = LRUCache(_FEEDS)

    async def verify(self, request: SubscriptionRequest) -> None:
        """Begin, renew or end a subscription if the callback wants what was asked for in its name (5.3).

        Raises:
            StoreError: The store cannot be read or written; the request waits.
        """
        found = await asyncio.to_thread(self._store.document, request.topic)
        is_feed = found is not None and found[0] == "feed"
        is_confirmed, reason = await (self._ask(request) if is_feed else self._tell_gone(request))
        told = {"mode": request.mode, "topic": request.topic, "host": request.host}
        if is_confirmed:
            await asyncio.to_thread(self._store.confirm, request, int(self._clock()))
            _log.debug("subscription confirmed", **told)
        elif is_confirmed is None and request.failures + 1 < MOST_ATTEMPTS:
            due = self._clock() + _NEXT * 4**request.failures
            await asyncio.to_thread(self._store.postpone_request, request, int(due * 1000))
        else:
            await asyncio.to_thread(self._store.forget_request, request)
            _log.debug("subscription not confirmed", **told, reason=reason)

    async def _ask(self, request: SubscriptionRequest) -> tuple[bool | None, str]:
        """Whether a callback confirms a request, None where it may be asked again; and why not."""
        challenge = secrets.token_urlsafe(32)
        query = {"hub.mode": request.mode, "hub.topic": request.topic_url, "hub.challenge": challenge}
        if request.mode == "subscribe":
            query["hub.lease_seconds"] = str(request.lease_seconds)
        if request.verify_token is not None:
            query["hub.verify_token"] = request.verify_token
        try:
            answer = await self._client.send("GET", with_query(request.callback, query))
        except SendError as error:
            return None, str(error)
        is_confirmed = answer.is_success and answer.body == challenge.encode()
        is_fault = answer.status >= 500 or answer.status == 429
        return None if is_fault else is_confirmed, "the callback does not confirm it"

    async def _tell_gone(self, request: SubscriptionRequest) -> tuple[bool, str]:
        try:
            await self._deny(request.callback, request.topic_url)
        except SendError:
            return False, "the feed has gone, and the callback does not answer"
        return False, "the feed has gone"

    async def _deny(self, callback: str, topic_url: str) -> None:
        """Tell a callback that there is no subscription, or none any more (5.2)."""
        query = {"hub.mode": "denied", "hub.topic": topic_url, "hub.reason": _GONE}
        await self._client.send("GET", with_query(callback, query))

    async def deliver(self, pending: Pending) -> Result:
        """Deliver the feed as it is now; see :class:`.Delivery`."""
        subscriber = pending.destination
        if pending.is_gone:
            await self._deny(subscriber.address, subscriber.topic_url)
            return Result(is_over=True)
        feed = await self._feed(subscriber.topic, pending.newest)
        if feed is None:  # it went just now, and the next look says so
            return Result(subscriber.told, was_sent=False)
        headers = {"content-type": feed.media_type, "link": self._links(subscriber.topic)}
        if subscriber.secret is not None:
            headers["x-hub-signature"] = signature(subscriber.secret, feed.content)
        answer = await self._client.send("POST", subscriber.address, headers, feed.content)
        if answer.status == 410:
            return Result(is_over=True)
        return result_of(answer, feed.edition, self._clock())

    def _links(self, topic: str) -> str:
        """The ``Link`` field of a delivery: the hub, and the feed's own address (WebSub, section 7)."""
        base = self._base_url
        return f'<{uri(base + HUB)}>; rel="hub", <{uri(base + topic)}>; rel="self"'

    async def _feed(self, path: str, newest: int) -> _Feed | None:
        """A feed in an edition no older than ``newest``; read once for all its subscribers."""
        key = (path, newest)
        reading = self._feeds.get(key)
        if reading is None or (reading.done() and reading.exception() is not None):
            reading = self._feeds[key] = asyncio.ensure_future(asyncio.to_thread(self._read, path))
        return await asyncio.shield(reading)

    def _read(self, path: str) -> _Feed | None:
        edition, response = self._store.feed(path)
        if response is None:
            return None
        content = next(each.body for each in response.representations if each.coding == "identity")
        return _Feed(edition, content, dict(response.headers)["content-type"])


def with_query(url: str, query: Mapping[str, str]) -> str:
    """A URL with more parameters behind whatever query it has (WebSub, 5.3)."""
    joint = "?" if "?" not in url else "" if url.endswith(("?", "&")) else "&"
    return f"{url}{joint}{urlencode(query)}"


def signature(secret: str, content: bytes) -> str:
    """The value of ``X-Hub-Signature`` (WebSub, 7.1)."""
    return f"sha256={hmac.digest(secret.encode(), content, 'sha256').hex()}"
