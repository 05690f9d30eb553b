"""The express lane: what is prepared is on the wire before any ASGI task is made.

uvicorn takes a protocol class in place of its own. This one answers from the lane (:mod:`feedsvc.web.lane`) as
soon as the header fields are complete; all else goes on through uvicorn unchanged. It also ends connections on
which nothing is ever asked, for which uvicorn has no limit.
"""

from asyncio import AbstractEventLoop, TimerHandle, Transport
from typing import Any, ClassVar

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from feedsvc.web.lane import Lane, Question

PATIENCE = 20.0
"""Seconds that a client may take from one answer, or from connecting, until its next request is complete."""

_METHODS = frozenset({b"GET", b"HEAD"})
_DECIDING = frozenset({b"if-none-match", b"if-modified-since", b"accept-encoding"})
_UNUSUAL = frozenset(
    {b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"if-match", b"if-unmodified-since"}
)
"""With these a request has a content, wants more than an answer, or asks what hardly anybody does."""


class Express(HttpToolsProtocol):
    """One connection. Made by :func:`express` for a lane of its own."""

    lane: ClassVar[Lane]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        """Take what uvicorn gives to a protocol."""
        super().__init__(config, server_state, app_state, _loop)
        self._fields: dict[bytes, bytes] = {}
        self._usual = True
        self._answered = False
        self._under_way = 0
        self._moved = 0.0
        self._watch: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to count the client's time."""
        super().connection_made(transport)
        self._moved = self.loop.time()
        self._watch = self.loop.call_later(PATIENCE, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        super().connection_lost(exc)
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def on_message_begin(self) -> None:
        """A request begins; its scope is made only if it takes the long way."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._fields = {}
        self._usual = True
        self._answered = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header field; several lines of a field become one, as :func:`read_request` joins them."""
        name = name.lower()
        if name in _UNUSUAL:
            self._usual = False
            super().on_header(name, value)
            return
        self.headers.append((name, value))
        if name in _DECIDING:
            fields = self._fields
            fields[name] = fields[name] + b", " + value if name in fields else value

    def on_headers_complete(self) -> None:
        """Answer at once what is prepared, if it is this request's turn and the client takes in answers."""
        if self.transport.is_closing():
            self._answered = True  # the last answer has been given, and the client was told so
        elif self._usual and not self._under_way and not self.flow.write_paused and self._answer():
            self._answered = True
        else:
            self._go_the_long_way()

    def on_message_complete(self) -> None:
        """Nothing is left to do for what was answered."""
        if not self._answered:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """A request that took the long way has come to its end."""
        self._under_way -= 1
        self._moved = self.loop.time()
        super().on_response_complete()

    def _answer(self) -> bool:
        parser, fields = self.parser, self._fields
        method: bytes = parser.get_method()
        if method not in _METHODS:
            return False
        keep = parser.get_http_version() != "1.0" and parser.should_keep_alive()
        url = self.url
        question = Question(
            method,
            url[: url.index(b"?")] if b"?" in url else url,
            keep,
            fields.get(b"if-none-match"),
            fields.get(b"if-modified-since"),
            fields.get(b"accept-encoding"),
        )
        finished = self.lane.finished(question)
        if finished is None:
            return False
        self.transport.writelines(finished)
        self.server_state.total_requests += 1
        self._moved = self.loop.time()
        if not keep:
            self.transport.close()
        return True

    def _go_the_long_way(self) -> None:
        """Let uvicorn do all that it would have done by now."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        self._under_way += 1
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)  # the list that the scope holds
        super().on_headers_complete()

    def _look(self) -> None:
        """Close the connection if its client has let too much time pass without asking for anything."""
        now = self.loop.time()
        if self._under_way:
            self._moved = now
        left = self._moved + PATIENCE - now
        if left > 0:
            self._watch = self.loop.call_later(left, self._look)
        else:
            self._watch = None
            self.timeout_keep_alive_handler()


def express(lane: Lane) -> type[Express]:
    """The protocol class whose connections are answered from ``lane``."""
    return type("Express", (Express,), {"lane": lane})
