"""The state of the service for systemd (``sd_notify(3)``): a datagram to the socket that systemd names."""

import os
import socket
from collections.abc import Callable

NOTIFY_SOCKET = "NOTIFY_SOCKET"
"""The variable that names the socket: a path or, after ``@``, an abstract name. Only ``Type=notify`` sets it."""


def notify(state: str, warn: Callable[..., object]) -> None:
    """Send a state such as ``READY=1``; without a socket to send it to, do nothing.

    Args:
        state: The state, as ``sd_notify(3)`` writes it.
        warn: Logs a warning, as a logger of structlog does. It is called when systemd does not listen any more,
            which does not stop the service.
    """
    name = os.environ.get(NOTIFY_SOCKET, "")
    if not name:
        return
    address = f"\0{name[1:]}" if name.startswith("@") else name
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
            connection.sendto(state.encode(), address)
    except OSError as error:
        warn("systemd cannot be notified", state=state, error=error.strerror or str(error))
