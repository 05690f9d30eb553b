"""Answers in the bytes of the wire, cached within one second and one edition.

An answer depends on its path and a few header fields alone. So the answer that was made for one client is the
answer for every other that sends the same request within the second, while the edition stays.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

from feedsvc.responses.answer import Answer, Request
from feedsvc.responses.prepared import PreparedResponse
from feedsvc.web.base_path import with_base_path
from feedsvc.web.edition_state import EditionState, LoadedEdition
from feedsvc.web.request_counts import RequestCounts, Series
from feedsvc.web.responder import Responder, series_of

_MOST = 1024
"""How many answers, and how many requests, are cached; made-up requests must not fill the memory."""
_UNPACKED = 4 * 1024 * 1024
"""Bytes of unpacked content that are kept within a second: all feeds as identities take five times as much memory
as the worker has for them."""
EACH_TIMED = 32
"""One of so many equal answers is timed: to look at the clock twice for each would take a share of the speed."""
_LONGEST = 2048
"""Bytes of the longest request that is known again by its bytes."""
_PATH_CHARACTERS = "/:@!$&'()*+,;=-._~"
"""What stands as it is in the path of a request target (RFC 3986, section 3.3)."""
_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode("ascii") for status in HTTPStatus
}


class RequestKey(NamedTuple):
    """All of a request that its answer depends on, as it came over the wire."""

    method: bytes
    target: bytes
    """The request target without its query."""
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
    """Gives the answer to a request for what is prepared in memory. It belongs to one event loop."""

    def __init__(
        self,
        editions: EditionState,
        responder: Responder,
        clock: Callable[[], float],
        counts: RequestCounts,
        base: str = "",
    ) -> None:
        """Take the editions, the responder that answers for them, and a clock of seconds since 1970.

        ``counts`` counts the answers; ``base`` is the path of the base URL (:mod:`.base_path`).
        """
        self._base = base
        self._counts = counts
        self._times: list[float] = []
        self.times_next = True
        """Whether the next answer is to be timed."""
        self._editions = editions
        self._responder = responder
        self._clock = clock
        self._second = -1
        self._state = LoadedEdition()
        self._targets: dict[bytes, PreparedResponse] = {}
        self._finished: dict[RequestKey, WireAnswer] = {}
        self._plain: dict[str, bytes] = {}
        self._unpacked = 0
        self.read: dict[bytes, RequestKey] = {}
        """The keys of requests that came as a whole, by their bytes."""

    def remember(self, request: bytes, key: RequestKey) -> None:
        """Remember the key of a request by its bytes: the same bytes between two requests are the same request."""
        if len(request) > _LONGEST:
            return
        if len(self.read) >= _MOST:
            self.read.clear()
        self.read[request] = key

    def finished(self, key: RequestKey) -> WireAnswer | None:
        """The answer; None if nothing is prepared at the path, so that the application has to answer."""
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
        state = self._editions.loaded
        if state is not self._state:
            self._state = state
            hot = {path: prepared for path, prepared in state.hot.items() if prepared.traits.has_address}
            self._targets = {_target(path): each for path, each in with_base_path(hot, self._base).items()}

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
        self._finished, self._plain, self._unpacked = {}, {}, 0

    def _finish(self, key: RequestKey) -> WireAnswer | None:
        prepared = self._targets.get(key.target)
        if prepared is None or prepared.file is not None:
            return None
        request = Request(
            key.method.decode("ascii"),
            key.if_none_match,
            key.if_modified_since,
            key.accept_encoding,
        )
        answer = self._responder.reply(request, prepared, self._second)
        series = series_of(answer, prepared.traits.kind)
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
            return answer.body
        if prepared.path not in self._plain:
            if self._unpacked + len(answer.body) > _UNPACKED:
                self._forget()
            self._plain[prepared.path] = answer.body
            self._unpacked += len(answer.body)
        return self._plain[prepared.path]


def _length(key: RequestKey) -> int:
    return sum(len(part) for part in key if isinstance(part, bytes))


def _target(path: str) -> bytes:
    """The usual spelling of a path as a request target; other spellings are answered by the application."""
    return quote(path, safe=_PATH_CHARACTERS).encode("ascii")


def _head(answer: Answer, *, keep: bool) -> bytes:
    lines = [b"%b: %b\r\n" % field for field in answer.headers]
    return b"".join([_STATUS_LINES[answer.status], *lines, b"\r\n" if keep else b"connection: close\r\n\r\n"])
