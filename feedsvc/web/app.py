"""The application: what operators ask (is it alive, is it ready), and everything that is published."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from feedsvc.core.errors import StoreError
from feedsvc.web.dispatcher import Front
from feedsvc.web.edition_state import EditionState
from feedsvc.web.follower import Follower
from feedsvc.web.pages import RETRY_AFTER, Rest
from feedsvc.web.previews import Previews
from feedsvc.web.responder import Responder

Metrics = Callable[[], tuple[bytes, str]]
"""Gives the metrics of this moment and their media type. Called in a thread; may raise ``StoreError``."""


def make_app(
    follower: Follower,
    shelf: EditionState,
    desk: Responder,
    directory: Path,
    metrics: Metrics | None = None,
) -> ASGIApp:
    """Build the ASGI application of one web worker.

    Args:
        follower: Keeps the shelf at the newest edition from the start of the lifespan to its end.
        shelf: What is served.
        desk: Answers for it.
        directory: The articles directory, for media files.
        metrics: What ``/metrics`` answers; None if there is no such address.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with follower:
            yield

    async def ready(_request: Request) -> JSONResponse:
        number = shelf.state.edition.number
        if number:
            return JSONResponse({"edition": number}, 200, {"cache-control": "no-store"})
        return JSONResponse({"edition": None}, 503, RETRY_AFTER)

    routes = [Route("/healthz", _alive), Route("/readyz", ready)]
    if metrics is not None:
        routes.append(Route("/metrics", partial(_measured, metrics)))
    app = Starlette(routes=routes, lifespan=lifespan)
    # A route for all the rest would not match a path with a line break; the default gets every path. And
    # Starlette's own redirects are made of the Host header.
    app.router.default = Rest(shelf, desk, directory)
    app.router.redirect_slashes = False
    return Previews(shelf, desk, Front(shelf, desk, app))


async def _alive(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"}, 200, {"cache-control": "no-store"})


async def _measured(metrics: Metrics, _request: Request) -> Response:
    try:
        content, media_type = await asyncio.to_thread(metrics)
    except StoreError as error:
        return Response(f"{error}\n", 503, RETRY_AFTER, "text/plain")
    return Response(content, 200, {"cache-control": "no-store", "content-type": media_type})
