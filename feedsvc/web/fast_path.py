"""The fast path: a prepared answer is on the wire before any ASGI task is made.

An answer depends on its path and a few header fields alone. So the answer that was made for one client is the
answer for every other that sends the same request within the second, while the edition stays: a cache keeps it in
the bytes of the wire. uvicorn takes a protocol in place of its own, which answers from that cache as soon as the
header fields are complete; all else goes on through uvicorn. A request in the very same bytes as one before is not
even parsed again.
"""

import re
from asyncio import AbstractEventLoop
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from uvicorn.config import Config
from uvicorn.server import ServerState

from feedsvc.responses.answer import Answer, Request
from feedsvc.responses.response import PreparedResponse
from feedsvc.web.connections import ConnectionLimits
from feedsvc.web.edition_state import EditionState, LoadedEdition
from feedsvc.web.protocol import NEXT_REQUEST, LimitedProtocol
from feedsvc.web.request_counts import RequestCounts, Series
from feedsvc.web.requests import (
    DESTINATION,
    DOCUMENT,
    FORWARDED,
    Responder,
    may_ask_for_feed,
    series_of,
    with_vary,
    without_base,
)

_MOST = 1024
"""How many answers, and how many requests, are cached; made-up requests must not fill the memory."""
_MOST_CONTENT = 4 * 1024 * 1024
"""Bytes of content that are kept within a second beside what is pinned: all feeds as identities take five times
as much memory as the worker has for them, and what the edition's cache gives up shall not stay here."""
EACH_TIMED = 32
"""One of so many equal answers is timed: to look at the clock twice for each would take a share of the speed."""
_LONGEST = 2048
"""Bytes of the longest request that is known again by its bytes."""
_PATH_CHARACTERS = "/:@!$&'()*+,;=-._~"
"""The characters that stand as they are in the path of a request target (RFC 3986, section 3.3)."""
_PLAIN_TARGET = re.compile(rb"[A-Za-z0-9/_.~-]*")
_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode("ascii") for status in HTTPStatus
}


class RequestKey(NamedTuple):
    """All of a request that its answer depends on, as it came over the wire."""

    method: bytes
    target: bytes
    """The request target without its query, and without the path of the base URL."""
    keep: bool
    """Whether the connection stays open afterwards."""
    if_none_match: bytes | None
    if_modified_since: bytes | None
    accept_encoding: bytes | None


@dataclass(slots=True, eq=False)
class WireAnswer:
    """An answer in the bytes of the wire, and how often it was given."""

    head: bytes
    """Status line and header fields, with the empty line below them."""
    body: bytes
    """Empty for HEAD and 304. All answers of a second with the same content share it: it takes memory once."""
    series: Series
    """Where it is counted."""
    count: int = 0
    """How often it was given since answers were last counted."""
    parts: tuple[bytes, bytes] = field(init=False)
    """Head and content."""

    def __post_init__(self) -> None:
        """Put together what is sent."""
        self.parts = (self.head, self.body)


class ResponseCache:
    """Gives the answer to a request for what is in memory. It belongs to one event loop."""

    def __init__(
        self,
        editions: EditionState,
        responder: Responder,
        clock: Callable[[], float],
        counts: RequestCounts,
        base: str = "",
    ) -> None:
        """Take the editions, the responder that answers for them, and a clock of seconds since 1970.

        ``counts`` counts the answers; ``base`` is the path of the base URL (:mod:`.requests`).
        """
        self._base = quote(base, safe=_PATH_CHARACTERS).encode("ascii")
        self._counts = counts
        self._times: list[float] = []
        self.times_next = True
        """Whether the next answer is to be timed."""
        self._editions = editions
        self._responder = responder
        self._clock = clock
        self._second = -1
        self._state = LoadedEdition()
        self._finished: dict[RequestKey, WireAnswer] = {}
        self._plain: dict[str, bytes] = {}
        self._content = 0
        self.read: dict[bytes, RequestKey] = {}
        """The keys of requests that came as a whole, by their bytes."""

    def target(self, url: bytes, *, was_taken_off: bool) -> bytes | None:
        """The target of a request, as a key has it; None if the application has to redirect it."""
        path = url.partition(b"?")[0] if b"?" in url else url
        return without_base(path, self._base) if self._base and not was_taken_off else path

    def remember(self, request: bytes, key: RequestKey) -> None:
        """Remember the key of a request by its bytes: the same bytes between two requests are the same request."""
        if len(request) > _LONGEST:
            return
        if len(self.read) >= _MOST:
            self.read.clear()
        self.read[request] = key

    def finished(self, key: RequestKey) -> WireAnswer | None:
        """The answer; None if nothing in memory is at the path, so that the application has to answer."""
        second = int(self._clock())
        if second != self._second or self._editions.loaded is not self._state:
            self._renew(second)
        return self._finished.get(key) or self._finish(key)

    def follow(self) -> None:
        """Go on to the newest edition, so that the memory of the one before is freed although no request comes."""
        self._renew(self._second)

    def _renew(self, second: int) -> None:
        """Begin another second, or go on to another edition: no answer of before is right any more."""
        self._forget()
        self._second = second
        self._state = self._editions.loaded

    def note_time(self, seconds: float) -> None:
        """Take how long an answer took that was timed."""
        self._times.append(seconds)
        self.times_next = False

    def count(self) -> None:
        """Count the answers that were given since this was last called.

        One of :data:`EACH_TIMED` is timed, and at least the first: those times stand for all.
        """
        times = self._times or [0.0]
        for answer in self._finished.values():
            if answer.count:
                self._counts.add(answer.series, answer.count, answer.count * len(answer.body), times)
                answer.count = 0
        self._times, self.times_next = [], True

    def _forget(self) -> None:
        self.count()
        self._finished, self._plain, self._content = {}, {}, 0

    def _finish(self, key: RequestKey) -> WireAnswer | None:
        path = _path(key.target)
        prepared = None if path is None else self._state.in_memory(path)
        if prepared is None or prepared.file or prepared.traits.is_replaceable or not prepared.traits.has_address:
            return None
        conditions = (key.if_none_match, key.if_modified_since, key.accept_encoding)
        answer = self._responder.reply(Request(key.method.decode("ascii"), *conditions), prepared, self._second)
        series = series_of(answer, prepared.traits.kind)
        if self._base:
            answer = replace(answer, headers=with_vary(answer.headers))
        finished = WireAnswer(_head(answer, keep=key.keep), self._shared(prepared, answer), series)
        if sum(len(part) for part in key if isinstance(part, bytes)) > _LONGEST:
            # Each spelling of a long request would take memory.
            self._counts.add(series, 1, len(finished.body), [0.0])
            return finished
        if len(self._finished) >= _MOST:
            self.count()
            self._finished.clear()
        self._finished[key] = finished
        return finished

    def _shared(self, prepared: PreparedResponse, answer: Answer) -> bytes:
        """The content of an answer; that of an identity is unpacked once a second, however it is asked for."""
        if (
            answer.status != 200
            or not answer.body
            or any(name == b"content-encoding" for name, _ in answer.headers)
        ):
            self._make_room(0 if prepared.traits.pinned else len(answer.body))
            return answer.body
        if prepared.path not in self._plain:
            self._make_room(len(answer.body))
            self._plain[prepared.path] = answer.body
        return self._plain[prepared.path]

    def _make_room(self, length: int) -> None:
        """Count content of so many bytes that is kept here alone, and give up all other where it is too much."""
        if self._content + length > _MOST_CONTENT:
            self._forget()
        self._content += length


def _path(target: bytes) -> str | None:
    """The path that a request target names in its usual spelling; the application answers other spellings."""
    if _PLAIN_TARGET.fullmatch(target):
        return target.decode("ascii")
    path = unquote_to_bytes(target).decode("utf-8", "replace")
    return path if quote(path, safe=_PATH_CHARACTERS).encode("ascii") == target else None


def _head(answer: Answer, *, keep: bool) -> bytes:
    lines = [b"%b: %b\r\n" % field for field in answer.headers]
    return b"".join([_STATUS_LINES[answer.status], *lines, b"\r\n" if keep else b"connection: close\r\n\r\n"])


_METHODS = frozenset({b"GET", b"HEAD"})
_UNUSUAL = frozenset(
    {b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"if-match", b"if-unmodified-since"}
)
"""A request with one of these fields has a content, wants more than an answer, or is rare."""


class FastPathProtocol(LimitedProtocol):
    """One connection, whose requests are answered from the response cache where it has the answer."""

    def __init__(  # noqa: PLR0913, PLR0917 - uvicorn passes the last four
        self,
        cache: ResponseCache,
        limits: ConnectionLimits,
        clock: Callable[[], float],
        counts: RequestCounts,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        """Take the cache, and what :class:`LimitedProtocol` takes."""
        super().__init__(limits, clock, counts, config, server_state, app_state, _loop)
        self.cache = cache
        self._began = 0.0
        """When the last bytes came, in seconds of :func:`time.monotonic`, if their answer is to be timed."""
        self._answered: RequestKey | None = None
        """The key of the request that has just been answered at once, if its connection stays open."""

    def data_received(self, data: bytes) -> None:
        """Answer a request at once whose very bytes are known; have any other parsed."""
        self.is_new = False
        self._began = monotonic() if self.cache.times_next else 0.0
        is_between_requests = self.receiving is NEXT_REQUEST
        key = self.cache.read.get(data)
        if key is not None and is_between_requests and self._send(key):
            return
        before = self.requests_begun
        super().data_received(data)
        answered, self._answered = self._answered, None
        if (
            answered is not None
            and is_between_requests
            and self.receiving is NEXT_REQUEST
            and self.requests_begun - before == 1
        ):
            self.cache.remember(data, answered)

    def answer_at_once(self) -> bool:
        """Answer from the cache, if it is this request's turn and the client takes in answers."""
        method: bytes = self.parser.get_method()
        if method not in _METHODS or not _UNUSUAL.isdisjoint(self.fields):
            return False
        fields, url = self.fields, self.url
        if fields.get(DESTINATION) == DOCUMENT or (b"?" in url and may_ask_for_feed(url)):
            return False
        target = self.cache.target(url, was_taken_off=FORWARDED in fields)
        if target is None:
            return False
        key = RequestKey(
            method,
            target,
            self.version != "1.0" and self.parser.should_keep_alive(),
            fields.get(b"if-none-match"),
            fields.get(b"if-modified-since"),
            fields.get(b"accept-encoding"),
        )
        if not self._send(key):
            return False
        if key.keep:
            self._answered = key
        else:
            self.transport.close()
        return True

    def _send(self, key: RequestKey) -> bool:
        """Send the prepared answer; False if there is none, or if others have to go out before."""
        if self.unanswered or self.flow.write_paused:
            return False
        finished = self.cache.finished(key)
        if finished is None:
            return False
        if finished.body:
            self.transport.writelines(finished.parts)
        else:
            self.transport.write(finished.head)
        self.server_state.total_requests += 1
        self.timer.note_active()
        finished.count += 1
        if self._began:
            self.cache.note_time(monotonic() - self._began)
            self._began = 0.0
        elif not finished.count % EACH_TIMED:
            self.cache.times_next = True
        return True
