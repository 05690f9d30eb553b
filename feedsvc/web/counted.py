"""Counts and logs what an ASGI application answers: all that the fast path leaves to it."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedsvc.web.access_log import AccessLog, Answered
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


def counted(app: ASGIApp, counts: RequestCounts, log: AccessLog | None = None) -> ASGIApp:
    """The application ``app``; each answer is counted once it was sent, and logged if there is a ``log``."""

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        began, answer = time.monotonic(), _Counted(send)
        try:
            await app(scope, receive, answer)
        finally:
            if answer.status:
                kind, seconds = state.get(KIND, "none"), time.monotonic() - began
                counts.answered(series(answer.status, kind, answer.coding), answer.length, seconds)
                if log is not None:
                    told = Answered(answer.status, answer.length, kind, answer.coding, seconds, time.time())
                    log.note(scope, told)

    return counting
