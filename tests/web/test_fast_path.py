"""The fast path on the wire: what it must not change, and what it must not let happen."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx2
import pytest
from memory_store import MemoryStore, feed
from serving import PATIENCE
from worker import Worker, exchange, take, whole

from feedsvc.web.connections import ConnectionLimits


@pytest.fixture
def worker(store: MemoryStore, tmp_path: Path) -> Iterator[Worker]:
    """A worker that serves the store."""
    worker = Worker(store, tmp_path)
    yield worker
    worker.stop()


def test_many_requests_on_one_connection_are_all_answered(worker: Worker) -> None:
    """RFC 9112, 9.3.2: also those sent ahead, and every one of them in full."""
    rest = exchange(worker.wire, *["GET /atom.xml HTTP/1.1"] * 40)
    for _ in range(40):
        head, content, rest = take(rest, content=True)
        assert (head[9:12], content) == (b"200", feed().content)
    assert rest == b""


def test_a_request_after_the_last_is_not_answered(worker: Worker) -> None:
    """RFC 9112, 9.6: who says "close" has said all."""
    sent = (
        "GET /atom.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /atom.xml HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    with socket.create_connection(worker.wire, PATIENCE) as connection:
        connection.sendall(sent.encode())
        received = whole(connection)
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.fixture
def hasty(store: MemoryStore, tmp_path: Path) -> Iterator[Worker]:
    """A worker with a short timeout."""
    worker = Worker(store, tmp_path, limits=ConnectionLimits(request_timeout=0.3))
    yield worker
    worker.stop()


def test_a_client_that_says_nothing_is_not_waited_for_for_ever(hasty: Worker) -> None:
    """Idle connections take memory and descriptors from others."""
    with socket.create_connection(hasty.wire, PATIENCE) as connection:
        assert connection.recv(1) == b""


def test_a_client_that_goes_on_and_on_is_not_waited_for_either(hasty: Worker) -> None:
    """One header field now and then keeps no connection open: the time runs until the request is complete."""
    with socket.create_connection(hasty.wire, PATIENCE) as connection:
        connection.sendall(b"GET /atom.xml HTTP/1.1\r\nHost: x\r\n")
        connection.settimeout(0.02)
        for number in range(1000):
            with suppress(ConnectionError):
                connection.sendall(b"x-%d: y\r\n" % number)
            try:
                told = connection.recv(65536)
            except TimeoutError:
                continue
            except ConnectionResetError:  # what was sent last met an end whose answer is then lost
                break
            assert told.startswith(b"HTTP/1.1 408 ")
            break
        else:
            pytest.fail("it was waited for")


def test_a_client_that_asks_now_and_then_is_kept(store: MemoryStore, tmp_path: Path) -> None:
    """Each answer gives it new time."""
    worker = Worker(store, tmp_path, limits=ConnectionLimits(request_timeout=3.0))
    with closing(worker), socket.create_connection(worker.wire, PATIENCE) as connection:
        for path in ("/atom.xml", "/news/story") * 4:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 304 ")
            connection.settimeout(0.4)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.settimeout(PATIENCE)


def test_a_slow_taker_gets_all_of_it(worker: Worker, store: MemoryStore) -> None:
    """What is asked for ahead waits until the client has taken in what it asked for before."""
    long = feed("long " * 200_000)
    edition = store.publish(long)
    while httpx2.get(f"{worker.url}/readyz", timeout=PATIENCE).json() != {"edition": edition}:
        continue
    rest = exchange(worker.wire, *["GET /atom.xml HTTP/1.1"] * 12)
    for _ in range(12):
        head, content, rest = take(rest, content=True)
        assert (head[9:12], content == long.content) == (b"200", True)
    assert rest == b""
