"""A browser that is led to a feed gets a page about it; whoever else asks gets the feed.

What tells a browser's navigation is the field ``Sec-Fetch-Dest: document`` (https://www.w3.org/TR/fetch-metadata/),
which no feed reader sends. ``Accept`` tells nothing: some readers ask for ``text/html`` there.
"""

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from feedsvc.core.errors import StoreError
from feedsvc.documents.model import preview_path
from feedsvc.responses.answer import Request, answer
from feedsvc.responses.prepared import PreparedResponse
from feedsvc.web.edition_state import EditionState
from feedsvc.web.responder import Responder, read_request, send_answer

DESTINATION = b"sec-fetch-dest"
DOCUMENT = b"document"

_log = structlog.get_logger("feedsvc.web")


class Previews:
    """A plain ASGI application in front of another."""

    def __init__(self, shelf: EditionState, desk: Responder, rest: ASGIApp) -> None:
        """Take the shelf, the desk that answers for it, and the application for everything else."""
        self._shelf = shelf
        self._desk = desk
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan."""
        page = await self._page(scope["path"]) if _navigates(scope) else None
        if page is None:
            await self._rest(scope, receive, send)
            return
        asked = read_request(scope)
        # A condition is about the feed, and a browser must not show a feed that it has from elsewhere.
        request = Request(asked.method, accept_encoding=asked.accept_encoding)
        await send_answer(send, answer(request, page, self._desk.now(), b"no-store"))

    async def _page(self, path: str) -> PreparedResponse | None:
        """The page about the feed at ``path``; None if that is no feed, or there is none about it."""
        folder = path.rpartition("/")[0] + "/"
        try:
            feed = await self._shelf.find(path)
            if feed is None or not _varies(feed):
                return None
            # The page of an archive lists what its feeds hold.
            return await self._shelf.find(preview_path(folder)) or await self._shelf.find(folder)
        except StoreError as error:
            _log.warning("no page about a feed", path=path, why=error.what, remedy=error.remedy)
            return None


def _navigates(scope: Scope) -> bool:
    """Whether a browser wants to show what it gets in a window."""
    return (
        scope["type"] == "http"
        and scope["method"] in {"GET", "HEAD"}
        and (DESTINATION, DOCUMENT) in scope["headers"]
    )


def _varies(ready: PreparedResponse) -> bool:
    """Whether the answer depends on who asks, as its Vary says (RFC 9110, section 12.5.5)."""
    fields = ready.variants["identity"].fields
    return any(name == b"vary" and DESTINATION in value.lower() for name, value in fields)
