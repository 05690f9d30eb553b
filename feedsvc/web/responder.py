"""Between ASGI and the answers: reads a request out of a scope, answers it, and sends the answer."""

from collections.abc import Callable

from starlette.types import Scope, Send

from feedsvc.documents.model import Kind
from feedsvc.responses.answer import Answer, Request, answer
from feedsvc.responses.freshness import Policy, lifetimes
from feedsvc.responses.response import PreparedResponse
from feedsvc.web.edition_state import EditionState
from feedsvc.web.request_counts import Series, series

DESTINATION = b"sec-fetch-dest"
DOCUMENT = b"document"
"""By which a browser that navigates tells that it will show what it gets (https://www.w3.org/TR/fetch-metadata/)."""

_WANTED = frozenset(
    {b"if-none-match", b"if-modified-since", b"accept-encoding", b"if-match", b"if-unmodified-since"}
)


class Responder:
    """Answers for what the editions holds, with the freshness of this very second."""

    def __init__(self, editions: EditionState, policy: Policy, clock: Callable[[], float]) -> None:
        """Take the editions, the operator's policy, and a clock that tells seconds since 1970."""
        self._editions = editions
        self._policy = policy
        self._clock = clock

    def now(self) -> int:
        """Whole seconds since 1970."""
        return int(self._clock())

    def answer(self, scope: Scope, prepared: PreparedResponse) -> Answer:
        """Answer the request of ``scope`` with what its path holds."""
        note_kind(scope, prepared.traits.kind)
        return self.reply(read_request(scope), prepared, self.now())

    def reply(self, request: Request, prepared: PreparedResponse, now: int) -> Answer:
        """Answer a request at the second ``now`` with what its path holds."""
        fresh = lifetimes(self._policy, now, self._editions.loaded.edition.next_moment)
        return answer(request, prepared, now, fresh[prepared.traits.caching])


def read_request(scope: Scope) -> Request:
    """Take out of an HTTP scope what answers depend on; several lines of a field become one."""
    fields: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _WANTED:
            fields[name] = fields[name] + b", " + value if name in fields else value
    return Request(
        scope["method"],
        fields.get(b"if-none-match"),
        fields.get(b"if-modified-since"),
        fields.get(b"accept-encoding"),
        fields.get(b"if-match"),
        fields.get(b"if-unmodified-since"),
    )


KIND = "feedsvc.kind"
"""The member of a scope's state that tells of which kind the document is that was answered."""


def note_kind(scope: Scope, kind: Kind) -> None:
    """Tell whoever counts or logs the request of which kind its document is."""
    if "state" in scope:
        scope["state"][KIND] = kind


def series_of(answered: Answer, kind: Kind) -> Series:
    """The places at which an answer with a document of that kind is counted."""
    coding = next((value for name, value in answered.headers if name == b"content-encoding"), b"identity")
    return series(answered.status, kind, coding.decode("ascii") if answered.body else "none")


async def send_answer(send: Send, answered: Answer) -> None:
    """Send an answer whose content is in memory."""
    await send({"type": "http.response.start", "status": answered.status, "headers": answered.headers})
    await send({"type": "http.response.body", "body": answered.body})
