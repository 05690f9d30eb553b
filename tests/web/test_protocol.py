"""One connection held to the limits, over the wire."""

import asyncio
import re
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx2
import pytest
import uvicorn
from memory_store import MemoryStore, feed, missing, page, until
from serving import PATIENCE
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState
from worker import Wire, Worker, whole

from feedsvc.web import protocol
from feedsvc.web.connections import ConnectionLimits, connections_allowed
from feedsvc.web.protocol import LimitedProtocol
from feedsvc.web.request_counts import RequestCounts

GET = b"GET /atom.xml HTTP/1.1\r\nHost: x\r\n"
BY_APPLICATION = b"GET /news/story HTTP/1.1\r\nHost: x\r\nSec-Fetch-Dest: document\r\n\r\n"
"""No request of a browser that navigates is answered at once."""
POST = b"POST /atom.xml HTTP/1.1\r\nHost: x\r\n"
SMALL = ConnectionLimits(header_bytes=4096, content_bytes=4096, pipelined=5)


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """Where a worker with narrow limits listens."""
    store = MemoryStore()
    store.publish(feed(), page(), missing())
    worker = Worker(store, tmp_path_factory.mktemp("guard"), limits=SMALL)
    yield worker.wire
    worker.stop()


def statuses(wire: Wire, *pieces: bytes, end: bool = False) -> list[int]:
    """The statuses of all answers to the pieces, each sent after the other; ``end`` ends the client's side."""
    with socket.create_connection(wire, PATIENCE) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if end:
            connection.shutdown(socket.SHUT_WR)
        return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d+) ", whole(connection))]


def pour(connection: socket.socket, piece: bytes) -> bool:
    """Send a piece again and again, until the other side has had enough; False if that is never."""
    deadline = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < deadline:
        try:
            connection.sendall(piece)
        except (ConnectionResetError, BrokenPipeError):
            return True
    return False


def gone(connection: socket.socket) -> bool:
    """Whether the other side closes the connection."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("answer", ["at once", "by the long way"])
@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"X: " + b"y" * 3000 + b"\r\n", 200),
        (b"X: " + b"y" * 5000 + b"\r\n", 431),
        (b"X-" + b"y" * 5000 + b": z\r\n", 431),
        (b"X: y\r\n" * 600, 200),
        (b"X: y\r\n" * 1200, 431),
        (b"X: " + b"y" * 65536 + b"\r\n", 431),
    ],
    ids=["a long value", "a value too long", "a name too long", "many lines", "lines too many", "64 kB"],
)
def test_a_header_has_an_end(wire: Wire, answer: str, header: bytes, status: int) -> None:
    """RFC 6585, 5: the same limit for one field and for all together."""
    line = GET if answer == "at once" else BY_APPLICATION[:-2]
    assert statuses(wire, line + header + b"Connection: close\r\n\r\n") == [status]


@pytest.mark.parametrize("size", [1, 7, 1000, 4096])
def test_a_header_sent_in_pieces_has_the_same_limit(
    wire: Wire, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header within the limit passes and one beyond it is refused, in pieces of any size."""
    monkeypatch.setattr(protocol, "LINGER", PATIENCE)  # on a busy machine it takes long to send so many pieces
    for length, status in ((2000, 200), (300_000, 431)):
        sent = GET + b"X: " + b"y" * length + b"\r\nConnection: close\r\n\r\n"
        pieces = [sent[at : at + size] for at in range(0, min(len(sent), 2000 * size), size)]
        got = statuses(wire, *pieces, end=len(b"".join(pieces)) < len(sent))
        assert got == [status] or (size == 1 and got == [400])


@pytest.mark.parametrize(
    "before", [b"", GET + b"\r\n", BY_APPLICATION * 3], ids=["nothing", "at once", "by the long way"]
)
def test_a_header_without_an_end_is_refused_for_its_length(wire: Wire, before: bytes) -> None:
    """RFC 6585, 5: also where all of it is read at once, as on a busy machine."""
    *_, last = statuses(wire, before + GET + b"X: " + b"y" * 14_000, end=True)
    assert last == 431


async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a request without a look at its content."""
    status = 405 if scope["method"] == "POST" else 200
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


class RecordingTransport(asyncio.Transport):
    """Keeps what is written, and is closed at once."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_closed = False
        self.is_half_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        self.written += data

    def write_eof(self) -> None:
        """Nothing more is to come, but what arrives is still taken in."""
        self.is_closed = self.is_half_closed = True

    def close(self) -> None:
        """Nothing more is to come."""
        self.is_closed = True

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.is_closed

    def pause_reading(self) -> None:
        """Nothing is read from it anyway."""

    def resume_reading(self) -> None:
        """Nothing is read from it anyway."""

    def get_write_buffer_size(self) -> int:
        """All was taken in."""
        return 0


def connected() -> tuple[LimitedProtocol, RecordingTransport]:
    """A connection without a network, and what records its side."""
    config = uvicorn.Config(answer, ws="none", log_config=None)
    config.load()
    connection = LimitedProtocol(SMALL, time.time, RequestCounts.alone(), config, ServerState(), {})
    transport = RecordingTransport()
    connection.connection_made(transport)
    return connection, transport


def statuses_in_pieces(sent: bytes, size: int) -> list[int]:
    """The statuses of all answers to bytes that arrive so many at a time, before any of them is answered."""

    async def exchange() -> bytes:
        connection, transport = connected()
        for at in range(0, len(sent), size):
            connection.data_received(sent[at : at + size])
        connection.eof_received()
        await until(lambda: transport.is_closed)
        connection.connection_lost(None)
        return transport.written

    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d+) ", asyncio.run(exchange()))]


@pytest.mark.parametrize("size", [1, 3, 7, 1000, 100_000])
@pytest.mark.parametrize("more", [0, 1], ids=["at the limit", "a byte beyond it"])
@pytest.mark.parametrize(
    ("before", "answers"),
    [
        (b"", []),
        (b"\r\n", []),
        (GET + b"\r\n", [200]),
        (POST + b"Content-Length: 9\r\n\r\n" + b"\r\n\r\n" + b"x" * 5, [405]),
    ],
    ids=["nothing", "an empty line", "a request", "a request with a content"],
)
def test_each_byte_of_a_header_counts_once_however_it_arrives(
    before: bytes, answers: list[int], more: int, size: int
) -> None:
    """RFC 6585, 5: a header of just the limit passes, and one of a byte more does not, ended or not."""
    for end in (b"\r\n\r\n", b""):
        header = GET + b"X: " + b"y" * (SMALL.header_bytes + more - len(GET) - len(b"X: ") - len(end)) + end
        passes = 200 if end else 400
        assert statuses_in_pieces(before + header, size) == [*answers, 431 if more else passes]


@pytest.mark.parametrize("size", [1, 7, 1000, 100_000])
@pytest.mark.parametrize(("more", "status"), [(0, 405), (1, 413)], ids=["at the limit", "a byte beyond it"])
def test_each_byte_of_a_content_counts_once_however_it_arrives(more: int, status: int, size: int) -> None:
    """RFC 9110, 15.5.14: what frames it counts for itself."""
    length = SMALL.content_bytes + more
    head = POST + b"Content-Length: %d\r\n\r\n" % length
    assert statuses_in_pieces(head + b"x" * length, size) == [status]


def test_a_request_line_has_an_end(wire: Wire) -> None:
    """RFC 9112, 3: the target is part of what is counted."""
    assert statuses(wire, b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n") == [431]


def test_an_endless_header_is_refused_while_it_comes(wire: Wire) -> None:
    """Nobody waits for its end."""
    with socket.create_connection(wire, PATIENCE) as connection:
        connection.sendall(GET)
        assert pour(connection, b"X: y\r\n" * 1000)


def test_a_content_has_an_end(wire: Wire) -> None:
    """RFC 9110, 15.5.14: it is answered before its content, and then not listened to for ever."""
    assert statuses(wire, POST + b"Content-Length: 3000\r\nConnection: close\r\n\r\n" + b"x" * 3000) == [405]
    with socket.create_connection(wire, PATIENCE) as connection:
        connection.sendall(POST + b"Content-Length: 1000000000000\r\n\r\n")
        assert pour(connection, b"x" * 4096)


def test_trailer_fields_have_an_end_and_reach_no_other_request(wire: Wire) -> None:
    """RFC 9110, 6.5.1: a condition in a trailer is none of the next request, which is not even taken."""
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"
    assert statuses(wire, chunked + b"If-None-Match: *\r\n\r\n" + GET + b"\r\n") == [405]
    with socket.create_connection(wire, PATIENCE) as connection:
        connection.sendall(chunked)
        assert pour(connection, b"X: y\r\n" * 1000)


def test_nothing_is_taken_for_a_request_after_an_upgrade(wire: Wire) -> None:
    """RFC 9110, 7.8: the client may speak another protocol from here on."""
    upgrade = GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    assert statuses(wire, upgrade + GET + b"\r\n") == [200]


@pytest.mark.parametrize(
    "bad",
    [
        b"\x16\x03\x01",
        b"BREW / HTTP/1.1\r\n\r\n",
        GET + b"X : y\r\n\r\n",
        # RFC 9112, 3.2: each request has one valid Host, whichever the requests before it had.
        b"GET /atom.xml HTTP/1.1\r\n\r\n",
        b"GET /atom.xml HTTP/1.1\r\nHost: x y\r\n\r\n",
        GET + b"Host: x\r\n\r\n",
    ],
)
@pytest.mark.parametrize("good", [GET + b"\r\n", BY_APPLICATION], ids=["at once", "by the long way"])
def test_what_is_malformed_is_refused_after_all_that_was_asked_before(wire: Wire, good: bytes, bad: bytes) -> None:
    """RFC 9112, 9.3.2: answers keep the order of the requests."""
    assert statuses(wire, good * 3 + bad + good) == [200, 200, 200, 400]


def test_a_malformed_content_gets_no_second_answer(wire: Wire) -> None:
    """The client would take it for the answer to its next request."""
    assert statuses(wire, POST + b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n") in ([405], [400])


@pytest.mark.parametrize("field", [b"Transfer-Encoding: chunked", b"Content-Length: 90000\r\nConnection: close"])
def test_an_answer_reaches_a_client_that_still_sends_its_content(wire: Wire, field: bytes) -> None:
    """RFC 9112, 9.6: a connection that is closed on what a client sends is reset, and the answer may be lost."""
    with socket.create_connection(wire, PATIENCE) as connection:
        connection.sendall(POST + field + b"\r\n\r\n")
        received = b""
        while not received.startswith(b"HTTP/1.1 405"):
            received += connection.recv(65536)
        for _ in range(20):
            connection.sendall(b"5\r\nwords\r\n")
        received += whole(connection)
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("field", [b"Transfer-Encoding: chunked", b"Content-Length: 9\r\nConnection: close"])
def test_a_connection_ends_behind_its_last_answer_and_still_takes_in_the_content(field: bytes) -> None:
    """The client need not wait until it has been silent for long, and is not reset."""

    async def exchange() -> bool:
        connection, transport = connected()
        connection.data_received(POST + field + b"\r\n\r\n")
        await until(lambda: transport.is_closed)
        connection.data_received(b"5\r\nwords\r\n")
        connection.connection_lost(None)
        return transport.is_half_closed

    assert asyncio.run(exchange())


def test_those_who_ask_far_ahead_get_the_first_answers(wire: Wire) -> None:
    """RFC 9112, 9.3.2: the rest may be asked again."""
    got = statuses(wire, BY_APPLICATION * 40)
    assert got == [200] * len(got)
    assert 5 <= len(got) < 40


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (GET + b"\r\n", [200]),
        (BY_APPLICATION, [200]),
        (BY_APPLICATION * 3, [200] * 3),
        (BY_APPLICATION + GET, [200, 400]),
        (GET, [400]),
        (POST + b"Content-Length: 5\r\n\r\nab", [405]),
        (b"", []),
    ],
    ids=["at once", "long way", "several", "one and a half", "half", "content cut off", "nothing"],
)
def test_who_ends_its_side_is_still_answered(wire: Wire, sent: bytes, expected: list[int]) -> None:
    """RFC 9112, 9.6: a client may close its half of the connection once it has asked."""
    got = statuses(wire, sent, end=True)
    assert got in (expected, [400] if expected == [405] else expected)


def test_those_silent_for_the_longest_make_room(store: MemoryStore, tmp_path: Path) -> None:
    """A newcomer is answered, however many connections are held open by others."""
    worker = Worker(store, tmp_path, limits=ConnectionLimits(connections=10))
    with closing(worker), ExitStack() as stack:
        held = [stack.enter_context(socket.create_connection(worker.wire, PATIENCE)) for _ in range(10)]
        for _ in range(40):
            held.append(stack.enter_context(socket.create_connection(worker.wire, PATIENCE)))
            held[5].sendall(GET + b"If-None-Match: *\r\n\r\n")
            assert held[5].recv(65536).startswith(b"HTTP/1.1 304 ")
        assert httpx2.get(f"{worker.url}/atom.xml", timeout=PATIENCE).status_code == 200
        assert gone(held[0])


def test_who_takes_in_nothing_loses_its_connection(store: MemoryStore, tmp_path: Path) -> None:
    """An answer that nobody takes is not held for ever."""
    store.publish(feed("long " * 4_000_000))
    worker = Worker(store, tmp_path, limits=ConnectionLimits(request_timeout=0.3))
    with closing(worker), socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE)
        connection.connect(worker.wire)
        connection.sendall(GET + b"\r\n")
        connection.recv(1)
        assert pour(connection, b"\r\n")


def test_a_process_that_may_open_few_files_holds_fewer_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it opens as many as it may."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: given.append(both))
    assert connections_allowed(ConnectionLimits()) == (4096 - 256) // 2
    assert given == [(4096, 4096)]
    assert connections_allowed(ConnectionLimits(connections=100)) == 100
