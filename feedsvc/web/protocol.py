"""One connection, held to limits that uvicorn's own protocol does not have.

A request is taken apart by uvicorn's parser and goes on through uvicorn unchanged. This module adds
limits on the header, the content, the queue of requests, and the time for which a client may be silent. A
malformed request is refused after the answers to all requests that came before it, never ahead of them. Nothing of
it is logged: a client that wants to harm must not be able to fill the disk either.
"""

import re
from asyncio import AbstractEventLoop, Transport
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from http import HTTPStatus
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from feedsvc.core.timestamps import http_date
from feedsvc.web.connections import ClientTimer, ConnectionLimits
from feedsvc.web.request_counts import RequestCounts, series
from feedsvc.web.requests import FORWARDED

NOTED = frozenset(
    {
        *(b"host", b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"sec-fetch-dest", FORWARDED),
        *(b"if-none-match", b"if-modified-since", b"accept-encoding", b"if-match", b"if-unmodified-since"),
    }
)
"""The header fields that decide how a request is answered. Several lines of one of them are joined."""

_HOST = re.compile(rb"(?:[\w\-.~!$&'()*+,;=%]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?", re.ASCII)
"""The value of one Host field (RFC 9110, section 7.2); several, joined, are none."""


_MESSAGES = {
    400: "This is no HTTP/1.1 request.",
    408: "The request did not come to its end in time.",
    413: "The content of the request is too large.",
    431: "The header of the request is too large.",
    505: "Only HTTP/1.1 is spoken here, and HTTP/1.0.",
}


def refusal(status: int, now: int) -> bytes:
    """Head and content of an answer with one of the statuses 400, 408, 413, 431 and 505 at the second ``now``."""
    message = f"{_MESSAGES[status]}\n".encode("ascii")
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode("ascii"),
        b"date: " + http_date(now),
        b"content-type: text/plain; charset=utf-8",
        b"content-length: %d" % len(message),
        b"cache-control: no-store",
        b"x-content-type-options: nosniff",
        b"connection: close",
    ]
    return b"\r\n".join([*lines, b"", message])


LINGER = 2.0
"""Seconds that a refused client's data are still taken in; to close on them would destroy the answer."""
_CLOSED_SHARE = 16
"""If there is no room for another connection, one of this many silent ones is closed."""

_OTHER_VERSION = frozenset({"Invalid HTTP version", "Pause on PRI/Upgrade"})
"""The parser's errors for a version that it does not know, and for the preface of HTTP/2 (RFC 9113, 3.4)."""


class Receiving(Enum):
    """The part of a request that a connection waits for. The value tells what may come next."""

    NEXT_REQUEST = "a request"
    HEADER = "the rest of a header"
    CONTENT = "the rest of a request's content, then another request"
    LAST_CONTENT = "the rest of the content of the last request"
    NOTHING = "nothing: whatever comes is thrown away"


# Python 3.11 takes longer to find a member of an enumeration than a name, and each request needs a dozen of them.
NEXT_REQUEST, _HEADER, _CONTENT, _LAST_CONTENT, _NOTHING = Receiving
_PARTIAL = (_HEADER, _CONTENT, _LAST_CONTENT)
"""A request has begun and is not complete."""


class _RequestRefused(Exception):  # noqa: N818 - it ends the parsing and goes no further
    """Raised in the parser's callbacks: nothing of what follows is looked at."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LimitedProtocol(HttpToolsProtocol):
    """One connection, held to the limits of its worker."""

    def __init__(  # noqa: PLR0913, PLR0917 - uvicorn passes the last four
        self,
        limits: ConnectionLimits,
        clock: Callable[[], float],
        counts: RequestCounts,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        """Take the limits, a clock that tells seconds since 1970, and what uvicorn gives to a protocol."""
        super().__init__(config, server_state, app_state, _loop)
        self._limits = limits
        self._clock = clock
        self.counts = counts
        counts.accepted()
        self.receiving = NEXT_REQUEST
        self.fields: dict[bytes, bytes] = {}
        """The fields of the request that matter here; several lines of one are joined as in ``read_request``."""
        self.unanswered: deque[RequestResponseCycle] = deque()
        """Requests that went on to uvicorn and are not answered yet; the first is being worked on."""
        self.version = ""
        """The version of HTTP of the request."""
        self._host: bytes | None = None
        """The Host field of the request before, which was valid."""
        self.requests_begun = 0
        """How many requests have begun on this connection."""
        self.is_new = True
        """Whether the client has not sent anything yet: its first request may be on its way."""
        self._final_status: int | None = None
        """How the connection ends when all is answered: refused with this status, without a word for 0. None while
        it goes on, or where uvicorn ends it after the answer to the last request."""
        self._client_has_ended = False
        self._last_bytes = b""
        self._piece_bytes = 0
        self._piece_content_bytes = 0
        self._request_bytes = 0
        self._content_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to count the client's time, and make room if there is none."""
        super().connection_made(transport)
        self.timer = ClientTimer(
            self.loop, transport, self._limits, self._is_answering, self._expire, self._stalled
        )
        if len(self.connections) > self._limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop working on answers for a client that has gone. uvicorn would stop only the newest of them."""
        super().connection_lost(exc)
        self.pipeline.clear()
        for each in self.unanswered:
            each.disconnected = True
            each.message_event.set()
        self.unanswered.clear()
        self.timer.cancel()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn never wants to go on
        """Answer what was asked before the client ended its side (RFC 9112, section 9.6)."""
        self._client_has_ended = True
        if self.receiving in _PARTIAL:
            self._refuse(400)
        elif self._final_status is None:
            self._finish(0)
        return bool(self.unanswered)

    def resume_writing(self) -> None:
        """Note that the client has taken in much of what was sent."""
        self.timer.note_drained()
        super().resume_writing()

    def _make_room(self) -> None:
        """Close the connections that were silent for the longest: several at once, since finding them is slow."""
        idle = [each for each in self.connections if isinstance(each, LimitedProtocol) and not each.unanswered]
        idle.sort(key=lambda each: each.timer.turn)
        for each in idle[: max(1, len(idle) // _CLOSED_SHARE)]:
            self.connections.discard(each)
            each.transport.abort()
            self.counts.closed("room")

    def data_received(self, data: bytes) -> None:
        """Take in the next bytes."""
        self.is_new = False
        for piece in self._pieces(data):
            if self.receiving is not _NOTHING:
                self._parse(piece)

    def _pieces(self, data: bytes) -> Iterable[bytes]:
        """Cut ``data`` where a header ends, and where a piece would be longer than a header may be.

        The parser does not tell where in its input a request begins. In these pieces a header begins with a piece,
        or behind the content of another request, and ends with a piece. So the bytes of each request are known,
        however they arrive.
        """
        if data.find(b"\r\n\r\n") == len(data) - 4 <= self._limits.header_bytes - 4 and not data[:1].isspace():
            self._last_bytes = data[-3:]  # most requests come alone and as a whole: nothing is to be cut
            return (data,)
        return self._cut(data)

    def _cut(self, data: bytes) -> Iterator[bytes]:
        at = len(self._last_bytes)
        data = self._last_bytes + data
        self._last_bytes = data[-3:]
        while at < len(data):
            found = data.find(b"\r\n\r\n", at - 3 if at > 3 else 0)
            end = min(len(data) if found < 0 else found + 4, at + self._limits.header_bytes)
            yield data[at:end]
            at = end

    def _parse(self, piece: bytes) -> None:
        if self.receiving is NEXT_REQUEST:
            piece = piece.lstrip(b"\r\n")  # RFC 9112, section 2.2
            if not piece:
                return
        self._piece_bytes, self._piece_content_bytes = len(piece), 0
        self._request_bytes += len(piece)
        try:
            self.parser.feed_data(piece)
        except HttpParserUpgrade:
            # What was asked for is answered; the new protocol is not spoken here.
            self.receiving = _NOTHING
        except HttpParserError as error:
            if self.receiving is not _NOTHING:
                self._refuse(_status_of(error))
        over = self._request_bytes - self._limits.header_bytes
        if self.receiving is _HEADER and over > 0:
            self._refuse(431)
        elif self.receiving in _PARTIAL and over > self._limits.content_allowed(self.url):
            self._refuse(413)

    def _refuse(self, status: int) -> None:
        """Take no more requests, and say so once the requests before are answered; nothing is answered twice."""
        has_content = self.receiving is not _HEADER and self.receiving in _PARTIAL
        if has_content and self.unanswered:
            has_content = self._drop_newest()
        self._finish(0 if has_content else status)

    def _drop_newest(self) -> bool:
        """Forget the newest request, whose content does not come to its end; tell whether its answer had begun."""
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        if self.pipeline and self.pipeline[0][0] is self.cycle:
            self.pipeline.popleft()
        self.unanswered.pop()
        return self.cycle.response_started

    def _finish(self, status: int) -> None:
        """Take no more requests, and end when all are answered: with a refusal, or with nothing for 0."""
        self.receiving = _NOTHING
        self._final_status = status
        if not self.unanswered:
            self._end()

    def _end(self) -> None:
        """End our side, and the connection once the client has had time to see it."""
        if self.transport.is_closing():
            return
        if self._final_status:
            self.transport.write(refusal(self._final_status, int(self._clock())))
            self.counts.answered(series(self._final_status, "none", "none"), 0, 0)
        if self._client_has_ended:
            self.transport.close()
            return
        self.flow.resume_reading()
        self.transport.write_eof()
        self.timer.expire_after(LINGER)

    def _is_answering(self) -> bool:
        return bool(self.unanswered) and self.receiving not in _PARTIAL

    def _expire(self) -> None:
        """Close the connection of a client that has sent no complete request in time."""
        if self.receiving is _HEADER:
            self._refuse(408)
        elif self.unanswered:
            self.transport.abort()
            self.counts.closed("silent")
        else:
            self.transport.close()  # what was written goes out first
            self.counts.closed("silent")

    def _stalled(self) -> None:
        """Close the connection of a client that reads next to nothing of what was sent."""
        self.transport.abort()
        self.counts.closed("stalled")

    def on_message_begin(self) -> None:
        """A request begins; its scope is made only if it goes on to uvicorn."""
        if self.receiving is not NEXT_REQUEST:
            raise _RequestRefused(400)
        self.url = b""
        self.headers = []
        self.fields = {}
        self.receiving = _HEADER
        self._request_bytes = self._piece_bytes - self._piece_content_bytes
        self._content_bytes = 0
        self.requests_begun += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header field."""
        name = name.lower()
        self.headers.append((name, value))
        if name in NOTED:
            fields = self.fields
            fields[name] = fields[name] + b", " + value if name in fields else value

    def on_headers_complete(self) -> None:
        """Answer the request at once, or let uvicorn do all that it would have done by now."""
        self._check_header()
        if self.answer_at_once():
            self.receiving = _LAST_CONTENT if self.transport.is_closing() else _CONTENT
            return
        if len(self.unanswered) >= self._limits.pipelined:
            self._finish(0)
            raise _RequestRefused(400)
        url, headers, fields = self.url, self.headers, self.fields
        super().on_message_begin()
        self.url, self.expect_100_continue = url, fields.get(b"expect", b"").lower() == b"100-continue"
        self.headers.extend(headers)  # the list that the scope holds
        super().on_headers_complete()  # raises for a target that is none
        self.unanswered.append(self.cycle)
        # Trailer fields would be taken for header fields of the next request, and what follows an upgrade is no
        # request.
        is_last = not self.cycle.keep_alive or b"transfer-encoding" in fields or self.parser.should_upgrade()
        self.receiving = _LAST_CONTENT if is_last else _CONTENT
        # uvicorn would close the connection behind the answer, even while the content of the request arrives.
        self.cycle.keep_alive = True

    def on_body(self, body: bytes) -> None:
        """Take in a part of a request's content."""
        self._piece_content_bytes += len(body)
        self._content_bytes += len(body)
        if self._content_bytes > self._limits.content_allowed(self.url):
            raise _RequestRefused(413)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is here as a whole."""
        is_last = self.receiving is _LAST_CONTENT
        self.receiving = _NOTHING if is_last else NEXT_REQUEST
        if self.cycle is not None:
            if is_last:
                self.cycle.keep_alive = False
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """A request that went on to uvicorn has come to its end."""
        answered = self.unanswered.popleft()
        self.timer.note_active()
        super().on_response_complete()
        if self.receiving is _LAST_CONTENT and answered is self.cycle:
            self.receiving, self._final_status = _NOTHING, 0
        self._unset_keepalive_if_required()  # the client's time is counted by the timer
        if self._final_status is not None and not self.unanswered:
            self._end()

    def answer_at_once(self) -> bool:
        """Whether the request was answered without a task of its own."""
        return False

    def _check_header(self) -> None:
        """See to the size of the header, to its version, and to its Host (RFC 9112, section 3.2)."""
        if self._request_bytes > self._limits.header_bytes:
            raise _RequestRefused(431)
        self.version = self.parser.get_http_version()
        if self.version == "2.0":
            raise _RequestRefused(505)
        host = self.fields.get(b"host")
        if host is None or host != self._host:
            if self.version == "1.1" if host is None else not _HOST.fullmatch(host):
                raise _RequestRefused(400)
            self._host = host


def _status_of(error: HttpParserError) -> int:
    """The status to refuse a request with that ended the parsing."""
    if isinstance(error.__context__, _RequestRefused):
        return error.__context__.status
    return 505 if str(error) in _OTHER_VERSION else 400
