"""The application of one web worker: what operators ask, and everything that is published.

The rules for a request, in their order:

1. A response that is in memory is sent at once: nearly all requests are for feeds, and looking for a route would
   halve the number of requests a second.
2. ``/healthz``, ``/readyz`` and ``/metrics`` answer operators, and ``/hub`` takes subscriptions.
3. A browser that navigates to a feed (``Sec-Fetch-Dest: document``) gets a page about it; everybody else the feed.
4. A query that asks for a feed, as WordPress has it, leads to that feed.
5. What the edition holds at the path is sent, from memory, the store or, for a media file, from the disk; then the
   operator's own files for the root, of which a few come first (:mod:`.files`).
6. A path that misses one of the edition by a slash or by dots is redirected to it.
7. Any other path gets the page for what is missing.
"""

import asyncio
import posixpath
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

import structlog
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedsvc.core.errors import StoreError
from feedsvc.core.timestamps import http_date
from feedsvc.core.urls import HUB
from feedsvc.documents.model import REDIRECT, Document
from feedsvc.responses.answer import Answer, Request, answer
from feedsvc.responses.builder import prepare
from feedsvc.responses.response import PreparedResponse, prepare_response
from feedsvc.web.access_log import AccessLog
from feedsvc.web.connections import ConnectionLimits
from feedsvc.web.edition_state import CACHE_MEMORY, EditionState
from feedsvc.web.files import RootFiles, is_own_first, send_media
from feedsvc.web.follower import Follower, Outage
from feedsvc.web.hub import Hub, Watch, hub_endpoint, watch_endpoint
from feedsvc.web.render_process import RenderError
from feedsvc.web.requests import (
    DESTINATION,
    DOCUMENT,
    Responder,
    may_ask_for_feed,
    note_kind,
    path_meant,
    read_request,
    send_answer,
)

Metrics = Callable[[], tuple[bytes, str]]
"""Gives the metrics of this moment and their media type. Called in a thread; may raise ``StoreError``."""

_NO_STORE = {"cache-control": "no-store"}
_TRY_AGAIN = {"retry-after": "1", **_NO_STORE}
"""Header fields of a 503: the client shall ask again in a second, and no cache keep the answer."""
_NO_EDITION = "Nothing is published here yet. The first edition is on its way: please try again in a moment.\n"
_NO_ANSWER = "This page cannot be fetched just now: please try again in a moment.\n"

_log = structlog.get_logger("feedsvc.web")


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """The options of a worker: what it answers beside the documents of editions, whom, and its limits."""

    metrics: Metrics | None = None
    """Gives what ``/metrics`` answers; None if there is no such address."""
    hub: Hub | None = None
    """Takes subscriptions; None if the site has no hub."""
    watch: Watch | None = None
    """Answers outside hubs; None if the site names none."""
    files: RootFiles = field(default_factory=RootFiles)
    """The operator's own files at the root."""
    limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    """Bounds on what one client may use."""
    cache_memory: int = CACHE_MEMORY
    """Bytes of responses that are kept in memory beside those that always are."""
    private_at: str | None = None
    """The base URL of a private site, to which readers show a token; None lets everybody in."""
    base: str = ""
    """The path of the base URL (:mod:`.requests`)."""
    access_log: AccessLog | None = None
    """Where each answer is logged; then none takes the fast path. None logs none."""
    is_preview: bool = False
    """Whether only requests that name this machine are answered (:func:`.access.for_this_machine`)."""

    @property
    def has_fast_path(self) -> bool:
        """Whether answers that need no look at the request's client go out before any application is called."""
        return self.private_at is None and self.access_log is None and not self.is_preview


DEFAULT_OPTIONS = WorkerOptions()


def make_app(
    follower: Follower,
    editions: EditionState,
    responder: Responder,
    directory: Path,
    options: WorkerOptions = DEFAULT_OPTIONS,
) -> ASGIApp:
    """Build the ASGI application of one web worker.

    Args:
        follower: Keeps ``editions`` at the newest edition from the start of the lifespan to its end.
        editions: What is served.
        responder: Answers for it.
        directory: The articles directory, for media files.
        options: What else is answered.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with follower.following():
            try:
                yield
            finally:
                await editions.close()

    routes = [Route("/healthz", _alive), Route("/readyz", partial(_ready, editions))]
    if options.metrics is not None:
        routes.append(Route("/metrics", partial(_measured, options.metrics)))
    if options.hub is not None:
        routes.append(Route(HUB, hub_endpoint(options.hub), methods=["POST"]))
    if options.watch is not None:
        routes.append(Route(f"{HUB}/{{token}}", watch_endpoint(options.watch), methods=["GET", "POST"]))
    router = Starlette(routes=routes, lifespan=lifespan)
    # A route for all the rest would not match a path with a line break; the default gets every path. And
    # Starlette's own redirects are made of the Host header.
    router.router.default = _Published(editions, responder, directory, options.files)
    router.router.redirect_slashes = False
    return _from_memory(editions, responder, router)


def _from_memory(editions: EditionState, responder: Responder, router: ASGIApp) -> ASGIApp:
    """Answer what is in memory, and have ``router`` answer all else; each answer has a Date."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await router(scope, receive, send)
            return
        is_special = _navigates(scope) or may_ask_for_feed(scope["query_string"])
        prepared = None if is_special else editions.loaded.in_memory(scope["path"])
        if prepared is None or prepared.file is not None or prepared.traits.is_replaceable:
            await router(scope, receive, _dated(send, responder))
        else:
            await send_answer(send, responder.answer(scope, prepared))

    return app


class _Published:
    """The ASGI application for every path that no operator's address has: rules 3 to 7."""

    def __init__(self, editions: EditionState, responder: Responder, directory: Path, files: RootFiles) -> None:
        self._files = files
        self._editions = editions
        self._responder = responder
        self._directory = directory
        self._outage = Outage()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = await self._page_about_feed(scope["path"]) if _navigates(scope) else None
        if page is not None:
            await send_answer(send, self._preview(scope, page))
            return
        try:
            whole = await self._find(scope)
        except RenderError as error:
            await _not_rendered(error)(scope, receive, send)
            return
        except StoreError as error:
            self._outage.goes_on(error)
            await _unavailable(_NO_ANSWER)(scope, receive, send)
            return
        self._outage.is_over()
        if whole is None:
            await _unavailable(_NO_EDITION)(scope, receive, send)
            return
        folder, prepared = whole
        found = self._responder.answer(scope, prepared)
        if found.file is None:
            await send_answer(send, found)
        elif not await send_media(folder, found, prepared.size, (scope, receive, send)):
            await self._without_file(found.file, scope, receive, send)

    async def _page_about_feed(self, path: str) -> PreparedResponse | None:
        """The page that a browser gets in place of the feed at ``path``; None if there is none."""
        try:
            feed = await self._editions.find(path)
            if feed is None or feed.traits.preview is None:
                return None
            return await self._editions.find(feed.traits.preview)
        except (RenderError, StoreError) as error:
            _log.warning("feed preview page unavailable", path=path, error=str(error))
            return None

    def _preview(self, scope: Scope, page: PreparedResponse) -> Answer:
        note_kind(scope, page.traits.kind)
        asked = read_request(scope)
        # A condition is about the feed, and a browser must not show a feed that it has from elsewhere.
        request = Request(asked.method, accept_encoding=asked.accept_encoding)
        return answer(request, page, self._responder.now(), b"no-store")

    async def _find(self, scope: Scope) -> tuple[Path, PreparedResponse] | None:
        """What to answer, and the directory in which its file lies, if it is one; None while there is no edition.

        Raises:
            StoreError: The store has to be asked, and cannot be read.
        """
        path = scope["path"]
        if is_own_first(path) and (file := await asyncio.to_thread(self._files.find, path)):
            return file
        meant = path_meant(path, scope["query_string"])  # a query may ask for something else than the path
        prepared = (meant and await self._editions.find(meant)) or await self._editions.find(path)
        if prepared is None and (file := await asyncio.to_thread(self._files.find, path)):
            return file
        if prepared is None and (target := await self._tidy_path(path)):
            prepared = _redirect(path, target)
        prepared = prepared or self._editions.loaded.not_found
        return None if prepared is None else (self._directory, prepared)

    async def _tidy_path(self, path: str) -> str | None:
        """The path that ``path`` misses by a slash or by dots (RFC 3986, 6.2.2.3), if there is something at it."""
        tidy = f"/{posixpath.normpath(path).lstrip('/')}"
        for each in (tidy, f"{tidy}/"):
            if each != path and await self._editions.find(each) is not None:
                return each
        return None

    async def _without_file(self, file: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a media file that is no longer on the disk as it was published."""
        _log.warning("media file missing or changed", file=file, path=scope["path"])
        missing = self._editions.loaded.not_found
        if missing is None:
            await _unavailable(_NO_ANSWER)(scope, receive, send)
        else:
            await send_answer(send, self._responder.answer(scope, missing))


async def _alive(_request: HttpRequest) -> JSONResponse:
    return JSONResponse({"status": "ok"}, 200, _NO_STORE)


async def _ready(editions: EditionState, _request: HttpRequest) -> JSONResponse:
    if editions.loaded.not_found is None:
        return JSONResponse({"edition": None}, 503, _TRY_AGAIN)
    return JSONResponse({"edition": editions.loaded.edition.number}, 200, _NO_STORE)


async def _measured(metrics: Metrics, _request: HttpRequest) -> Response:
    try:
        content, media_type = await asyncio.to_thread(metrics)
    except StoreError as error:
        return Response(f"{error}\n", 503, _TRY_AGAIN, "text/plain")
    return Response(content, 200, {**_NO_STORE, "content-type": media_type})


def _dated(send: Send, responder: Responder) -> Send:
    """Give every answer its Date (RFC 9110, section 6.6.1), Starlette's own included."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message["headers"])
            if all(name != b"date" for name, _ in headers):
                headers.insert(0, (b"date", http_date(responder.now())))
            message = {**message, "headers": headers}
        await send(message)

    return sending


def _navigates(scope: Scope) -> bool:
    """Whether a browser wants to show what it gets in a window (https://www.w3.org/TR/fetch-metadata/).

    No feed reader sends the field. ``Accept`` tells nothing: some readers ask for ``text/html`` there.
    """
    return scope["method"] in {"GET", "HEAD"} and (DESTINATION, DOCUMENT) in scope["headers"]


def _redirect(path: str, target: str) -> PreparedResponse:
    """A redirect from ``path`` to ``target``, relative, so that it holds below any prefix."""
    up = "../" * (path.count("/") - 1)
    document = Document(path, REDIRECT, "", b"", location=f"{up}{quote(target[1:])}")
    return prepare_response(prepare(document, key="", last_modified=0))


def _not_rendered(error: RenderError) -> PlainTextResponse:
    """A document that cannot be rendered; one that has to wait too long is asked for again."""
    if error.is_passing:
        return _unavailable(_NO_ANSWER)
    _log.error("page not rendered", error=str(error))
    return PlainTextResponse("This page cannot be rendered. The error is in the service's log.\n", 500, _NO_STORE)


def _unavailable(words: str) -> PlainTextResponse:
    return PlainTextResponse(words, 503, _TRY_AGAIN)
