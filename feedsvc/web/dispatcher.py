"""The application as the server sees it: hot paths are answered at once, the rest goes through Starlette.

A route costs half of the requests a second, and feeds are nearly all that is ever asked for.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedsvc.responses.http_dates import http_date
from feedsvc.web.edition_state import EditionState
from feedsvc.web.responder import Responder, send_answer


class Front:
    """A plain ASGI application in front of another."""

    def __init__(self, shelf: EditionState, desk: Responder, rest: ASGIApp) -> None:
        """Take the shelf, the desk that answers for it, and the application for everything else."""
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
            await send_answer(send, self._desk.answer(scope, ready))

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
