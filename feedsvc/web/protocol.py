"""One connection, held to the limits: what uvicorn's protocol leaves unbounded is bounded here.

A request is taken apart by uvicorn's parser and goes on through uvicorn unchanged. What is added: a header, a
content and a queue have an end, and so has the waiting for a client that says nothing or takes nothing in. What is
malformed is refused after the answers to all that came before it, never ahead of them. Nothing of it is logged:
whoever wants to harm must not be able to fill the disk either.
"""

import re
import resource
from asyncio import AbstractEventLoop, TimerHandle, Transport
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from feedsvc.responses.http_dates import http_date

_OWN_FILES = 256
"""Descriptors that a worker keeps for itself, its store and its log."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
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


def connections_allowed(limits: ConnectionLimits) -> int:
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


NOTED = frozenset(
    {
        b"host",
        b"if-none-match",
        b"if-modified-since",
        b"accept-encoding",
        b"sec-fetch-dest",
        b"content-length",
        b"transfer-encoding",
        b"expect",
        b"upgrade",
        b"if-match",
        b"if-unmodified-since",
    }
)
"""Several lines of one of these are joined; of any other nothing is needed but that it is there."""

_HOST = re.compile(rb"(?:[\w\-.~!$&'()*+,;=%]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?", re.ASCII)


def is_host(value: bytes) -> bool:
    """Whether this is the value of one Host field (RFC 9110, section 7.2); several, joined, are none."""
    return _HOST.fullmatch(value) is not None


_WORDS = {
    400: "This is no HTTP/1.1 request.",
    408: "The request did not come to its end in time.",
    413: "The content of the request is too large.",
    431: "The header of the request is too large.",
    505: "Only HTTP/1.1 is spoken here, and HTTP/1.0.",
}


def refusal(status: int, now: int) -> bytes:
    """Head and content of an answer with one of the statuses 400, 408, 413, 431 and 505 at the second ``now``."""
    words = f"{_WORDS[status]}\n".encode("ascii")
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode("ascii"),
        b"date: " + http_date(now),
        b"content-type: text/plain; charset=utf-8",
        b"content-length: %d" % len(words),
        b"cache-control: no-store",
        b"x-content-type-options: nosniff",
        b"connection: close",
    ]
    return b"\r\n".join([*lines, b"", words])


LINGER = 2.0
"""Seconds that a refused client's data are still taken in; to close on them would destroy the answer."""
_ROOM = 16
"""One of so many connections goes when there is no room for another."""

_OTHER_VERSION = frozenset({"Invalid HTTP version", "Pause on PRI/Upgrade"})
"""What the parser says of a version that it does not know, and of the words with which HTTP/2 begins (RFC 9113,
section 3.4)."""


class _Overstepped(Exception):  # noqa: N818 - it ends the parsing and reaches nobody
    """Raised in the parser's callbacks: nothing of what follows is of interest."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection. Made by :func:`guarded` for the limits of a worker."""

    limits: ClassVar[ConnectionLimits]
    clock: ClassVar[Callable[[], float]]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        """Take what uvicorn gives to a protocol."""
        super().__init__(config, server_state, app_state, _loop)
        self.fields: dict[bytes, bytes] = {}
        """The fields of the request that matter here; several lines of one are joined as in ``read_request``."""
        self.under_way: deque[RequestResponseCycle] = deque()
        """Requests that went on to uvicorn and are not answered yet; the first is being worked on."""
        self.last = False
        """Whether no request is taken any more."""
        self.open = False
        """Whether a request has begun and is not complete."""
        self.begun = 0
        """Requests that have begun so far."""
        self._heading = False
        self._fault = 400
        self._ending: int | None = None
        """What is said when all is answered: a status to refuse with, 0 for nothing, None if it goes on."""
        self._eof = False
        self._chunk = 0
        self._first = 0
        self._taken = 0
        self.moved = 0.0
        """When the client was last answered, or connected, by the clock of the loop."""
        self._watch: TimerHandle | None = None
        self._marked = (0.0, 0)
        self._drained = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to count the client's time, and make room if there is none."""
        super().connection_made(transport)
        self.moved = self.loop.time()
        self._marked = (self.moved, 0)
        self._watch = self.loop.call_later(self.limits.patience, self._look)
        if len(self.connections) > self.limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """End: nothing is worked out for a client that has gone. uvicorn would tell only the newest request."""
        super().connection_lost(exc)
        self.pipeline.clear()
        for each in self.under_way:
            each.disconnected = True
            each.message_event.set()
        self.under_way.clear()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn never wants to go on
        """Answer what was asked before the client ended its side (RFC 9112, section 9.6)."""
        self._eof = True
        if self.open:
            self._refuse(400)
        elif self._ending is None:
            self._stop(0)
        return bool(self.under_way)

    def resume_writing(self) -> None:
        """Note that the client has taken in much of what was sent."""
        self._drained = True
        super().resume_writing()

    def _make_room(self) -> None:
        """Close the connections that were silent for the longest; several, since it takes a look at all."""
        idle = [each for each in self.connections if isinstance(each, LimitedProtocol) and not each.under_way]
        idle.sort(key=lambda each: each.moved)
        for each in idle[: max(1, len(idle) // _ROOM)]:
            self.connections.discard(each)
            each.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take in the next bytes; no more of them at a time than a header may have, so that its length is known.

        Where in a chunk a request begins is not told. A busy worker reads many small pieces as one large chunk,
        and must refuse a header that is too long all the same.
        """
        most = self.limits.header_bytes
        if len(data) <= most:
            self._parse(data)
            return
        for start in range(0, len(data), most):
            self._parse(data[start : start + most])

    def _parse(self, data: bytes) -> None:
        if self.last and not self.open:
            return
        self._chunk = len(data)
        self._taken += self._chunk
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade:
            self.open = False  # what was asked for is answered, and nothing else is spoken here
        except HttpParserError as error:
            if str(error) in _OTHER_VERSION:
                self._fault = 505
            if not self.last or self.open:
                self._refuse(self._fault)
        if self.open:
            self._weigh()

    def _weigh(self) -> None:
        """Refuse a request whose bytes, those after the chunk in which it began, are too many already."""
        taken = self._taken - self._first
        if taken > self.limits.header_bytes and self._heading:
            self._refuse(431)
        elif taken > self.limits.header_bytes + self.limits.content_bytes:
            self._refuse(413)

    def _refuse(self, status: int) -> None:
        """Take no more requests, and say so once the answers under way are out; nothing is answered twice."""
        begun = self.open and not self._heading
        if begun and self.under_way:
            begun = self._drop()
        self._stop(0 if begun else status)

    def _drop(self) -> bool:
        """Forget the newest request, whose content does not come to its end; tell whether its answer had begun."""
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        if self.pipeline and self.pipeline[0][0] is self.cycle:
            self.pipeline.popleft()
        self.under_way.pop()
        return self.cycle.response_started

    def _stop(self, status: int) -> None:
        """Take no more requests, and end when all are answered: with a refusal, or with nothing for 0."""
        self.last, self.open = True, False
        self._ending = status
        if not self.under_way:
            self._end()

    def _end(self) -> None:
        """End our side, and the connection once the client has had time to see it."""
        if self.transport.is_closing():
            return
        if self._ending:
            self.transport.write(refusal(self._ending, int(type(self).clock())))
        if self._eof:
            self.transport.close()
            return
        self.flow.resume_reading()
        self.transport.write_eof()
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self.loop.call_later(LINGER, self._part)

    def _part(self) -> None:
        self.moved = self.loop.time() - self.limits.patience
        self._look()

    def on_message_begin(self) -> None:
        """A request begins; its scope is made only if it goes on to uvicorn."""
        if self.last:
            raise _Overstepped
        self.url = b""
        self.headers = []
        self.fields = {}
        self.open = self._heading = True
        self._taken = self._first = self._chunk
        self.begun += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header field."""
        name = name.lower()
        self.headers.append((name, value))
        if name in NOTED:
            fields = self.fields
            fields[name] = fields[name] + b", " + value if name in fields else value

    def on_headers_complete(self) -> None:
        """Let uvicorn do all that it would have done by now."""
        self._check()
        self._heading = False
        if self.answer_at_once():
            return
        if len(self.under_way) >= self.limits.ahead:
            self._stop(0)
            raise _Overstepped
        url, headers, fields = self.url, self.headers, self.fields
        super().on_message_begin()
        self.url, self.expect_100_continue = url, fields.get(b"expect", b"").lower() == b"100-continue"
        self.headers.extend(headers)  # the list that the scope holds
        self._heading = True  # a target that is none is noticed here
        super().on_headers_complete()
        self._heading = False
        self.under_way.append(self.cycle)
        if b"transfer-encoding" in fields or self.parser.should_upgrade():
            # Trailer fields would be taken for header fields of the next request, and what follows an upgrade is
            # no request.
            self.cycle.keep_alive = False
        self.last = not self.cycle.keep_alive

    def on_message_complete(self) -> None:
        """The request is here as a whole."""
        self.open = False
        if self.cycle is not None:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """A request that went on to uvicorn has come to its end."""
        self.under_way.popleft()
        self.moved = self.loop.time()
        super().on_response_complete()
        self._unset_keepalive_if_required()  # the time is watched here
        if self._ending is not None and not self.under_way:
            self._end()

    def answer_at_once(self) -> bool:
        """Whether the request was answered without a task of its own."""
        return False

    def _check(self) -> None:
        """See to the size of the header, to its version, and to its Host (RFC 9112, section 3.2)."""
        if self._taken > self.limits.header_bytes and self._header_size() > self.limits.header_bytes:
            self._fault = 431
            raise _Overstepped
        version = self.parser.get_http_version()
        if version == "2.0":
            self._fault = 505
            raise _Overstepped
        host = self.fields.get(b"host")
        if host is None:
            if version == "1.1":
                raise _Overstepped
        elif not is_host(host):
            raise _Overstepped

    def _header_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _look(self) -> None:
        """Close the connection if its client has let too much time pass without asking, or taking in, anything."""
        self._watch = None
        now = self.loop.time()
        if self._stuck(now):
            self.transport.abort()
            return
        if self.under_way and not self.open:
            self.moved = now
        left = self.moved + self.limits.patience - now
        if left <= 0:
            self._give_up()
            left = self.limits.patience
        if self._watch is None:
            self._watch = self.loop.call_later(left, self._look)

    def _give_up(self) -> None:
        if self.open and self._heading:
            self._refuse(408)
        elif self.under_way:
            self.transport.abort()
        else:
            self.transport.close()  # what was written goes out first

    def _stuck(self, now: float) -> bool:
        """Whether the client takes in next to nothing of what was sent."""
        since, before = self._marked
        unsent = self.transport.get_write_buffer_size()
        if self._drained or not before or not unsent:
            self._marked, self._drained = (now, unsent), False
        elif now - since >= self.limits.patience:
            self._marked = (now, unsent)
            return before - unsent < self.limits.slowest * (now - since)
        return False


def guarded(limits: ConnectionLimits, clock: Callable[[], float]) -> type[LimitedProtocol]:
    """The protocol class whose connections are held to ``limits``; ``clock`` tells seconds since 1970."""
    return type("Guarded", (LimitedProtocol,), {"limits": limits, "clock": staticmethod(clock)})
