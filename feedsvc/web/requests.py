"""Requests between ASGI and the answers: what one asks for, which answer it gets, and how that is sent.

At ``https://example.org/blog``, requests bring the path of the base URL along: ``/blog/rss.xml``. It comes off
here, once. So a site with such a base URL answers directly, behind a proxy that passes addresses on as they are,
and behind one that takes the path off itself. Only a proxy that takes it off knows whether ``/blog/rss.xml`` was
``/blog/blog/rss.xml``, the feed of a folder with that name. It says so by ``X-Forwarded-Prefix``, as Traefik does.
Any client can send that field as well, so every answer of such a site varies with it: a cache must not give the
answer to one spelling to those who sent the other.
"""

import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs, quote, unquote, urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedsvc.documents.model import Kind
from feedsvc.responses.answer import Answer, Policy, Request, answer, lifetimes
from feedsvc.responses.response import PreparedResponse
from feedsvc.web.edition_state import EditionState
from feedsvc.web.request_counts import Series, series

FORWARDED = b"x-forwarded-prefix"


def base_path(base_url: str) -> str:
    """The path of a base URL, decoded, without a trailing slash; empty where the site has a host for itself."""
    return unquote(urlsplit(base_url).path).rstrip("/")


def without_base_path(app: ASGIApp, base: str) -> ASGIApp:
    """The application ``app``, which is asked for paths below ``base`` without it.

    The base itself leads to the site's landing page, one slash further. With a query that asks for a feed, such as
    ``/blog?feed=rss2``, it leads to that feed.
    """

    async def below(scope: Scope, receive: Receive, sent: Send) -> None:
        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": with_vary(message["headers"])}
            await sent(message)

        path = scope.get("path", "")
        if scope["type"] != "http":
            await app(scope, receive, sent)
        elif not f"{path}/".startswith(f"{base}/") or any(name == FORWARDED for name, _ in scope["headers"]):
            await app(scope, receive, send)
        elif path == base and path_meant("/", scope["query_string"]) is None:
            headers = {"location": f"{quote(base.rpartition('/')[2])}/", "cache-control": "max-age=3600"}
            await Response(status_code=301, headers=headers)(scope, receive, send)
        else:
            inner = path[len(base) :] or "/"
            await app({**scope, "path": inner, "raw_path": quote(inner).encode("ascii")}, receive, send)

    return below if base else app


def with_vary(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Header fields with a Vary that names :data:`FORWARDED`, too (RFC 9110, section 12.5.5)."""
    fields = list(headers)
    varied = [*(value for name, value in fields if name == b"vary"), FORWARDED]
    return [*(field for field in fields if field[0] != b"vary"), (b"vary", b", ".join(varied))]


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


DESTINATION = b"sec-fetch-dest"
DOCUMENT = b"document"
"""By which a browser that navigates tells that it will show what it gets (https://www.w3.org/TR/fetch-metadata/)."""

_WANTED = (b"if-none-match", b"if-modified-since", b"accept-encoding", b"if-match", b"if-unmodified-since")
"""The fields of :class:`Request`, in its order."""


class Responder:
    """Answers for what the editions holds, with the freshness of this very second."""

    def __init__(self, editions: EditionState, policy: Policy, clock: Callable[[], float]) -> None:
        """Take the editions, the operator's policy, and a clock that tells seconds since 1970."""
        self._editions = editions
        self._policy = policy
        self._clock = clock

    def now(self) -> int:
        """Whole seconds since 1970."""
        return int(self._clock())

    def answer(self, scope: Scope, prepared: PreparedResponse) -> Answer:
        """Answer the request of ``scope`` with what its path holds."""
        note_kind(scope, prepared.traits.kind)
        return self.reply(read_request(scope), prepared, self.now())

    def reply(self, request: Request, prepared: PreparedResponse, now: int) -> Answer:
        """Answer a request at the second ``now`` with what its path holds."""
        fresh = lifetimes(self._policy, now, self._editions.loaded.edition.next_moment)
        return answer(request, prepared, now, fresh[prepared.traits.caching])


def read_request(scope: Scope) -> Request:
    """Take out of an HTTP scope what answers depend on; several lines of a field become one."""
    fields: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _WANTED:
            fields[name] = fields[name] + b", " + value if name in fields else value
    return Request(scope["method"], *map(fields.get, _WANTED))


KIND = "feedsvc.kind"
"""The member of a scope's state that tells of which kind the document is that was answered."""


def note_kind(scope: Scope, kind: Kind) -> None:
    """Tell whoever counts or logs the request of which kind its document is."""
    if "state" in scope:
        scope["state"][KIND] = kind


def series_of(answered: Answer, kind: Kind) -> Series:
    """The places at which an answer with a document of that kind is counted."""
    coding = dict(answered.headers).get(b"content-encoding", b"identity")
    return series(answered.status, kind, coding.decode("ascii") if answered.body else "none")


async def send_answer(send: Send, answered: Answer) -> None:
    """Send an answer whose content is in memory."""
    await send({"type": "http.response.start", "status": answered.status, "headers": answered.headers})
    await send({"type": "http.response.body", "body": answered.body})
