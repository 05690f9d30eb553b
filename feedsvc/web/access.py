"""Access to a private site, and to a preview.

Each request to a private site shows the access token of a reader, or gets nothing of the site.

The check is made before the whole application, of which no other part knows of privacy. A worker of a private site
has no fast path (:mod:`feedsvc.web.fast_path`), so that no request gets past the check; a worker of a public site
checks nothing. A preview answers only to the names of this machine.
"""

import asyncio
import hmac
from base64 import b64decode
from unicodedata import normalize
from urllib.parse import quote, urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedsvc.core.errors import StoreError
from feedsvc.core.urls import MEDIA, is_loopback
from feedsvc.responses.answer import unauthorized
from feedsvc.responses.builder import uri
from feedsvc.responses.site_readers import PREFIX, Readers, token_digest
from feedsvc.web.edition_state import EditionState, Source
from feedsvc.web.render_process import RenderError
from feedsvc.web.requests import DESTINATION, Responder, send_answer

_HEALTH = frozenset({"/healthz", "/readyz"})
"""Addresses for operators, open to everybody; they tell nothing of what is published."""
_FIELDS = ((b"x-robots-tag", b"noindex"), (b"referrer-policy", b"no-referrer"))
"""Of every answer: no search engine shall list it, and no other site shall learn its address."""
_LONGEST = 1024
"""Characters of the longest credentials that are looked at; a name has 100, and a token 40."""


class TokenCheck:
    """Authorizes the requests to a private site. It belongs to one event loop.

    Pictures and sounds are open to whoever knows their address, since few players send credentials. The address of
    a file holds 64 bits of its digest.
    """

    def __init__(self, source: Source, editions: EditionState, responder: Responder, base_url: str) -> None:
        """Take where tokens come from, what is served, the responder's clock, and where the site is found."""
        self._source = source
        self._editions = editions
        self._responder = responder
        self._base_url = uri(base_url)
        self._seen = -1
        self._readers: Readers = {}

    async def refresh(self) -> None:
        """Reload the tokens, so that new ones work and revoked ones stop.

        Raises:
            StoreError: The store cannot be read; the tokens that were valid stay so.
        """
        found = await asyncio.to_thread(self._source.valid_tokens, self._seen)
        if found is not None:
            self._seen, self._readers = found

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The application ``app`` for authorized requests alone; all others get a 401."""

        async def authorized(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            inner = await self._authorize(scope)
            if inner is None:
                await send_answer(_with_fields(send), unauthorized(self._responder.now(), self._base_url))
            elif inner is scope:
                await app(scope, receive, _with_fields(send))
            else:
                token = scope["path"].split("/")[2]
                await app(inner, receive, _with_fields(send, self._base_url, f"{self._base_url}{PREFIX}{token}"))

        return authorized

    async def _authorize(self, scope: Scope) -> Scope | None:
        """The scope to answer: another one for an address with a token in it, None for a request without one."""
        path = scope["path"]
        if path in _HEALTH or (path.startswith(MEDIA) and await self._is_there(path)):
            return scope
        inner = path_without_token(path, self._readers)
        if inner is not None and await self._is_for_readers(inner):
            return _at_path(scope, inner)
        credentials = [value for name, value in scope["headers"] if name == b"authorization"]
        return scope if len(credentials) == 1 and is_reader(credentials[0], self._readers) else None

    async def _is_there(self, path: str) -> bool:
        """Whether something stands at ``path``, as far as that can be found out now."""
        try:
            return await self._editions.find(path) is not None
        except (RenderError, StoreError):
            return False

    async def _is_for_readers(self, path: str) -> bool:
        """Whether ``path`` is for programs that read feeds: a feed, or what has become of one."""
        try:
            prepared = await self._editions.find(path)
        except (RenderError, StoreError):
            return True  # the application answers that it cannot be read
        return prepared is not None and (prepared.traits.kind == "feed" or prepared.status != 200)


def _at_path(scope: Scope, path: str) -> Scope:
    """The request for ``path``. A browser gets the feed itself; the page about it has no address with a token."""
    headers = [(name, value) for name, value in scope["headers"] if name != DESTINATION]
    return {**scope, "path": path, "raw_path": quote(path).encode("ascii"), "headers": headers}


def _with_fields(send: Send, base_url: str = "", own: str = "") -> Send:
    """Send with the fields of a private site; a redirect within it, below ``base_url``, stays below ``own``."""
    inside, below, names = f"{base_url}/".encode(), f"{own}/".encode(), dict(_FIELDS).keys()

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            fields = [(name, value) for name, value in message["headers"] if name.lower() not in names]
            for place, (name, value) in enumerate(fields if own else ()):
                if name == b"location" and value.startswith(inside):
                    fields[place] = name, below + value.removeprefix(inside)
            message = {**message, "headers": [*fields, *_FIELDS]}
        await send(message)

    return sending


def is_reader(authorization: bytes, readers: Readers) -> bool:
    """Whether an Authorization field holds name and token of a reader, by HTTP Basic (RFC 7617, section 2).

    How long it takes depends on the token's digest alone. Whoever measures it learns something of a digest that
    they cannot choose, and nothing of any token. The name is compared in constant time.
    """
    scheme, _, told = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "basic" or len(told) > _LONGEST:
        return False
    try:
        decoded = b64decode(told.strip(), validate=True)
    except ValueError:
        return False
    name, _, token = _text(decoded).partition(":")
    known = readers.get(token_digest(token))
    given = normalize("NFC", name).encode("utf-8")
    return hmac.compare_digest((known or "").encode("utf-8"), given) and known is not None


def path_without_token(path: str, readers: Readers) -> str | None:
    """The path, such as ``/rss.xml``, of an address below :data:`PREFIX`; None if its token is not in force.

    As to time, what is said of :func:`is_reader` holds.
    """
    token, slash, rest = path.removeprefix(PREFIX).partition("/")
    if not path.startswith(PREFIX) or not slash or len(token) > _LONGEST:
        return None
    return f"/{rest}" if token_digest(token) in readers else None


def _text(credentials: bytes) -> str:
    """Credentials are in UTF-8, as the challenge asks for (section 2.1); some clients know Latin-1 alone."""
    try:
        return credentials.decode("utf-8")
    except UnicodeDecodeError:
        return credentials.decode("latin-1")


def for_this_machine(app: ASGIApp) -> ASGIApp:
    """The application ``app`` for requests that name this machine as their host; others get a 421.

    A page of any site may have its name lead to 127.0.0.1 (DNS rebinding), and its script would read drafts.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        hosts = [value for name, value in scope.get("headers", ()) if name == b"host"]
        if all(map(is_this_machine, hosts)):
            await app(scope, receive, send)
        else:
            words = "This preview is for this machine alone: ask for it at 127.0.0.1 or localhost.\n"
            await PlainTextResponse(words, 421, {"cache-control": "no-store"})(scope, receive, send)

    return answer


def is_this_machine(host: bytes) -> bool:
    """Whether the value of a Host field leads to this machine wherever it is looked up (RFC 6761, section 6.3)."""
    name = urlsplit(f"//{host.decode('latin-1')}").hostname or ""
    return is_loopback(name) or name.endswith(".localhost")
