"""What one client may take of a worker, so that there is enough for all."""

import resource
from dataclasses import dataclass

_OWN_FILES = 256
"""Descriptors that a worker keeps for itself, its store and its log."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on connections and requests. A client that oversteps one loses its connection, others nothing."""

    connections: int = 10_000
    """Held open at once. Beyond that those go that have been silent for the longest."""
    patience: float = 20.0
    """Seconds from connecting, or from one answer, until the next request is complete, its content included."""
    header_bytes: int = 32_768
    """In all lines of a request's header, the first included (431, RFC 6585, section 5)."""
    content_bytes: int = 65_536
    """In the content of a request and what frames it (413, RFC 9110, section 15.5.14)."""
    ahead: int = 100
    """Requests on one connection that wait for their turn (RFC 9112, section 9.3.2)."""
    backlog: int = 2048
    """Connections that may wait to be accepted."""
    slowest: int = 1024
    """Bytes a second that a client has to take in of its answer, over :attr:`patience`."""


def connections_allowed(limits: Limits) -> int:
    """The limit of connections, or fewer if the process may not open as many files; it is let open what it may.

    Each connection may need another descriptor, for the file that it is sent.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * limits.connections + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return limits.connections
    return max(1, min(limits.connections, (soft - _OWN_FILES) // 2))
