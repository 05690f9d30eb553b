"""The application: what operators ask (is it alive, is it ready), and everything that is published."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from feedsvc.web.desk import Desk
from feedsvc.web.follow import Follower
from feedsvc.web.front import Front
from feedsvc.web.rest import RETRY_AFTER, Rest
from feedsvc.web.shelf import Shelf


def make_app(follower: Follower, shelf: Shelf, desk: Desk, directory: Path) -> ASGIApp:
    """Build the ASGI application of one web worker.

    Args:
        follower: Keeps the shelf at the newest edition from the start of the lifespan to its end.
        shelf: What is served.
        desk: Answers for it.
        directory: The articles directory, for media files.
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

    app = Starlette(routes=[Route("/healthz", _alive), Route("/readyz", ready)], lifespan=lifespan)
    # A route for all the rest would not match a path with a line break; the default gets every path. And
    # Starlette's own redirects are made of the Host header.
    app.router.default = Rest(shelf, desk, directory)
    app.router.redirect_slashes = False
    return Front(shelf, desk, app)


async def _alive(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"}, 200, {"cache-control": "no-store"})
