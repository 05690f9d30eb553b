"""The fast path: what is prepared is on the wire before any ASGI task is made.

uvicorn takes a protocol class in place of its own. This one answers from the cache (:mod:`.response_cache`) as
soon as the header fields are complete; all else goes on through uvicorn. What was asked in the very same bytes
before is not even parsed again: the same bytes are the same question.
"""

from collections.abc import Callable
from typing import ClassVar

from feedsvc.web.protocol import ConnectionLimits, LimitedProtocol
from feedsvc.web.responder import DESTINATION, DOCUMENT
from feedsvc.web.response_cache import Question, ResponseCache

_METHODS = frozenset({b"GET", b"HEAD"})
_UNUSUAL = frozenset(
    {b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"if-match", b"if-unmodified-since"}
)
"""With these a request has a content, wants more than an answer, or asks what hardly anybody does."""


class FastPathProtocol(LimitedProtocol):
    """One connection. Made by :func:`fast_path_protocol` for a cache of its own."""

    cache: ClassVar[ResponseCache]
    _asked: Question | None = None
    """The question of the request that has just been answered at once, if its connection stays open."""

    def data_received(self, data: bytes) -> None:
        """Answer at once what is known byte for byte; have anything else parsed."""
        question = self.cache.read.get(data)
        between = not self.open
        if question is not None and between and not self.last and self._send(question):
            return
        begun = self.begun
        super().data_received(data)
        asked = self._take()
        if asked is not None and between and not self.open and self.begun - begun == 1:
            self.cache.remember(data, asked)

    def _take(self) -> Question | None:
        asked, self._asked = self._asked, None
        return asked

    def answer_at_once(self) -> bool:
        """Answer what is prepared, if it is this request's turn and the client takes in answers."""
        method: bytes = self.parser.get_method()
        if method not in _METHODS or not _UNUSUAL.isdisjoint(self.fields):
            return False
        fields, url = self.fields, self.url
        if fields.get(DESTINATION) == DOCUMENT:
            return False
        question = Question(
            method,
            url[: url.index(b"?")] if b"?" in url else url,
            self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive(),
            fields.get(b"if-none-match"),
            fields.get(b"if-modified-since"),
            fields.get(b"accept-encoding"),
        )
        if not self._send(question):
            return False
        if question.keep:
            self._asked = question
        else:
            self.last = True
            self.transport.close()
        return True

    def _send(self, question: Question) -> bool:
        """Send the prepared answer; False if there is none, or if others have to go out before."""
        if self.under_way or self.flow.write_paused:
            return False
        finished = self.cache.finished(question)
        if finished is None:
            return False
        if finished.body:
            self.transport.writelines(finished)
        else:
            self.transport.write(finished.head)
        self.server_state.total_requests += 1
        self.moved = self.loop.time()
        return True


def fast_path_protocol(
    cache: ResponseCache, limits: ConnectionLimits, clock: Callable[[], float]
) -> type[FastPathProtocol]:
    """The protocol class whose connections are answered from ``cache`` and held to ``limits``."""
    return type("Express", (FastPathProtocol,), {"cache": cache, "limits": limits, "clock": staticmethod(clock)})
