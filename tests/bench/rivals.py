"""What a user of Python would pick instead, each an ASGI application that uvicorn runs.

    RIVAL_FEED=atom.xml uvicorn rivals:static
    RIVAL_FEED=atom.xml uvicorn rivals:generated

The first is Starlette's StaticFiles with its GZipMiddleware over the directory of the feed; the second makes the
feed anew with feedgen for each request, of the entries that the file holds.
"""

import os
from pathlib import Path

import feedparser
from feedgen.feed import FeedGenerator
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

_FILE = Path(os.environ["RIVAL_FEED"])
_COMPRESSED = [Middleware(GZipMiddleware, minimum_size=500)]
_PARSED = feedparser.parse(_FILE.read_bytes(), sanitize_html=False)

static = Starlette(
    routes=[Mount("/", StaticFiles(directory=_FILE.parent))],
    middleware=_COMPRESSED,
)


async def _generate(_request: Request) -> Response:
    feed = FeedGenerator()
    feed.id(_PARSED.feed.id)
    feed.title(_PARSED.feed.title)
    feed.updated(_PARSED.feed.updated)
    for each in _PARSED.entries:
        entry = feed.add_entry(order="append")
        entry.id(each.id)
        entry.title(each.title)
        entry.updated(each.updated)
        entry.content(each.content[0].value, type="html")
    return Response(feed.atom_str(), media_type="application/atom+xml")


generated = Starlette(routes=[Route("/atom.xml", _generate)], middleware=_COMPRESSED)
