"""A web worker in a thread, and raw requests to it."""

import re
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from memory_store import MemoryStore
from serving import PATIENCE

from feedsvc.responses.answer import Policy
from feedsvc.web.app import WorkerOptions
from feedsvc.web.connections import ConnectionLimits
from feedsvc.web.hub import Watch
from feedsvc.web.server import run_worker

Wire = tuple[str, int]


class Worker:
    """A worker in a thread, on a free port."""

    def __init__(
        self,
        store: MemoryStore,
        directory: Path,
        clock: Callable[[], float] = time.time,
        limits: ConnectionLimits = ConnectionLimits(),  # noqa: B008 - frozen
        *,
        private_at: str | None = None,
        base: str = "",
        watch: Watch | None = None,
    ) -> None:
        self.lost = threading.Event()
        self.error: Exception | None = None
        listener = socket.create_server(("127.0.0.1", 0))
        self.wire: Wire = listener.getsockname()
        self.url = "http://{}:{}".format(*self.wire)
        options = WorkerOptions(watch=watch, limits=limits, private_at=private_at, base=base)
        self.thread = threading.Thread(target=self._run, args=(store, listener, directory, options, clock))
        self.thread.start()

    def _run(
        self,
        store: MemoryStore,
        listener: socket.socket,
        directory: Path,
        options: WorkerOptions,
        clock: Callable[[], float],
    ) -> None:
        try:
            policy = Policy(private=options.private_at is not None)
            run_worker(
                store, store, listener, directory, policy, options=options, orphaned=self.lost.is_set, clock=clock
            )
        except ZeroDivisionError as error:
            self.error = error

    def stop(self) -> float:
        """Let it be orphaned, and give the seconds it took to end."""
        begin = time.monotonic()
        self.lost.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        return time.monotonic() - begin

    def close(self) -> None:
        """End it."""
        self.stop()


def exchange(wire: Wire, *requests: str) -> bytes:
    """Send requests on one connection without waiting in between; give all that comes back until it ends."""
    lines = [f"{request}\r\nHost: x\r\n" for request in requests]
    sent = "\r\n".join(lines) + "Connection: close\r\n\r\n"
    with socket.create_connection(wire, PATIENCE) as connection:
        connection.sendall(sent.encode())
        return whole(connection)


def whole(connection: socket.socket) -> bytes:
    """All that comes over a connection until its end."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def take(received: bytes, *, content: bool) -> tuple[bytes, bytes, bytes]:
    """Split off one answer: its head, its content by Content-Length if it has any, and what follows."""
    head, _, rest = received.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    length = int(found[1]) if found and content else 0
    return head, rest[:length], rest[length:]
