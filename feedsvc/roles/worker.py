"""The web worker's role: serving the newest edition."""

import gc
import socket
from collections.abc import Callable
from contextlib import closing

from feedsvc.notify import tell
from feedsvc.roles.listener import announce, listen
from feedsvc.settings.settings import Settings
from feedsvc.site_access import claim
from feedsvc.status import status_of
from feedsvc.store.store import Store, open_store
from feedsvc.terms import limits_of, policy_of, throttle_of
from feedsvc.web.server import run_worker


def run_web(settings: Settings, orphaned: Callable[[], bool], listening: int | None = None) -> None:
    """Serve the newest edition until SIGTERM, or until ``orphaned()``.

    Args:
        settings: What to serve and how.
        orphaned: Asked twice a second; true ends the worker.
        listening: The descriptor of a socket that is shared with other workers; None opens one.
    """
    with closing(open_store(settings.store_url)) as store:
        claim(store, settings.access)
        if listening is None:
            listener = listen(settings)
            announce(settings.model_copy(update={"port": listener.getsockname()[1]}))
            tell("READY=1")
        else:
            listener = socket.socket(fileno=listening)
        # What is loaded by now stays to the end. To look through it for garbage would stop the serving for a tenth
        # of a second, now and then.
        gc.collect()
        gc.freeze()
        run_worker(
            store,
            listener,
            settings.articles,
            policy_of(settings),
            orphaned,
            metrics=_metrics(settings, store),
            limits=limits_of(settings),
            throttle=throttle_of(settings),
            private_at=settings.public_url if settings.access == "private" else None,
        )


def _metrics(settings: Settings, store: Store) -> Callable[[], tuple[bytes, str]] | None:
    """What ``/metrics`` answers, if it is wanted."""
    if not settings.metrics:
        return None
    from feedsvc.metrics import MEDIA_TYPE, exposition  # noqa: PLC0415 - most do without

    return lambda: (exposition(status_of(store)), MEDIA_TYPE)
