"""WebSub as the sender speaks it: to the subscribers of the own hub, and to the hubs of others.

The hub verifies the intent of subscribers, sends them feeds, and tells them when a feed has gone (W3C WebSub,
sections 5.2, 5.3, 7 and 7.1). The hubs of others are pinged with the feeds that have changed, and watched as by
a subscriber: a reader that finds a hub in a feed polls it less, so a hub that does not push harms subscribers, and
the feeds stop naming it until it does.
"""

import asyncio
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import structlog
from cachetools import LRUCache

from feedsvc.core.urls import HUB
from feedsvc.push.client import PushClient, SendError
from feedsvc.push.delivery import ChangeDelivery, Delivery, Request, Result, result_of
from feedsvc.responses.builder import uri
from feedsvc.store.editions import Changed
from feedsvc.store.hub_watch_store import HubWatchStore, WatchedHub
from feedsvc.store.push_store import Pending, PushStore, SubscriptionRequest

_FEEDS = 8
"""How many feeds are kept in memory while they are delivered."""
MOST_ATTEMPTS = 3
"""Attempts to reach a callback whose server does not answer, or has a fault."""
_NEXT = 10.0
"""Seconds until the second of them; the third comes after four times as long."""
_GONE = "the feed is no longer published"
WATCHED = "/atom.xml"
"""The feed to which the watchdog subscribes: the one of the whole site, in which every article shows."""
PATIENCE = 600
"""Seconds within which a hub has to confirm a subscription, and to push after a ping."""
_LEASE = 10 * 86400
"""Seconds for which the watchdog wants to subscribe."""
_RENEWAL = 86400
"""Seconds before its end at which a subscription is renewed."""
_ASK_AGAIN = 3600
"""Seconds between two requests for a subscription that is not confirmed."""
_ASK_SOON = 60
"""The same at the beginning: a hub may have asked for the confirmation before this service could answer."""
_URLS = 10
"""URLs in one ping."""
_PAUSE = 1.0
"""Seconds between two pings of one hub."""
_FORM = {"content-type": "application/x-www-form-urlencoded"}

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


class HubPings(ChangeDelivery):
    """Pings outside hubs and watches them. It belongs to one event loop."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that it works with
        self,
        store: PushStore,
        watched: HubWatchStore,
        client: PushClient,
        base_url: str,
        hubs: Sequence[str],
        ask_round: Callable[[], object],
        clock: Callable[[], float],
    ) -> None:
        """Prepare to ping.

        Args:
            store: Says what changed.
            watched: What is known of the hubs.
            client: Sends.
            base_url: The public address of the site, without a slash at its end.
            hubs: The URLs of the hubs.
            ask_round: Asks for a round, which publishes feeds that name other hubs. Called in a thread.
            clock: Tells seconds since 1970.
        """
        super().__init__(store, client, clock, _PAUSE)
        self._watched = watched
        self._base_url = base_url
        self._hubs = hubs
        self._ask_round = ask_round
        self._is_configured = False

    def requests(self, pending: Pending, changed: Changed) -> Sequence[Request]:
        """The pings for exactly the feeds whose bytes changed; see :class:`.ChangeDelivery`."""
        hub = pending.destination.address
        if WATCHED in changed.feeds:
            # Before the ping: a hub may push while it still answers that. And of a hub that cannot be pinged no
            # subscriber hears anything either.
            self._watched.expect_push(hub, int(self._clock()), changed.time)
        urls = [self._base_url + path for path in changed.feeds]
        portions = (urls[begin : begin + _URLS] for begin in range(0, len(urls), _URLS))
        return [Request("POST", hub, _FORM, ping(portion)) for portion in portions]

    async def check(self) -> None:
        """Subscribe to hubs, and see which of them push; see :class:`.Delivery`."""
        if not self._is_configured:
            await asyncio.to_thread(self._watched.configure, self._hubs)
            self._is_configured = True
        now = int(self._clock())
        hubs = await asyncio.to_thread(self._watched.hubs)
        await asyncio.gather(*(self._check(each, now) for each in hubs))

    async def _check(self, hub: WatchedHub, now: int) -> None:
        is_late = hub.owing is not None and hub.owing < now - PATIENCE
        if is_late and not hub.silent:
            await asyncio.to_thread(self._name, hub, silent=True)
        elif hub.silent and hub.owing is None and hub.received is not None:
            await asyncio.to_thread(self._name, hub, silent=False)
        is_new = hub.expires < now and not hub.silent
        pause = _ASK_SOON if is_new else _ASK_AGAIN
        if hub.expires < now + _RENEWAL and not now - pause <= hub.asked <= now:
            await self._subscribe(hub, now)

    def _name(self, hub: WatchedHub, *, silent: bool) -> None:
        """Have the feeds name a hub no more, or again."""
        self._watched.change(hub.hub, silent=silent, received=None if silent else hub.received)
        if silent:
            _log.warning("outside hub does not push, feeds stop naming it", hub=hub.hub)
        else:
            _log.info("outside hub pushes, feeds name it again", hub=hub.hub)
        self._ask_round()

    async def _subscribe(self, hub: WatchedHub, now: int) -> None:
        owing = now if hub.expires < now and hub.owing is None else hub.owing
        await asyncio.to_thread(self._watched.change, hub.hub, asked=now, owing=owing)
        form = {
            "hub.mode": "subscribe",
            "hub.topic": self._base_url + WATCHED,
            "hub.callback": f"{self._base_url}{HUB}/{hub.token}",
            "hub.lease_seconds": str(_LEASE),
            "hub.verify": "async",  # hubs of the older protocol demand it
        }
        try:
            await self._client.send("POST", hub.hub, _FORM, urlencode(form).encode())
        except SendError as error:
            _log.debug("outside hub cannot be subscribed to", hub=hub.hub, error=str(error))


def ping(urls: Sequence[str]) -> bytes:
    """The form of a ping with the feeds that have changed, in both spellings that hubs accept."""
    fields = [("hub.mode", "publish")]
    for url in urls:
        fields += [("hub.topic", url), ("hub.url", url)]
    return urlencode(fields).encode()
