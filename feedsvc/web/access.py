"""The door of a private site: each request shows a reader's token here, or gets nothing of the site.

It stands in front of the whole application, and nothing behind it knows of privacy. A worker of a private site has
no fast path (:mod:`feedsvc.web.fast_path`), so that there is no second way in; a worker of a public one has no
door.
"""

import asyncio
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedsvc.core.errors import StoreError
from feedsvc.core.reserved_paths import MEDIA
from feedsvc.responses.access import PREFIX, Readers, is_reader, without_token
from feedsvc.responses.answer import unauthorized
from feedsvc.responses.builder import uri
from feedsvc.web.edition_state import EditionState, Source
from feedsvc.web.responder import DESTINATION, Responder, send_answer

_HEALTH = frozenset({"/healthz", "/readyz"})
"""What those ask who keep the service running; it says nothing of what is published."""
_FIELDS = ((b"x-robots-tag", b"noindex"), (b"referrer-policy", b"no-referrer"))
"""Of every answer: no search engine shall list it, and no other site shall learn its address."""
_OWN = frozenset(name for name, _ in _FIELDS)


class Door:
    """Lets readers with a token in. It belongs to one event loop.

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
            StoreError: The store cannot be read; those that were in force stay so.
        """
        found = await asyncio.to_thread(self._source.valid_tokens, self._seen)
        if found is not None:
            self._seen, self._readers = found

    def guard(self, app: ASGIApp) -> ASGIApp:
        """The application behind this door."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            meant = await self._admit(scope)
            if meant is None:
                await send_answer(_marked(send), unauthorized(self._responder.now(), self._base_url))
            elif meant is scope:
                await app(scope, receive, _marked(send))
            else:
                token = scope["path"].split("/")[2]
                await app(meant, receive, _marked(send, self._base_url, f"{self._base_url}{PREFIX}{token}"))

        return guarded

    async def _admit(self, scope: Scope) -> Scope | None:
        """The scope to go on with; another one for an address with a token in it, and None for a stranger."""
        path = scope["path"]
        if path in _HEALTH or (path.startswith(MEDIA) and self._editions.holds(path)):
            return scope
        inner = without_token(path, self._readers)
        if inner is not None and await self._is_for_readers(inner):
            return _moved(scope, inner)
        shown = [value for name, value in scope["headers"] if name == b"authorization"]
        return scope if len(shown) == 1 and is_reader(shown[0], self._readers) else None

    async def _is_for_readers(self, path: str) -> bool:
        """Whether ``path`` is for programs that read feeds: a feed, or what has become of one."""
        try:
            prepared = await self._editions.find(path)
        except StoreError:
            return True  # whoever answers says so
        return prepared is not None and (prepared.traits.kind == "feed" or prepared.status != 200)


def _moved(scope: Scope, path: str) -> Scope:
    """The request for ``path``. A browser gets the feed itself; the page about it has no address with a token."""
    headers = [(name, value) for name, value in scope["headers"] if name != DESTINATION]
    return {**scope, "path": path, "raw_path": quote(path).encode("ascii"), "headers": headers}


def _marked(send: Send, base_url: str = "", own: str = "") -> Send:
    """Send with the fields of a private site; a redirect within it, below ``base_url``, stays below ``own``."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            fields = [(name, value) for name, value in message["headers"] if name.lower() not in _OWN]
            if own:
                fields = [
                    (name, _led(value, base_url, own) if name == b"location" else value) for name, value in fields
                ]
            message = {**message, "headers": [*fields, *_FIELDS]}
        await send(message)

    return sending


def _led(location: bytes, base_url: str, own: str) -> bytes:
    inside = f"{base_url}/".encode()
    return f"{own}/".encode() + location.removeprefix(inside) if location.startswith(inside) else location
