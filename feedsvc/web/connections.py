"""Connections: how many are accepted at a turn of the event loop, and how much of a worker one client may use.

The loop's own servers take one connection at each turn. Under load a turn is as long as all requests in it, so
those who come last would wait for seconds, unheard, while the others are served again and again. To take all that
wait would give them to one of several workers that share a listening socket, whichever wakes first. So a worker
takes one, and one more for every few requests that it has answered since it took the last.
"""

import asyncio
import errno
import itertools
import resource
import socket
from asyncio import AbstractEventLoop, TimerHandle, Transport
from collections.abc import Callable
from dataclasses import dataclass

import structlog

SHARE = 4
"""A worker that has answered so many requests since it took the last connections takes one more."""
MOST = 64
"""Connections that are taken at one turn; the others must not have to wait for longer than a few milliseconds."""
LATELY = 1.0
"""Seconds for which requests count, longer than any turn under load; what came before says nothing about it."""
PAUSE = 0.2
"""Seconds without new connections where the system has no descriptor or no memory for another."""
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

_log = structlog.get_logger("feedsvc.web")


class Acceptor:
    """Accepts the connections of one listening socket. It belongs to one event loop; the socket is not its own."""

    def __init__(
        self, listener: socket.socket, make: Callable[[], asyncio.Protocol], answered: Callable[[], int]
    ) -> None:
        """Begin to take them.

        Args:
            listener: A socket that listens; it is made non-blocking.
            make: Makes the protocol of a connection.
            answered: How many requests have been answered so far.
        """
        listener.setblocking(False)
        self._listener = listener
        self._make = make
        self._answered = answered
        self._loop = asyncio.get_running_loop()
        self._before = (float("-inf"), 0)
        self._opening: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._is_short = False
        self._resume()

    async def close(self) -> None:
        """Accept no more connections; those that were accepted are open when this returns."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._listener)
        while self._opening:
            await asyncio.wait(self._opening)

    def _resume(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listener, self._take)

    def _take(self) -> None:
        """Take some of those that wait."""
        for _ in range(self._how_many()):
            try:
                connection, _address = self._listener.accept()
            except OSError as error:  # mostly: another worker was faster, or its client has gone (accept(2))
                if error.errno in _EXHAUSTED:
                    self._pause_accepting(error)
                return
            if self._is_short:
                self._is_short = False
                _log.info("accepting connections again")
            task = self._loop.create_task(self._open(connection))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    def _how_many(self) -> int:
        now, answered = self._loop.time(), self._answered()
        since, before = self._before
        self._before = (now, answered)
        return min(1 + (answered - before) // SHARE, MOST) if now - since < LATELY else 1

    async def _open(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._make, connection)
        except OSError:
            connection.close()  # its client has gone already

    def _pause_accepting(self, error: OSError) -> None:
        """Let the connections wait in the backlog: to try again at once would take all of the processor."""
        if not self._is_short:  # once: whoever brings it about must not fill the disk as well
            self._is_short = True
            remedy = "raise the limit of open files"
            _log.warning("cannot accept another connection", error=error.strerror, remedy=remedy)
        self._loop.remove_reader(self._listener)
        self._pause = self._loop.call_later(PAUSE, self._resume)


_OWN_FILES = 256
"""Descriptors that a worker keeps for itself, its store and its log."""
_TURNS = itertools.count()


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Bounds on connections and requests. A client that oversteps one loses its connection, others nothing."""

    connections: int = 10_000
    """Held open at once. Beyond that those are closed that have been silent for the longest."""
    request_timeout: float = 20.0
    """Seconds from connecting, or from one answer, until the next request is complete, its content included."""
    header_bytes: int = 32_768
    """In the request line and all header fields of a request (431, RFC 6585, section 5)."""
    content_bytes: int = 65_536
    """In the content of a request (413, RFC 9110, 15.5.14). The chunks' sizes and extensions and the trailer
    fields may take as much as a header besides."""
    pushed_bytes: int = 67_108_864
    """The same where others push whole feeds; nobody keeps what they push."""
    pushed_to: tuple[bytes, ...] = ()
    """The beginnings of the request targets to which others push."""
    pipelined: int = 100
    """Requests on one connection that wait for their turn (RFC 9112, section 9.3.2)."""
    backlog: int = 2048
    """Connections that may wait to be accepted."""
    bytes_per_second: int = 1024
    """The least number of bytes of its answer that a client must read within :attr:`request_timeout`."""

    def content_allowed(self, target: bytes) -> int:
        """The most bytes in the content of a request for ``target``, as the request line has it."""
        return self.pushed_bytes if target.startswith(self.pushed_to) else self.content_bytes


def connections_allowed(limits: ConnectionLimits) -> int:
    """The limit of connections, or fewer if the process may not open as many files.

    The process's soft limit of open files is raised as far as it may be. Each connection may need another
    descriptor, for the file that it is sent.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * limits.connections + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return limits.connections
    return max(1, min(limits.connections, (soft - _OWN_FILES) // 2))


class ClientTimer:
    """Watches how long one client takes to send its requests and to read its answers."""

    def __init__(  # noqa: PLR0913, PLR0917 - what is watched, and what then happens
        self,
        loop: AbstractEventLoop,
        transport: Transport,
        limits: ConnectionLimits,
        is_answering: Callable[[], bool],
        expire: Callable[[], None],
        stalled: Callable[[], None],
    ) -> None:
        """Begin to count.

        Args:
            loop: Its clock counts.
            transport: The connection.
            limits: How long a client may take.
            is_answering: Whether the client waits for the worker, so that its time does not run.
            expire: Called when the client has sent no complete request in time.
            stalled: Called when the client reads next to nothing of what was sent.
        """
        self._loop = loop
        self._transport = transport
        self._limits = limits
        self._is_answering = is_answering
        self._expire = expire
        self.note_active()
        self._stalled = stalled
        self._unsent = (self.last_active, 0)
        self._drained = False
        self._handle: TimerHandle | None = loop.call_later(limits.request_timeout, self._check)

    def note_active(self) -> None:
        """Note that the client has connected, or was answered."""
        self.last_active = self._loop.time()
        """When that was, by the clock of the loop."""
        self.turn = next(_TURNS)
        """Its place among all clients by that moment: the clock of the loop stands still while much happens."""

    def note_drained(self) -> None:
        """Note that the client has taken in much of what was sent."""
        self._drained = True

    def expire_after(self, seconds: float) -> None:
        """Let the client's time end after so many seconds, whatever it sends."""
        self.cancel()
        self._handle = self._loop.call_later(seconds, self._expire_now)

    def cancel(self) -> None:
        """Count no more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _expire_now(self) -> None:
        self.last_active = self._loop.time() - self._limits.request_timeout
        self._check()

    def _check(self) -> None:
        self._handle = None
        now = self._loop.time()
        if self._is_stuck(now):
            self._stalled()
            return
        if self._is_answering():
            self.note_active()
        left = self.last_active + self._limits.request_timeout - now
        if left <= 0:
            self._expire()
            left = self._limits.request_timeout
        if self._handle is None:
            self._handle = self._loop.call_later(left, self._check)

    def _is_stuck(self, now: float) -> bool:
        """Whether the client reads next to nothing of what was sent."""
        since, before = self._unsent
        unsent = self._transport.get_write_buffer_size()
        if self._drained or not before or not unsent:
            self._unsent, self._drained = (now, unsent), False
        elif now - since >= self._limits.request_timeout:
            self._unsent = (now, unsent)
            return before - unsent < self._limits.bytes_per_second * (now - since)
        return False
