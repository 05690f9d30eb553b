"""Outside hubs: the sender pings each with the feeds that have changed, and watches it as a subscriber would.

A reader that finds a hub in a feed polls it less. So a hub that does not push harms subscribers, and the feeds
stop naming it until it does.
"""

import asyncio
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import structlog

from feedsvc.core.reserved_paths import HUB
from feedsvc.push.client import PushClient, SendError
from feedsvc.push.delivery import Request, SequentialDelivery
from feedsvc.store.editions import Changed
from feedsvc.store.hub_watch_store import HubWatchStore, WatchedHub
from feedsvc.store.push_store import Pending, PushStore

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


class HubPings(SequentialDelivery):
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
        """The pings for exactly the feeds whose bytes changed; see :class:`.SequentialDelivery`."""
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
