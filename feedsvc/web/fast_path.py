"""The fast path: a prepared answer is on the wire before any ASGI task is made.

uvicorn takes a protocol in place of its own. This one answers from the response cache (:mod:`.response_cache`) as
soon as the header fields are complete; all else goes on through uvicorn. A request in the very same bytes as one
before is not even parsed again.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from time import monotonic
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from feedsvc.web.connections import ConnectionLimits
from feedsvc.web.protocol import LimitedProtocol, Receiving
from feedsvc.web.request_counts import RequestCounts
from feedsvc.web.request_target import FORWARDED, may_ask_for_feed
from feedsvc.web.responder import DESTINATION, DOCUMENT
from feedsvc.web.response_cache import EACH_TIMED, RequestKey, ResponseCache

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
        is_between_requests = self.receiving is Receiving.NEXT_REQUEST
        key = self.cache.read.get(data)
        if key is not None and is_between_requests and self._send(key):
            return
        before = self.requests_begun
        super().data_received(data)
        answered, self._answered = self._answered, None
        if (
            answered is not None
            and is_between_requests
            and self.receiving is Receiving.NEXT_REQUEST
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
            self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive(),
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
