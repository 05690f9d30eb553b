"""Answers in the bytes of the wire, cached within one second and one edition.

An answer depends on its path and a few header fields alone. So the answer that was made for one client is the
answer for every other that sends the same request within the second, while the edition stays.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from feedsvc.responses.answer import Answer, Request
from feedsvc.responses.response import PreparedResponse
from feedsvc.web.edition_state import EditionState, LoadedEdition
from feedsvc.web.request_counts import RequestCounts, Series
from feedsvc.web.request_target import with_vary, without_base
from feedsvc.web.responder import Responder, series_of

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

        ``counts`` counts the answers; ``base`` is the path of the base URL (:mod:`.request_target`).
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
        path = url.partition(b"?")[0]
        return path if was_taken_off else without_base(path, self._base)

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
        if prepared is None or prepared.file is not None:
            return None
        if prepared.traits.is_replaceable or not prepared.traits.has_address:
            return None
        request = Request(
            key.method.decode("ascii"),
            key.if_none_match,
            key.if_modified_since,
            key.accept_encoding,
        )
        answer = self._responder.reply(request, prepared, self._second)
        series = series_of(answer, prepared.traits.kind)
        if self._base:
            answer = replace(answer, headers=with_vary(answer.headers))
        finished = WireAnswer(_head(answer, keep=key.keep), self._shared(prepared, answer), series)
        if _length(key) > _LONGEST:  # each spelling of a long request would take memory
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


def _length(key: RequestKey) -> int:
    return sum(len(part) for part in key if isinstance(part, bytes))


def _path(target: bytes) -> str | None:
    """The path that a request target names in its usual spelling; the application answers other spellings."""
    if _PLAIN_TARGET.fullmatch(target):
        return target.decode("ascii")
    path = unquote_to_bytes(target).decode("utf-8", "replace")
    return path if quote(path, safe=_PATH_CHARACTERS).encode("ascii") == target else None


def _head(answer: Answer, *, keep: bool) -> bytes:
    lines = [b"%b: %b\r\n" % field for field in answer.headers]
    return b"".join([_STATUS_LINES[answer.status], *lines, b"\r\n" if keep else b"connection: close\r\n\r\n"])
