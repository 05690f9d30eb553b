"""The path of the base URL, where requests bring it along: at ``https://example.org/blog``, ``/blog/rss.xml``.

It comes off here, once. So a site with such a base URL answers directly, behind a proxy that passes addresses on
as they are, and behind one that takes the path off itself. Only a proxy that takes it off knows whether
``/blog/rss.xml`` was ``/blog/blog/rss.xml``, the feed of a folder with that name. It says so by
``X-Forwarded-Prefix``, as Traefik does. Any client can send that field as well, so every answer of such a site
varies with it: a cache must not give the answer to one spelling to those who sent the other.
"""

from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORWARDED = b"x-forwarded-prefix"
_VARY = b"vary"


def base_path(base_url: str) -> str:
    """The path of a base URL, decoded, without a trailing slash; empty where the site has a host for itself."""
    return unquote(urlsplit(base_url).path).rstrip("/")


def without_base_path(app: ASGIApp, base: str) -> ASGIApp:
    """The application ``app``, which is asked for paths below ``base`` without it.

    The base itself leads to the site's landing page, one slash further.
    """

    async def below(scope: Scope, receive: Receive, sent: Send) -> None:
        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": with_vary(message["headers"])}
            await sent(message)

        path = scope.get("path", "")
        if scope["type"] != "http":
            await app(scope, receive, sent)
        elif not f"{path}/".startswith(f"{base}/") or _was_taken_off(scope):
            await app(scope, receive, send)
        elif path == base:
            headers = {"location": f"{quote(base.rpartition('/')[2])}/", "cache-control": "max-age=3600"}
            await Response(status_code=301, headers=headers)(scope, receive, send)
        else:
            inner = path[len(base) :]
            await app({**scope, "path": inner, "raw_path": quote(inner).encode("ascii")}, receive, send)

    return below if base else app


def with_vary(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Header fields with a Vary that names :data:`FORWARDED`, too (RFC 9110, section 12.5.5)."""
    fields = list(headers)
    varied = [*(value for name, value in fields if name == _VARY), FORWARDED]
    return [*(field for field in fields if field[0] != _VARY), (_VARY, b", ".join(varied))]


def _was_taken_off(scope: Scope) -> bool:
    return any(name == FORWARDED for name, _ in scope["headers"])


def without_base(target: bytes, base: bytes) -> bytes | None:
    """A request target without the path of the base URL, percent-encoded both; None for that path alone."""
    if not base or not target.startswith(base):
        return target
    inner = target[len(base) :]
    return (inner if inner.startswith(b"/") else target) if inner else None
