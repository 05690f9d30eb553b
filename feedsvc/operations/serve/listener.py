"""The listening socket of the service, and the log line with its address."""

import socket
import sys
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog

from feedsvc.core.errors import ListenError
from feedsvc.core.logs import format_for
from feedsvc.core.printable import redacted_url
from feedsvc.core.settings.model import Settings

_log = structlog.get_logger()


def listen(settings: Settings) -> socket.socket:
    """Open the listening socket.

    Raises:
        ListenError: The address is in use, is not of this machine, or is unknown.
    """
    host, port = settings.host, settings.port
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=settings.limits.backlog)
        # Accepted connections inherit this. Not every event loop sets it, and an answer may be written in two
        # parts.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ListenError(
            f"cannot listen on {host} port {port} ({reason})",
            "stop what uses it, or choose another --host or --port",
        ) from error
    return listener


def announce(settings: Settings) -> None:
    """Log the address of the service; the port in ``settings`` is the one that it listens on."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    _log.info(
        "serving",
        at=f"http://{host}:{settings.port}",
        base_url=settings.public_url,
        articles=str(settings.articles),
        store=redacted_url(settings.store_url),
    )
    if settings.base_url is None and not is_loopback(settings.host):
        _log.warning(
            "base_url is not set, so feeds link to this machine",
            base_url=settings.public_url,
            remedy="set base_url to the address under which others find the site",
        )
    if sys.stderr.isatty() and format_for(settings) == "text":
        print(_next_step(settings), file=sys.stderr, flush=True)  # noqa: T201 - to whoever has just started it


def _next_step(settings: Settings) -> str:
    """The words for somebody at a terminal: the address to open, and how to stop."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host
    host = f"[{host}]" if ":" in host else host
    path = urlsplit(settings.public_url).path
    return f"Open http://{host}:{settings.port}{path}/ in a browser. Ctrl-C stops feedsvc."


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
