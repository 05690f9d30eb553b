"""Request targets: the path of the base URL comes off them, and queries that ask for feeds become paths.

At ``https://example.org/blog``, requests bring the path of the base URL along: ``/blog/rss.xml``. It comes off
here, once. So a site with such a base URL answers directly, behind a proxy that passes addresses on as they are,
and behind one that takes the path off itself. Only a proxy that takes it off knows whether ``/blog/rss.xml`` was
``/blog/blog/rss.xml``, the feed of a folder with that name. It says so by ``X-Forwarded-Prefix``, as Traefik does.
Any client can send that field as well, so every answer of such a site varies with it: a cache must not give the
answer to one spelling to those who sent the other.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, quote, unquote, urlsplit

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


_PARAMETER = re.compile(rb"(?:feed|format|alt)=")
_WORDPRESS = {"rss": "rss", "rss2": "rss2", "rdf": "rdf", "atom": "atom", "json": "json", "feed": "rss2"}
_NAMED = {"tag": "tag", "category_name": "category", "category": "category", "author_name": "author"}
"""The parameter that names a channel, to the folder that WordPress's permalinks have for it."""
_NUMBERED = frozenset({"cat", "author", "p", "page_id", "s", "m"})
_BLOGGER = re.compile(r"/feeds/posts/default(?:/-/([^/]+))?/?")
_MOST_FIELDS = 10


def may_ask_for_feed(query: bytes) -> bool:
    """Whether a query, or an address with one, has a parameter of those that ask for a feed."""
    return _PARAMETER.search(query) is not None


def path_meant(path: str, query: bytes) -> str | None:
    """The address without a query that is the same feed, as WordPress's permalinks have it.

    WordPress has ``/?feed=rss2&tag=x``, Squarespace ``/blog?format=rss`` (also with ``tag`` and ``category``), and
    Blogger ``/feeds/posts/default?alt=rss``, which without the query is Atom.

    Returns:
        None where the query asks for no feed, or names what is meant by a number, such as ``cat=3``.
    """
    if not may_ask_for_feed(query):
        return None
    try:
        asked = parse_qs(query.decode("ascii"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    first = {name: values[0] for name, values in asked.items()}
    if first.get("alt") == "rss" and (blogger := _BLOGGER.fullmatch(path)):
        return "/feed" if blogger[1] is None else f"/tag/{blogger[1]}/feed"
    form = _WORDPRESS.get(first.pop("feed", ""))
    if form is None and first.get("format") != "rss":
        return None
    if not first.keys().isdisjoint(_NUMBERED):
        return None
    folder = next((f"{base}/{first[name]}" for name, base in _NAMED.items() if name in first), path.strip("/"))
    return "/".join(["", *filter(None, (folder.strip("/"), "feed", form))])
