"""Whatever is not hot: pages, media files, addresses with a slash too many or too few, and what nobody knows."""

import asyncio
import posixpath
from pathlib import Path
from urllib.parse import quote

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from feedsvc.core.errors import StoreError
from feedsvc.documents.model import Document
from feedsvc.responses.answer import Answer
from feedsvc.responses.builder import prepare
from feedsvc.responses.prepared import PreparedResponse, prepare_response
from feedsvc.web.edition_state import EditionState
from feedsvc.web.follower import Outage
from feedsvc.web.media import MediaResponse, open_media, without_foreign_range
from feedsvc.web.responder import Responder, send_answer

RETRY_AFTER = {"retry-after": "1", "cache-control": "no-store"}
"""Header fields of a 503: it takes a moment, and nobody shall remember it."""

_NO_EDITION = "Nothing is published here yet. The first edition is on its way: please try again in a moment.\n"
_NO_STORE = "This page cannot be fetched just now: please try again in a moment.\n"

_log = structlog.get_logger("feedsvc.web")


class Rest:
    """The ASGI application behind the routes."""

    def __init__(self, shelf: EditionState, desk: Responder, directory: Path) -> None:
        """Take the shelf, the desk that answers for it, and the articles directory."""
        self._shelf = shelf
        self._desk = desk
        self._directory = directory
        self._outage = Outage()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            ready = await self._find(scope["path"])
        except StoreError as error:
            self._outage.goes_on(error)
            await _unavailable(_NO_STORE)(scope, receive, send)
            return
        self._outage.is_over()
        if ready is None:
            await _unavailable(_NO_EDITION)(scope, receive, send)
            return
        answer = self._desk.answer(scope, ready)
        if answer.file is None:
            await send_answer(send, answer)
        else:
            await self._send_file(answer, ready, (scope, receive, send))

    async def _find(self, path: str) -> PreparedResponse | None:
        """What to answer for a path; None while there is no edition."""
        ready = await self._shelf.find(path)
        if ready is None and (meant := self._meant(path)):
            return _redirect(path, meant)
        return ready or self._shelf.missing()

    def _meant(self, path: str) -> str | None:
        """The address that ``path`` misses by a slash or by dots, if there is something at it."""
        tidy = _tidy(path)
        return next((each for each in (tidy, f"{tidy}/") if each != path and self._shelf.holds(each)), None)

    async def _send_file(self, answer: Answer, ready: PreparedResponse, asgi: tuple[Scope, Receive, Send]) -> None:
        scope, receive, send = asgi
        file = await asyncio.to_thread(open_media, self._directory, answer.file or "", ready.size)
        if file is not None:
            with file:
                await MediaResponse(file, answer)(without_foreign_range(scope), receive, send)
            return
        _log.warning("media file gone or changed", file=answer.file, path=scope["path"])
        missing = self._shelf.missing()
        if missing is None:
            await _unavailable(_NO_STORE)(scope, receive, send)
        else:
            await send_answer(send, self._desk.answer(scope, missing))


def _tidy(path: str) -> str:
    """The path without a slash at the end, doubled slashes and dot segments (RFC 3986, section 6.2.2.3)."""
    return f"/{posixpath.normpath(path).lstrip('/')}"


def _redirect(path: str, meant: str) -> PreparedResponse:
    """A redirect to the address that was meant, relative, so that it holds below any prefix."""
    up = "../" * (path.count("/") - 1)
    document = Document(path, "", b"", status=301, location=f"{up}{quote(meant[1:])}")
    return prepare_response(prepare(document, key="", last_modified=0))


def _unavailable(words: str) -> PlainTextResponse:
    return PlainTextResponse(words, 503, RETRY_AFTER)
