"""Between ASGI and the answers: reads a request out of a scope, answers it, and sends the answer."""

from collections.abc import Callable

from starlette.types import Scope, Send

from feedsvc.responses.answer import Answer, Request, answer
from feedsvc.responses.freshness import Policy, lifetimes
from feedsvc.responses.prepared import PreparedResponse
from feedsvc.web.edition_state import EditionState

_WANTED = frozenset(
    {b"if-none-match", b"if-modified-since", b"accept-encoding", b"if-match", b"if-unmodified-since"}
)


class Responder:
    """Answers for what the shelf holds, with the freshness of this very second."""

    def __init__(self, shelf: EditionState, policy: Policy, clock: Callable[[], float]) -> None:
        """Take the shelf, the operator's policy, and a clock that tells seconds since 1970."""
        self._shelf = shelf
        self._policy = policy
        self._clock = clock

    def now(self) -> int:
        """Whole seconds since 1970."""
        return int(self._clock())

    def answer(self, scope: Scope, ready: PreparedResponse) -> Answer:
        """Answer the request of ``scope`` with what its path holds."""
        return self.reply(read_request(scope), ready, self.now())

    def reply(self, request: Request, ready: PreparedResponse, now: int) -> Answer:
        """Answer a request at the second ``now`` with what its path holds."""
        fresh = lifetimes(self._policy, now, self._shelf.state.edition.next_moment)
        return answer(request, ready, now, fresh[ready.lifetime])


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


async def send_answer(send: Send, ready_answer: Answer) -> None:
    """Send an answer whose content is in memory."""
    await send({"type": "http.response.start", "status": ready_answer.status, "headers": ready_answer.headers})
    await send({"type": "http.response.body", "body": ready_answer.body})
