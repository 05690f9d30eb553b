"""The application as the server sees it: hot paths are answered at once, the rest goes through Starlette.

A route costs half of the requests a second, and feeds are nearly all that is ever asked for.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedsvc.responses.answer import Request, too_often
from feedsvc.responses.http_dates import http_date
from feedsvc.web.edition_state import EditionState
from feedsvc.web.responder import Responder, read_request, send_answer
from feedsvc.web.throttle import Throttle


class Front:
    """A plain ASGI application in front of another."""

    def __init__(
        self, shelf: EditionState, desk: Responder, rest: ASGIApp, throttle: Throttle | None = None
    ) -> None:
        """Take the shelf, the desk that answers for it, the application for everything else, and the throttle."""
        self._throttle = throttle
        self._shelf = shelf
        self._desk = desk
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        ready = self._shelf.state.hot.get(scope["path"])
        if ready is None:
            await self._rest(scope, receive, self._dated(send))
        else:
            request, now = read_request(scope), self._desk.now()
            if ready.polled and (wait := self._wait(scope, request, now)):
                await send_answer(send, too_often(now, wait))
                return
            await send_answer(send, self._desk.reply(request, ready, now))

    def _wait(self, scope: Scope, request: Request, now: int) -> int:
        """For how many seconds a client that fetches this feed too often has to wait; 0 if it may have it."""
        conditions = (
            request.if_none_match,
            request.if_modified_since,
            request.if_match,
            request.if_unmodified_since,
        )
        if self._throttle is None or request.method != "GET" or any(each is not None for each in conditions):
            return 0
        peer = scope["client"][0] if scope["client"] else ""
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        named = b", ".join(forwarded) if forwarded else None
        return self._throttle.wait(peer, named, scope["raw_path"], now)

    def _dated(self, send: Send) -> Send:
        """Give every answer its Date (RFC 9110, section 6.6.1), Starlette's own included."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                if all(name != b"date" for name, _ in headers):
                    headers.insert(0, (b"date", http_date(self._desk.now())))
                message = {**message, "headers": headers}
            await send(message)

        return sending
