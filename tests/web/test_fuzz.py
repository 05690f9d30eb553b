"""Requests that nobody would write, over the wire: mutated, cut, glued together, and plain noise.

The same bytes go to a worker with the fast path and to one where everything takes the way through ASGI, and on
both what comes back has to be answers of HTTP, the same ones, and the next good request is answered.
"""

import errno
import itertools
import logging
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from memory_store import CHANGED, MemoryStore, feed, missing, page
from serving import PATIENCE
from worker import Wire, Worker, whole

from feedsvc.documents.model import REDIRECT, Document
from feedsvc.responses.builder import prepare
from feedsvc.web import server
from feedsvc.web.protocol import LimitedProtocol, refusal

pytestmark = pytest.mark.slow

NOW = CHANGED + 1000.5
TAG = prepare(feed(), "key", CHANGED).representations[-1].etag.encode()
LINES = (
    b"GET /atom.xml HTTP/1.1",
    b"HEAD /atom.xml HTTP/1.1",
    b"GET /atom.xml?x HTTP/1.0",
    b"GET /news/story HTTP/1.1",
    b"GET //atom.xml HTTP/1.1",
    b"GET http://y/atom.xml HTTP/1.1",
    b"GET /nothing HTTP/1.1",
    b"GET /readyz HTTP/1.1",
    b"POST /atom.xml HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"OPTIONS /atom.xml HTTP/1.1",
    b"CONNECT x:80 HTTP/1.1",
    b"TRACE /rss HTTP/1.1",
    b"GET /\xff\x00 HTTP/1.1",
    b"GET http://[::1/ HTTP/1.1",
    b"GET http://x:99999/atom.xml HTTP/1.1",
    b"GET HTTP/1.1",
    b"PRI * HTTP/2.0",
)
GOOD = (
    b"Accept-Encoding: br, gzip;q=0.5",
    b"Accept-Encoding: *;q=",
    b"If-None-Match: " + TAG,
    b'If-None-Match: W/"a", *',
    b"If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT",
    b"If-Modified-Since: Sun, 99 Xxx 99999 99:99:99 GMT",
    b"If-Match: *",
    b"If-Unmodified-Since: yesterday",
    b"Range: bytes=0-1,-5,9-",
    b"Connection: close",
    b"Connection: keep-alive, Upgrade",
    b"Upgrade: h2c",
    b"Expect: 100-continue",
    b"X: \xff\xfe",
)
ODD = (
    b"Host: x/y",
    b"Content-Length: 3",
    b"Content-Length: 03",
    b"Content-Length: +3",
    b"Content-Length: 3, 3",
    b"Content-Length: 99999999999999999999",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding:\x0bchunked",
    b"Transfer-Encoding : chunked",
    b" folded: yes",
    b"X: a\rb",
    b"X: a\x00b",
    b": no name",
    b"no colon",
    b"X: " + b"y" * 40_000,
)
CONTENTS = (
    b"",
    b"abc",
    b"3\r\nabc\r\n0\r\n\r\n",
    b"3;x=y\r\nabc\r\n0\r\nIf-None-Match: *\r\n\r\n",
    b"3\nabc\n0\n\n",
    b"-3\r\n",
    b"fffffffffffffffff\r\n",
    b"0\r\n\r\nGET /atom.xml HTTP/1.1\r\nHost: x\r\n\r\n",
)
ENDS = (*[b"\r\n"] * 20, b"\n", b"\r")
LAST = b"GET /atom.xml HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nConnection: close\r\n\r\n"

_ANSWER = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [A-Z][A-Za-z' -]+\r\n(?:[a-z-]+: [^\r\n]*\r\n)*\r\n")


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """One request, more or less."""
    end = draw(st.sampled_from(ENDS))
    fields = draw(st.lists(st.sampled_from(GOOD), max_size=3))
    content = b""
    if draw(st.integers(0, 3)) == 0:
        fields += draw(st.lists(st.sampled_from(ODD), min_size=1, max_size=2))
        content = draw(st.sampled_from(CONTENTS))
    return end.join([draw(st.sampled_from(LINES)), b"Host: x", *fields, b"", b""]) + content


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """One or several requests in which bytes were exchanged, put in or taken out."""
    sent = bytearray(b"".join(draw(st.lists(requests(), min_size=1, max_size=3))))
    for _ in range(draw(st.sampled_from((0, 0, 1, 3)))):
        at = draw(st.integers(0, len(sent)))
        sent[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    return bytes(sent)


@dataclass(frozen=True, slots=True)
class Pair:
    """Where two workers listen that hold the same."""

    express: Wire
    plain: Wire


@pytest.fixture(scope="module")
def complaints() -> Iterator[list[str]]:
    """What is logged as an error while the module runs."""
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("uvicorn.error").addHandler(handler)
    yield found
    logging.getLogger("uvicorn.error").removeHandler(handler)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A worker with the fast path and one without it; their clocks stand still."""
    store, directory = MemoryStore(), tmp_path_factory.mktemp("fuzz")
    moved = Document("/rss", REDIRECT, "", b"", location="https://x.example/rss.xml")
    store.publish(feed(), page(), missing(), moved)
    express = Worker(store, directory, clock=lambda: NOW)
    httpx2.get(f"{express.url}/readyz", timeout=PATIENCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "FastPathProtocol", lambda _cache, *rest: LimitedProtocol(*rest))
        plain = Worker(store, directory, clock=lambda: NOW)
        httpx2.get(f"{plain.url}/readyz", timeout=PATIENCE)
    yield Pair(express.wire, plain.wire)
    express.stop()
    plain.stop()


def answered(wire: Wire, *pieces: bytes) -> bytes | None:
    """All that comes back for the pieces, after which the client ends its side; None where that was lost.

    Who goes on sending to a server that has closed may lose what was on its way (RFC 9112, section 9.6).
    """
    with socket.create_connection(wire, PATIENCE) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            return whole(connection)
        except OSError as error:
            if error.errno not in {errno.ECONNRESET, errno.EPIPE, errno.ENOTCONN}:
                raise
            return None


def answers(pair: Pair, pieces: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    """What both roads say, asked again where they differ: when packets come is not for either to decide."""
    heard = b"", b""
    for _ in range(20):
        one, other = (answered(wire, *pieces) for wire in (pair.express, pair.plain))
        if one is not None and other is not None:
            heard = one, other
            if are_alike(one, other, b"".join(pieces)):
                break
    return heard


def statuses(received: bytes) -> list[int]:
    """The statuses of the answers, which fill the received bytes from the first to the last."""
    found = []
    while received:
        answer = _ANSWER.match(received)
        assert answer, received[:200]
        found.append(int(answer[1]))
        received = received[answer.end() :]
        length = re.search(rb"\r\ncontent-length: (\d+)\r\n", answer[0])
        size = int(length[1]) if length else 0
        if not received.startswith(b"HTTP/1.1 ") and size:  # else it answers HEAD
            received = received[size:]
    return found


REFUSED = refusal(400, int(NOW))


def are_alike(one: bytes, other: bytes, sent: bytes) -> bool:
    """Whether both roads say the same.

    The client ends its side at once. A last request whose content does not come to its end is refused, or answered
    if the answer has begun by then; and it begins sooner where those before it took the fast path.
    """
    if one == other:
        return True
    has_content = b"content-length" in sent.lower() or b"transfer-encoding" in sent.lower()
    refused, answered = sorted((one, other), key=lambda each: not each.endswith(REFUSED))
    before = refused.removesuffix(REFUSED)
    is_last = answered.startswith(before) and len(statuses(answered[len(before) :])) == 1
    return has_content and refused.endswith(REFUSED) and is_last


def check(pair: Pair, *pieces: bytes) -> None:
    """Send the pieces to both and compare."""
    one, other = answers(pair, pieces)
    assert are_alike(one, other, b"".join(pieces)), (one, other)
    assert not [status for status in statuses(one) if status >= 500]
    assert statuses(answered(pair.express, LAST) or b"") == [304]


POLL = b"GET /atom.xml HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n"


@settings(max_examples=150)
@given(mutated())
@example(POLL * 2 + b"GET /atom.xml HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")
@example(POLL * 2 + b"GET /atom.xml HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n")
def test_whatever_is_sent_gets_an_answer_or_a_close(pair: Pair, complaints: list[str], sent: bytes) -> None:
    """Never a 5xx, never a hang, and the fast path answers as ASGI does."""
    check(pair, sent)
    assert complaints == []


@settings(max_examples=60)
@given(st.binary(max_size=300))
@example(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
@example(b"\r\n" * 500)
@example(b"\x00")
def test_noise_gets_an_answer_or_a_close(pair: Pair, complaints: list[str], sent: bytes) -> None:
    """Such as another protocol's first words."""
    check(pair, sent)
    assert complaints == []


@settings(max_examples=40)
@given(st.lists(requests(), min_size=1, max_size=3), st.lists(st.integers(1, 400), max_size=4))
def test_how_it_is_cut_into_packets_changes_nothing(pair: Pair, sent: list[bytes], cuts: list[int]) -> None:
    """What is asked depends on the bytes alone."""
    joined = b"".join(sent)
    edges = sorted({0, *(cut for cut in cuts if cut < len(joined)), len(joined)})
    check(pair, *(joined[begin:end] for begin, end in itertools.pairwise(edges)))


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /atom.xml HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n",
        b"GET /news/story HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /atom.xml HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde",
    ],
    ids=["at once", "by the long way", "with a content"],
)
def test_a_connection_may_be_cut_at_every_byte(pair: Pair, complaints: list[str], request_: bytes) -> None:
    """By an end of the client's side, which is answered, and by a reset, which nobody hears of."""
    for at in range(len(request_)):
        check(pair, request_[:at])
        for wire in (pair.express, pair.plain):
            with socket.create_connection(wire, PATIENCE) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                connection.sendall(request_[:at])
    assert statuses(answered(pair.express, LAST) or b"") == [304]
    assert complaints == []
