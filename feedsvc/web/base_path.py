"""The path of the base URL, where requests bring it along: at ``https://example.org/blog``, ``/blog/rss.xml``.

It comes off here, once. So a site with such a base URL answers directly, behind a proxy that passes addresses on
as they are, and behind one that takes the path off itself. Only a proxy that takes it off knows whether
``/blog/rss.xml`` was ``/blog/blog/rss.xml``, the feed of a folder with that name. It says so by
``X-Forwarded-Prefix``, as Traefik does.
"""

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote, unquote, urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_FORWARDED = b"x-forwarded-prefix"
Answer = TypeVar("Answer")


def base_path(base_url: str) -> str:
    """The path of a base URL, decoded, without a trailing slash; empty where the site has a host for itself."""
    return unquote(urlsplit(base_url).path).rstrip("/")


def without_base_path(app: ASGIApp, base: str) -> ASGIApp:
    """The application ``app``, which is asked for paths below ``base`` without it.

    The base itself leads to the site's landing page, one slash further.
    """

    async def below(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not f"{path}/".startswith(f"{base}/") or _was_taken_off(scope):
            await app(scope, receive, send)
        elif path == base:
            headers = {"location": f"{quote(base.rpartition('/')[2])}/", "cache-control": "max-age=3600"}
            await Response(status_code=301, headers=headers)(scope, receive, send)
        else:
            inner = path[len(base) :]
            await app({**scope, "path": inner, "raw_path": quote(inner).encode("ascii")}, receive, send)

    return below if base else app


def _was_taken_off(scope: Scope) -> bool:
    return any(name == _FORWARDED for name, _ in scope["headers"])


def with_base_path(answers: Mapping[str, Answer], base: str) -> Mapping[str, Answer]:
    """Answers by their paths, with the same below ``base``.

    A path that could be either is left out, since only the application sees what a proxy says of it.
    """
    if not base:
        return answers
    below = {base + path: answer for path, answer in answers.items()}
    both = below.keys() & answers.keys()
    return {path: answer for path, answer in (below | dict(answers)).items() if path not in both}
