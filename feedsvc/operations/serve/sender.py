"""The role of the sender: push editions to their destinations, as long as there are any."""

import asyncio
import math
import signal
import time
from collections.abc import Callable
from contextlib import closing

import structlog

from feedsvc.core.process import let_workers_go_first
from feedsvc.core.settings.model import Settings
from feedsvc.operations.push import OPERATOR_RULES, configured, deliveries
from feedsvc.publishing.usable_settings import claim
from feedsvc.push.addresses import NetworkRules
from feedsvc.push.client import PushClient
from feedsvc.push.sender import LINGER, Sender
from feedsvc.push.subscribers import Subscribers
from feedsvc.store.store import Store, open_store

_log = structlog.get_logger()


def run_sender(settings: Settings, orphaned: Callable[[], bool], *, stays: bool = False) -> None:
    """Push until SIGTERM, until ``orphaned()`` or, unless it ``stays``, until nobody was there for a while."""
    let_workers_go_first()
    if settings.outside_hubs and not settings.has_hub:
        _log.warning(
            "feeds name only hubs of others",
            hubs=", ".join(settings.outside_hubs),
            remedy="set push.hub: the site's own hub sends a feed when it changes, and depends on nobody else",
        )
    with closing(open_store(settings.store_url)) as store:
        claim(store.operator, settings.access)
        asyncio.run(_run(settings, store, orphaned, math.inf if stays else LINGER))


async def _run(settings: Settings, store: Store, orphaned: Callable[[], bool], linger: float) -> None:
    stopping = False

    def stop() -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    rules = NetworkRules.allowing(settings.push.allowed_networks)
    base_url = settings.public_url
    async with PushClient(rules, base_url) as client, PushClient(OPERATOR_RULES, base_url) as own_client:
        sender = Sender(
            store.push,
            Subscribers(store.push, client, base_url, time.time),
            deliveries(settings, store, own_client, time.time),
            configured=configured(settings),
            interval=settings.push.interval,
            linger=linger,
        )
        await sender.run(lambda: stopping or orphaned())
