"""A store in memory, for tests of what follows one."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable
from typing import TypeGuard

from serving import PATIENCE

from feedsvc.core.errors import StoreError
from feedsvc.documents.model import NOT_FOUND, NOT_FOUND_PATH, PAGE, SITE_FEED, Document, Link, Traits
from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import NO_EDITION, Changes, Edition, new_identity
from feedsvc.responses.response import Response
from feedsvc.responses.site_readers import Readers, token_digest
from feedsvc.web.render_process import EditionMovedError

_MOST = 300
CHANGED = 1_000_000_000
"""When every document changed, in seconds since 1970."""


def feed(words: str = "first", path: str = "/atom.xml", traits: Traits = SITE_FEED) -> Document:
    """A feed, long enough for codings; that of the site itself is pinned."""
    content = f"<feed><title>{words}</title>{'<entry>words</entry>' * 50}</feed>".encode()
    return Document(
        path,
        traits,
        "application/atom+xml; charset=utf-8",
        content,
        links=(Link(f"https://x.example{path}", "self"),),
    )


def page(words: str = "first", path: str = "/news/story", traits: Traits = PAGE) -> Document:
    """A document that is rendered on demand."""
    content = f"<title>{words}</title>{'<p>words</p>' * 50}".encode()
    return Document(path, traits, "text/html; charset=utf-8", content)


def missing() -> Document:
    """The document for everything unknown."""
    return Document(NOT_FOUND_PATH, NOT_FOUND, "text/html; charset=utf-8", b"<title>nothing here</title>")


async def until(condition: Callable[[], object]) -> None:
    """Let the event loop go on until the condition is true."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for knows no events, and shall not for a test
            await asyncio.sleep(0)


class MemoryBell:
    """A pair of sockets: what is rung at one end is heard at the other."""

    def __init__(self) -> None:
        self._here, self._there = socket.socketpair()
        self._here.setblocking(False)
        self.broken = False
        self.closed = False

    def ring(self) -> None:
        """Let it be heard, if anybody listens."""
        if not self.closed:
            self._there.send(b"!")

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._here.fileno()

    def heard(self) -> bool:
        """Be ready for the next ring; False once it is broken."""
        self._here.recv(100)
        return not self.broken

    def close(self) -> None:
        """Listen no more."""
        self.closed = True
        self._here.close()
        self._there.close()


class MemoryStore:
    """Keeps rows as a store does, and counts what it was asked for."""

    def __init__(self) -> None:
        self.edition = NO_EDITION
        self._identities: dict[int, str] = {}
        self.rendered: list[str] = []
        """The first paths that were asked for; not all, since tests measure memory."""
        self.error: Exception | None = None
        """Raised by everything, while it is set."""
        self.before_render: Callable[[], object] = lambda: None
        """Called at the begin of each rendering: what another process may do just then."""
        self.after_render: Callable[[], object] = lambda: None
        """Called when a document is rendered and was not heard of yet."""
        self.has_bell = False
        self.bells: list[MemoryBell] = []
        """All that were made, the newest last."""
        self._rows: dict[str, tuple[int, Response | None]] = {}
        self._lock = threading.Lock()
        self._readers: tuple[int, Readers] = (0, {})

    def publish(self, *documents: Document, drop: Iterable[str] = (), next_moment: int | None = None) -> int:
        """Commit the next edition, and give its number."""
        responses = [prepare(document, "key", CHANGED) for document in documents]
        with self._lock:
            number = self.edition.number + 1
            self._rows.update((response.path, (number, response)) for response in responses)
            self._rows.update((path, (number, None)) for path in drop)
            self.edition = Edition(number, CHANGED, next_moment, new_identity())
            self._identities[number] = self.edition.identity
        for bell in self.bells:
            bell.ring()
        return number

    def break_down(self) -> None:
        """Be unreadable until ``error`` is None again."""
        self.error = StoreError("the store is away", "bring it back")

    def newest(self) -> Edition:
        """The newest edition."""
        self._check()
        return self.edition

    def listen(self) -> MemoryBell | None:
        """One that rings at each publishing from now on, if :attr:`has_bell`."""
        if not self.has_bell:
            return None
        self.bells.append(MemoryBell())
        return self.bells[-1]

    def changes(self, since: Edition = NO_EDITION) -> Changes:
        """What differs between an edition and the newest."""
        self._check()
        with self._lock:
            is_held = self._holds(since)
            moved = [(path, response) for path, (at, response) in self._rows.items() if at > since.number]
            rows = (
                moved if is_held else [(path, response) for path, (_, response) in self._rows.items() if response]
            )
            return Changes(
                self.edition,
                pinned=tuple(each for _, each in rows if each and each.traits.pinned),
                stored=tuple(path for path, each in rows if _is_prepared(each) and not each.traits.pinned),
                dropped=tuple(path for path, response in rows if not _is_prepared(response)),
                replaced=not is_held,
            )

    def valid_tokens(self, seen: int) -> tuple[int, Readers] | None:
        """Who may read a private site, if that has changed."""
        self._check()
        return None if seen == self._readers[0] else self._readers

    def admit(self, **tokens: str) -> None:
        """Let these readers in, each with a token, and no other."""
        self._readers = (self._readers[0] + 1, {token_digest(token): name for name, token in tokens.items()})
        for bell in self.bells:
            bell.ring()

    def fetch(self, path: str, known: Edition) -> tuple[int, Response] | None:
        """One row of those that a round prepared, if the store is that of the edition ``known``."""
        self._check()
        with self._lock:
            number, response = self._rows.get(path, (0, None))
            return (number, response) if response and _is_prepared(response) and self._holds(known) else None

    async def render(self, path: str, edition: Edition) -> Response | None:
        """What is not prepared, if the store still holds the edition."""
        return await asyncio.to_thread(self._render, path, edition)

    def _render(self, path: str, edition: Edition) -> Response | None:
        self.before_render()
        self._check()
        with self._lock:
            if len(self.rendered) < _MOST:
                self.rendered.append(path)
            _, response = self._rows.get(path, (0, None))
            is_newest = self.edition == edition
        self.after_render()
        if not is_newest:
            raise EditionMovedError
        return response

    async def close(self) -> None:
        """Nothing is kept for rendering."""

    def _holds(self, edition: Edition) -> bool:
        return not edition.number or self._identities.get(edition.number) == edition.identity

    def _check(self) -> None:
        if self.error:
            raise self.error


def _is_prepared(response: Response | None) -> TypeGuard[Response]:
    return response is not None and response.traits.prepared
