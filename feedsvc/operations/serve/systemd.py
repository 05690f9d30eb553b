"""Telling systemd how the service fares (``sd_notify(3)``): by a datagram to the socket that it names."""

import os
import socket

import structlog

VARIABLE = "NOTIFY_SOCKET"
"""Names the socket, a path or, with ``@``, an abstract name; it is set for services of ``Type=notify`` alone."""

log = structlog.get_logger()


def tell(state: str) -> None:
    """Tell a state such as ``READY=1``; nothing is done where nobody wants to know.

    Whoever started this process may have gone since. That is logged, and stops nothing.
    """
    name = os.environ.get(VARIABLE, "")
    if not name:
        return
    address = f"\0{name[1:]}" if name.startswith("@") else name
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
            wire.sendto(state.encode(), address)
    except OSError as error:
        log.warning("systemd cannot be told", state=state, reason=error.strerror or str(error))
