"""Push as the settings have it: the destinations that they name, the process that tells them, and a test event."""

import asyncio
import gc
import math
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import structlog

from feedsvc.articles.safeguards import Overrides
from feedsvc.core.errors import FeedsvcError, PushError, SettingsError
from feedsvc.core.process import let_workers_go_first
from feedsvc.core.settings.model import Settings
from feedsvc.core.urls import NetworkRules
from feedsvc.push.cdn_purge import Cache, CachePurges
from feedsvc.push.client import PushClient, SendError
from feedsvc.push.delivery import Delivery
from feedsvc.push.sender import LINGER, Sender
from feedsvc.push.webhooks import Event, Webhook, Webhooks, signing_key
from feedsvc.push.websub import HubPings, Subscribers
from feedsvc.store.push_store import Destination, DestinationKind
from feedsvc.store.store import Store, open_store

_log = structlog.get_logger()

OPERATOR_RULES = NetworkRules(is_operator=True)
"""A destination that the operator names may be on any network."""


def configured(settings: Settings) -> Sequence[Destination]:
    """The destinations that the settings name."""
    if settings.access == "private":
        return ()
    named: list[tuple[DestinationKind, str]] = [
        *(("hub", hub) for hub in settings.push.hubs),
        *(("webhook", each.name) for each in settings.push.webhooks),
        *(("cache", each.name) for each in settings.push.caches),
    ]
    now = int(time.time())
    return [Destination(f"{kind}:{name}", kind, name, 0, now) for kind, name in named]


def deliveries(
    settings: Settings, store: Store, client: PushClient, clock: Callable[[], float]
) -> Mapping[DestinationKind, Delivery]:
    """The senders to the destinations that the settings name.

    Raises:
        SettingsError: A secret cannot be read.
    """
    base_url, push = settings.public_url, store.push
    has_keys = settings.http.cache_keys != "none"

    def ask_round() -> None:
        store.operator.request_round(Overrides())

    return {
        "hub": HubPings(push, store.hub_watch, client, base_url, settings.outside_hubs, ask_round, clock),
        "webhook": Webhooks(push, client, webhooks(settings), clock),
        "cache": CachePurges(push, client, _caches(settings), base_url, has_keys, clock),
    }


def webhooks(settings: Settings) -> Sequence[Webhook]:
    """The webhooks that the settings name.

    Raises:
        SettingsError: A secret cannot be read, or is none.
    """
    return [
        Webhook(
            each.name,
            _secret(each.url.get_secret_value(), f"the url of the webhook {each.name}"),
            None if each.secret is None else _key(each.name, each.secret.get_secret_value()),
            each.events,
            each.format,
        )
        for each in settings.push.webhooks
    ]


def check_secrets(settings: Settings) -> None:
    """Refuse webhooks and caches whose secrets cannot be read: a sender could not start, and would tell nobody.

    Raises:
        SettingsError: All that is wrong.
    """
    errors: list[FeedsvcError] = []
    for read in (webhooks, _caches):
        try:
            read(settings)
        except SettingsError as error:
            errors.append(error)
    if errors:
        raise SettingsError.of_all(errors)


def send_test(settings: Settings, name: str) -> int:
    """Send a test event to a webhook, and give the status of its answer.

    Raises:
        PushError: There is no such webhook, or it does not answer.
        SettingsError: A secret cannot be read.
    """
    webhook = next((each for each in webhooks(settings) if each.name == name), None)
    if webhook is None:
        known = ", ".join(each.name for each in settings.push.webhooks) or "none"
        raise PushError(f"there is no webhook {name!r}", f"name one of the settings: {known}")
    event = Event(
        "webhook.test", f"test {time.time()}", {"title": settings.site_title, "url": settings.public_url}
    )

    async def send() -> int:
        with closing(open_store(settings.store_url)) as store:
            async with PushClient(OPERATOR_RULES, settings.public_url) as client:
                answer = await Webhooks(store.push, client, [webhook], time.time).send(webhook, event)
                return answer.status

    try:
        return asyncio.run(send())
    except SendError as error:
        raise PushError(f"the webhook {name} does not answer ({error})", "check its url") from error


def _caches(settings: Settings) -> Sequence[Cache]:
    return [
        Cache(
            each.name,
            each.kind,
            each.id,
            "" if each.token is None else _secret(each.token.get_secret_value(), f"the token of {each.name}"),
            each.url or "",
        )
        for each in settings.push.caches
    ]


def _key(name: str, written: str) -> bytes:
    try:
        return signing_key(_secret(written, f"the secret of the webhook {name}"))
    except ValueError as error:
        raise SettingsError(
            f"the secret of the webhook {name} is no key", "give whsec_ and at least 16 bytes in base64"
        ) from error


def _secret(written: str, what: str) -> str:
    """A secret of the settings, which may stand in a file (``file:``) or in an environment variable (``env:``)."""
    place, _, name = written.partition(":")
    if place == "env":
        value = os.environ.get(name, "").strip()
        if not value:
            raise SettingsError(f"{what} is in the environment variable {name}, which is not set", "set it")
        return value
    if place != "file":
        return written
    try:
        return Path(name).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{what} is in {name}, which cannot be read", "check its name and rights") from error


def run_sender(settings: Settings, orphaned: Callable[[], bool], *, stays: bool = False) -> None:
    """Push until SIGTERM, until ``orphaned()`` or, unless it ``stays``, until nobody was there for a while."""
    let_workers_go_first()
    # What is loaded by now stays to the end, at which Python would look through all of it once more.
    gc.freeze()
    if settings.outside_hubs and not settings.has_hub:
        _log.warning(
            "feeds name only hubs of others",
            hubs=", ".join(settings.outside_hubs),
            remedy="set push.hub: the site's own hub sends a feed when it changes, and depends on nobody else",
        )
    with closing(open_store(settings.store_url)) as store:
        store.operator.claim(settings.access)
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
