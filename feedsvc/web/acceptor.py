"""Accepting connections: as many at a turn of the event loop as the load asks for, and no more.

The loop's own servers take one connection at each turn. Under load a turn is as long as all requests in it, so
those who come last would wait for seconds, unheard, while the others are served again and again. To take all that
wait would give them to one of several workers that share a listening socket, whichever wakes first. So a worker
takes one, and one more for every few requests that it has answered since it took the last.
"""

import asyncio
import errno
import socket
from collections.abc import Callable

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
