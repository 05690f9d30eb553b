"""Joins everything: the roles that ``feedsvc serve`` runs.

``serve`` starts and supervises the two others: ``run_publisher``, which runs the rounds, and ``run_web``,
which serves the newest edition. They meet only in the store.
"""

import os
import socket
import sys
from collections.abc import Callable
from contextlib import closing, nullcontext
from ipaddress import ip_address

import structlog

from feedsvc import upkeep
from feedsvc.articles.scan import scan
from feedsvc.clock import now
from feedsvc.errors import ListenError
from feedsvc.ledgercopy import LedgerCopy
from feedsvc.notify import tell
from feedsvc.plan import copy_of, limits_of, plan_of, policy_of, throttle_of
from feedsvc.publisher import Publisher
from feedsvc.settings.settings import Settings
from feedsvc.store.store import Store, open_store
from feedsvc.supervise import Role, supervise
from feedsvc.watch import Watch
from feedsvc.web.server import run_worker

log = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Publish and serve until SIGTERM or Ctrl-C; SIGHUP scans at once.

    Raises:
        DirectoryError: There is no such directory, or it cannot be read.
        StoreError: The store cannot be opened.
        ListenError: The address cannot be bound.
    """
    scan(settings.articles)
    open_store(settings.store).close()
    with listen(settings) as listener:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        _announce(settings)
        web = Role("web", _command("web", listener.fileno()), settings.environment(), files=(listener.fileno(),))
        publisher = Role("publisher", _command("publisher"), settings.environment(), rescans=True)
        supervise((publisher, *[web] * settings.workers))
    log.info("stopped")


def listen(settings: Settings) -> socket.socket:
    """A listening socket.

    Raises:
        ListenError: The address is taken, not ours, or unknown.
    """
    host, port = settings.host, settings.port
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=settings.backlog)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ListenError(
            f"cannot listen on {host} port {port} ({reason})",
            "stop what uses it, or choose another --host or --port",
        ) from error


def run_web(settings: Settings, orphaned: Callable[[], bool], listening: int | None = None) -> None:
    """Serve the newest edition until SIGTERM, or until ``orphaned()``.

    Args:
        settings: What to serve and how.
        orphaned: Asked twice a second; true ends the worker.
        listening: The descriptor of a socket that is shared with other workers; None opens one.
    """
    store = open_store(settings.store)
    if listening is None:
        listener = listen(settings)
        _announce(settings.model_copy(update={"port": listener.getsockname()[1]}))
        tell("READY=1")
    else:
        listener = socket.socket(fileno=listening)
    limits, throttle = limits_of(settings), throttle_of(settings)
    metrics, policy = _metrics(settings, store), policy_of(settings)
    try:
        run_worker(
            store, listener, settings.articles, policy, orphaned, metrics=metrics, limits=limits, throttle=throttle
        )
    finally:
        store.close()


def run_publisher(settings: Settings, orphaned: Callable[[], bool]) -> None:
    """Run rounds at once, at the interval, at the next moment, after file events and on SIGHUP.

    Ends at SIGTERM, or when ``orphaned()``.
    """
    with closing(open_store(settings.store)) as store:
        upkeep.recall(store, copy_of(settings), now())
        tell("READY=1")
        copy = LedgerCopy(copy_of(settings), store.tickets)
        publisher = Publisher(plan_of(settings), store, settings.interval, now, copy)
        with Watch(settings.articles, settings.debounce, publisher.wake) if settings.watch else nullcontext():
            publisher.run(orphaned)


def _metrics(settings: Settings, store: Store) -> Callable[[], tuple[bytes, str]] | None:
    """What ``/metrics`` answers, if it is wanted."""
    if not settings.metrics:
        return None
    from feedsvc.errands import status_of  # noqa: PLC0415 - most do without
    from feedsvc.metrics import MEDIA_TYPE, exposition  # noqa: PLC0415 - see above

    return lambda: (exposition(status_of(store)), MEDIA_TYPE)


def orphaned_from(parent: int) -> Callable[[], bool]:
    """A test for whether this process has lost the ``parent`` it was started by; 0 stands for none to lose."""
    return lambda: bool(parent) and os.getppid() != parent


def _announce(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    log.info(
        "serving",
        at=f"http://{host}:{settings.port}",
        base_url=settings.public_url,
        articles=str(settings.articles),
        store=_without_password(settings.store),
    )
    if settings.base_url is None and not _is_loopback(settings.host):
        log.warning(
            "feeds name an address that others cannot reach", base_url=settings.public_url, remedy="set base_url"
        )


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _command(role: str, listener: int | None = None) -> tuple[str, ...]:
    """How to start a role: settings travel in the environment, so it must read no file of its own."""
    command = (sys.executable, "-m", "feedsvc", "serve", "--config", os.devnull, "--role", role)
    inherited = () if listener is None else ("--fd", str(listener))
    return (*command, *inherited, "--parent", str(os.getpid()))
