"""How many connections are taken at a turn of the loop."""

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise

import pytest
from memory_store import until
from structlog.testing import capture_logs

from feedsvc.web import connections
from feedsvc.web.connections import MOST, SHARE, Acceptor


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns count as quick ones, however long they take here."""
    monkeypatch.setattr(connections, "LATELY", 3600.0)


class Door:
    """A listening socket at which connections wait, and what its acceptor did at each turn."""

    def __init__(self, waiting: int, stack: ExitStack) -> None:
        self.listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=512))
        for _ in range(waiting):
            stack.enter_context(socket.create_connection(self.listener.getsockname()))
        self.open: list[asyncio.BaseTransport] = []
        self.turns: list[int] = []
        """How many had been taken at the begin of each."""
        self.answered = 0
        self._taken = 0
        self._accept = self.listener.accept
        self.faults: list[OSError] = []
        """Raised before connections are taken, one each time."""

    def accept(self) -> tuple[socket.socket, object]:
        """As that of the socket."""
        if self.faults:
            raise self.faults.pop()
        accepted = self._accept()
        self._taken += 1
        return accepted

    def acceptor(self, load: Callable[[int], int] = lambda _turn: 0) -> Acceptor:
        """An acceptor before whose turns so many requests are answered."""

        def answered() -> int:
            self.turns.append(self._taken)
            self.answered += load(len(self.turns))
            return self.answered

        return Acceptor(self, lambda: _Protocol(self.open), answered)  # type: ignore[arg-type] # what it needs of one

    def setblocking(self, flag: bool) -> None:
        """As that of the socket."""
        self.listener.setblocking(flag)

    def fileno(self) -> int:
        """As that of the socket."""
        return self.listener.fileno()


class _Protocol(asyncio.Protocol):
    def __init__(self, made: list[asyncio.BaseTransport]) -> None:
        self._made = made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._made.append(transport)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Closes sockets in the end."""
    with ExitStack() as stack:
        yield stack


def steps(door: Door) -> list[int]:
    """How many were taken at each turn but the last."""
    return [after - before for before, after in pairwise(door.turns)]


async def all_taken(door: Door, acceptor: Acceptor, count: int) -> None:
    """Wait until so many are open, and close all."""
    await until(lambda: len(door.open) == count)
    await acceptor.close()
    for transport in door.open:
        transport.close()
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("load", "expected"),
    [(0, 1), (SHARE - 1, 1), (SHARE, 2), (10 * SHARE, 11), (1000 * SHARE, MOST)],
    ids=["at rest", "little", "some", "much", "more than there may be"],
)
def test_as_many_are_taken_as_the_load_asks_for(stack: ExitStack, load: int, expected: int) -> None:
    """One, so that another worker gets the next; more where each turn is long, so that nobody waits for many."""
    door = Door(100, stack)  # more do not fit everywhere: see net.core.somaxconn

    async def scene() -> None:
        await all_taken(door, door.acceptor(lambda turn: load if turn > 1 else 0), 100)

    asyncio.run(scene())
    first, *others = steps(door)
    assert first == 1
    assert set(others) == {expected}


def test_what_was_answered_long_ago_does_not_count(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a busy hour the first connections are shared with other workers as ever."""
    monkeypatch.setattr(connections, "LATELY", 0.0)
    door = Door(20, stack)

    async def scene() -> None:
        await all_taken(door, door.acceptor(lambda _turn: 1000), 20)

    asyncio.run(scene())
    assert set(steps(door)) == {1}


@pytest.mark.parametrize(
    "fault",
    [BlockingIOError(errno.EAGAIN, "taken"), ConnectionAbortedError(errno.ECONNABORTED, "gone")],
    ids=["another worker was faster", "its client has gone"],
)
def test_one_that_is_lost_stops_nothing(stack: ExitStack, fault: OSError) -> None:
    """The others are taken, and nothing is logged."""
    door = Door(5, stack)
    door.faults = [fault, fault]

    async def scene() -> None:
        await all_taken(door, door.acceptor(), 5)

    with capture_logs() as logs:
        asyncio.run(scene())
    assert not logs


def test_without_descriptors_connections_wait(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin and end are told, nothing is tried until a while later, and nobody is turned away."""
    monkeypatch.setattr(connections, "PAUSE", 0.001)
    door = Door(5, stack)
    door.faults = [OSError(errno.EMFILE, "Too many open files") for _ in range(3)]

    async def scene() -> None:
        await all_taken(door, door.acceptor(), 5)

    with capture_logs() as logs:
        asyncio.run(scene())
    assert [(log["log_level"], log["event"], log.get("error")) for log in logs] == [
        ("warning", "cannot accept another connection", "Too many open files"),
        ("info", "accepting connections again", None),
    ]


def test_what_was_taken_is_open_once_it_is_closed(stack: ExitStack) -> None:
    """So whoever ends all connections misses none; those that wait are left to other workers."""
    door = Door(20, stack)

    async def scene() -> int:
        acceptor = door.acceptor(lambda _turn: 5 * SHARE)
        await until(lambda: len(door.turns) == 2)
        await acceptor.close()
        taken = len(door.open)
        for transport in door.open:
            transport.close()
        await asyncio.sleep(0)
        return taken

    assert asyncio.run(scene()) == 7
    door.listener.setblocking(False)
    with ExitStack() as others:
        left = [others.enter_context(door.listener.accept()[0]) for _ in range(13)]
        assert len(left) == 13


def test_a_pause_ends_with_the_acceptor(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is taken after the end, also where it came while connections had to wait."""
    monkeypatch.setattr(connections, "PAUSE", 0.0)
    door = Door(1, stack)
    door.faults = [OSError(errno.ENFILE, "Too many open files in system")]

    async def scene() -> None:
        with capture_logs():
            acceptor = door.acceptor()
            await until(lambda: door.turns)
            await acceptor.close()
        for _ in range(5):
            await asyncio.sleep(0)

    asyncio.run(scene())
    assert len(door.turns) == 1
