"""The role of a web worker: serve the newest edition."""

import gc
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from urllib.parse import quote

import structlog

from feedsvc.core.errors import StoreError
from feedsvc.core.settings.model import Settings
from feedsvc.core.urls import HUB, NetworkRules
from feedsvc.operations.serve.children import tell_ready
from feedsvc.operations.status import Status, status_of
from feedsvc.responses.answer import Policy
from feedsvc.store.engine import sqlite_file
from feedsvc.store.store import Store, open_store
from feedsvc.web.access_log import AccessLog
from feedsvc.web.app import WorkerOptions
from feedsvc.web.connections import ConnectionLimits
from feedsvc.web.files import root_files
from feedsvc.web.hub import Hub, Watch
from feedsvc.web.renderer import Renderer
from feedsvc.web.request_counts import SharedCounts, shared_file
from feedsvc.web.requests import base_path
from feedsvc.web.server import run_worker

_log = structlog.get_logger()

_DEFAULT_MAX_AGE = 60
"""The most seconds for which a cache may use a copy, unless ``http.max_age`` says otherwise: new articles show
within a minute, however seldom the directory is scanned."""


def policy_of(settings: Settings) -> Policy:
    """The freshness policy (Cache-Control) of the answers."""
    return Policy(
        max_age=settings.http.max_age or min(settings.scan.interval, _DEFAULT_MAX_AGE),
        shared_max_age=settings.http.shared_max_age,
        stale_while_revalidate=settings.http.stale_while_revalidate,
        stale_if_error=settings.http.stale_if_error,
        private=settings.access == "private",
    )


def limits_of(settings: Settings) -> ConnectionLimits:
    """The limits on what one client may use of a worker."""
    return ConnectionLimits(
        connections=settings.limits.connections,
        request_timeout=settings.limits.request_timeout,
        header_bytes=settings.limits.header_bytes,
        content_bytes=settings.limits.content_bytes,
        pushed_to=_pushed_to(settings),
        backlog=settings.limits.backlog,
    )


def _pushed_to(settings: Settings) -> tuple[bytes, ...]:
    """The beginnings of the targets to which outside hubs push, with the path of the base URL and without it."""
    if not settings.outside_hubs:
        return ()
    base = quote(base_path(settings.public_url))
    return (f"{HUB}/".encode("ascii"), f"{base}{HUB}/".encode("ascii"))


def run_web(  # noqa: PLR0913 - all that a worker is told
    settings: Settings,
    orphaned: Callable[[], bool],
    listening: int,
    shared: tuple[int, int] | None = None,
    wake_sender: Callable[[], None] = lambda: None,
    *,
    is_preview: bool = False,
) -> None:
    """Serve the newest edition until SIGTERM, or until ``orphaned()``.

    Args:
        settings: The settings of the site.
        orphaned: Called twice a second; a true result ends the worker.
        listening: The descriptor of the listening socket that the workers share.
        shared: The descriptor of the file in which the workers count their answers, and this worker's place in it;
            None counts for this worker alone.
        wake_sender: Has a sender started if none runs, since there is somebody to tell.
        is_preview: Whether only requests that name this machine are answered.
    """
    with closing(open_store(settings.store_url)) as store:
        store.operator.claim(settings.access)
        listener = socket.socket(fileno=listening)
        descriptor, place = shared or (shared_file(workers=1), 0)
        counts = SharedCounts(descriptor)
        # What is loaded by now stays to the end. A garbage collection over it would stop serving for a tenth of a
        # second, now and then.
        gc.collect()
        gc.freeze()
        ended = threading.Event()
        if settings.has_hub and not settings.is_sqlite:
            watching = partial(watch_for_subscribers, store, wake_sender, ended)
            threading.Thread(target=watching, name="subscribers", daemon=True).start()
        run_worker(
            store.editions,
            Renderer(settings.store_url),
            listener,
            settings.articles,
            policy_of(settings),
            options=replace(_options(settings, store, counts, wake_sender), is_preview=is_preview),
            orphaned=orphaned,
            ready=tell_ready,
            counts=counts.of_worker(place),
        )
        ended.set()


def _options(
    settings: Settings, store: Store, counts: SharedCounts, wake_sender: Callable[[], None]
) -> WorkerOptions:
    return WorkerOptions(
        metrics=_metrics(settings, store, counts),
        hub=_hub(settings, store, wake_sender),
        watch=_watch(settings, store),
        files=root_files(
            settings.articles,
            settings.pages.static,
            settings.site.icon_file,
            store=sqlite_file(settings.store_url),
        ),
        limits=limits_of(settings),
        cache_memory=settings.limits.cache_memory,
        private_at=settings.public_url if settings.access == "private" else None,
        base=base_path(settings.public_url),
        access_log=AccessLog() if settings.log.access else None,
    )


SENDER_CHECK = 15.0
"""Seconds between two looks at whether another host has left destinations without a sender."""


def watch_for_subscribers(store: Store, wake_sender: Callable[[], None], ended: threading.Event) -> None:
    """Until ``ended``, have a sender started where there are subscribers and no sender works.

    The host whose sender worked may have died, and nobody subscribes at this one.
    """
    while not ended.wait(SENDER_CHECK):
        try:
            if store.push.lease() is None and store.push.needs_sender():
                wake_sender()
        except StoreError as error:
            _log.debug("subscribers unknown", error=error.what)


def _metrics(settings: Settings, store: Store, counts: SharedCounts) -> Callable[[], tuple[bytes, str]] | None:
    """The body and media type of ``/metrics``; None if the setting http.metrics is off."""
    if not settings.http.metrics:
        return None
    from feedsvc.operations.metrics import MEDIA_TYPE, exposition  # noqa: PLC0415 - most do without

    def current() -> tuple[bytes, str]:
        now = time.time()
        return exposition(_status(store), counts.sums(now), now), MEDIA_TYPE

    return current


def _status(store: Store) -> Status | None:
    """The status; None if the store cannot be read, which must not hide what is answered meanwhile."""
    try:
        return status_of(store)
    except StoreError as error:
        _log.warning("metrics without the store", error=str(error))
        return None


def _hub(settings: Settings, store: Store, wake_sender: Callable[[], None]) -> Hub | None:
    """The hub, which takes subscriptions; None if the site has none."""
    if not settings.has_hub:
        return None
    from feedsvc.push.hub import Hub as SubscriptionHub  # noqa: PLC0415 - sites without a hub do without

    push = settings.push
    rules = NetworkRules.allowing(push.allowed_networks)
    return SubscriptionHub(store.push, settings.public_url, rules, push.max_subscriptions, wake_sender).reply


def _watch(settings: Settings, store: Store) -> Watch | None:
    """The answers to outside hubs; None if the site names none."""
    if not settings.outside_hubs:
        return None
    from feedsvc.push.hub import HubWatch  # noqa: PLC0415 - sites without outside hubs do without

    return HubWatch(store.hub_watch, time.time)
