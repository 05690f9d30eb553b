"""Counts what an ASGI application answers: all that the fast path leaves to it."""

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedsvc.web.request_counts import RequestCounts, series
from feedsvc.web.responder import KIND


class _Counted:
    """An answer on its way: what has to be known of it in order to count it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.length = 0
        self._coding = "identity"

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            found = (value for name, value in message["headers"] if name == b"content-encoding")
            self._coding = next(found, b"identity").decode("ascii")
        else:
            self.length += len(message.get("body", b""))
        await self._send(message)

    @property
    def coding(self) -> str:
        return self._coding if self.length else "none"


def counted(app: ASGIApp, counts: RequestCounts, clock: Callable[[], float] = time.monotonic) -> ASGIApp:
    """The application ``app``, each of whose answers is counted when it has been sent."""

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        began, answer = clock(), _Counted(send)
        try:
            await app(scope, receive, answer)
        finally:
            if answer.status:
                found = series(answer.status, state.get(KIND, "none"), answer.coding)
                counts.answered(found, answer.length, clock() - began)

    return counting
