"""Edition state: the responses of the newest edition that a worker holds, pinned or kept for a while.

Pinned are the feeds of the site itself and what goes with them. Feeds of other channels are read from the store
at a request, everything else is rendered at a request; both are then kept in one cache of bounded size.

Each state is whole and is replaced by one assignment, so a request sees one edition, never a mixture, and
nobody waits for a lock. Editions only rise, unless another store or an older backup is put in the place of the
store: the random identities of editions tell.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, TypeVarTuple

import structlog
from cachetools import LRUCache

from feedsvc.core.errors import StoreError
from feedsvc.responses.edition import NO_EDITION, Changes, Edition
from feedsvc.responses.response import PreparedResponse, Response, prepare_response
from feedsvc.responses.site_readers import Readers
from feedsvc.store.notifications import ChangeListener
from feedsvc.web.render_process import EditionMovedError, RenderError


class Source(Protocol):
    """The part of the store that a worker needs. All of it is called in a thread and may raise ``StoreError``."""

    def newest(self) -> Edition:
        """The newest edition; number 0 while there is none."""

    def listen(self) -> ChangeListener | None:
        """A listener for changes; None where the store cannot notify, now or at all."""

    def changes(self, since: Edition) -> Changes:
        """All that differs between the edition ``since`` and the newest, read at one moment."""

    def valid_tokens(self, seen: int) -> tuple[int, Readers] | None:
        """The readers of a private site, with a number that rises when they change; None if it is ``seen``."""

    def fetch(self, path: str, known: Edition) -> tuple[int, Response] | None:
        """A path's response and the number of the edition that wrote it.

        None where there is none now, and where the store does not hold the edition ``known``.
        """


class Renderer(Protocol):
    """Renders documents on demand for a worker (:class:`feedsvc.web.renderer.Renderer`)."""

    async def render(self, path: str, edition: Edition) -> Response | None:
        """The response at ``path`` in ``edition``; None if there is none.

        Raises:
            EditionMovedError: The store holds another edition.
            RenderError: It cannot be rendered, now or at all.
            StoreError: The store cannot be read.
        """

    async def close(self) -> None:
        """Give back what rendering takes."""


CACHE_MEMORY = 32_000_000
"""Bytes of responses that are kept beside the pinned ones, unless the setting ``cache_memory`` says otherwise."""
_UNKNOWN = 256
"""How many paths are known to hold nothing; a scanner that tries addresses is not to be asked for each anew."""
_LONGEST_UNKNOWN = 256
"""Characters of the longest of them."""
_OVERHEAD = 2560
"""Bytes that a response takes beside its content, about."""
_ATTEMPTS = 5
_LONGEST_ANSWER = 4.0
"""Seconds that a client waits for what has to be read; then it is told to come again."""
_LONGEST_LOADING = 20.0
"""Seconds that a client waits for what has to be rendered; the rendering itself goes on for the next client."""
_THREADS = 2
"""How many ask the source at once. Each takes memory, for its connection above all, and more of them are no
faster under one interpreter."""

_log = structlog.get_logger("feedsvc.web")

About = TypeVarTuple("About")
Told = TypeVar("Told")


def _weigh(prepared: PreparedResponse) -> int:
    return prepared.length + _OVERHEAD


def _new_cache(memory: float) -> LRUCache[str, PreparedResponse]:
    return LRUCache(maxsize=memory, getsizeof=_weigh)


@dataclass(frozen=True, slots=True)
class LoadedEdition:
    """One edition, as far as it is in memory. Only its cache changes, and that never its meaning."""

    edition: Edition = NO_EDITION
    pinned: dict[str, PreparedResponse] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()
    """Paths of what a round prepared and is not pinned."""
    cache: LRUCache[str, PreparedResponse] = field(default_factory=lambda: _new_cache(CACHE_MEMORY))
    """Responses that were read or rendered lately."""
    unknown: LRUCache[str, None] = field(default_factory=lambda: LRUCache(maxsize=_UNKNOWN))
    """Paths that hold nothing, as was found out lately."""
    not_found: PreparedResponse | None = None
    """The response for every unknown path. None before the first round: a ledger that was restored into a new
    store has the number of its edition, and no documents."""

    def in_memory(self, path: str) -> PreparedResponse | None:
        """The response at ``path``; None if it is not in memory."""
        return self.pinned.get(path) or self.cache.get(path)

    def keep(self, path: str, prepared: PreparedResponse) -> PreparedResponse:
        """Have it at hand for the next request, unless it is too large for that."""
        if _weigh(prepared) <= self.cache.maxsize:
            self.cache[path] = prepared
        return prepared

    def after(self, changes: Changes) -> "LoadedEdition":
        """The state of the newer edition that ``changes`` lead to."""
        now_pinned = {response.path: prepare_response(response) for response in changes.pinned}
        changed = {*changes.stored, *changes.dropped}
        pinned = {path: each for path, each in self.pinned.items() if path not in changed} | now_pinned
        stored = self.stored.difference(changes.dropped, now_pinned).union(changes.stored)
        cache = _new_cache(self.cache.maxsize)
        # What was rendered may differ by the change of any article or channel.
        cache.update((path, each) for path, each in self.cache.items() if path in stored and path not in changed)
        not_found = next((each for each in pinned.values() if each.traits.kind == "not-found"), None)
        return LoadedEdition(changes.edition, pinned, stored, cache, not_found=not_found)


class EditionState:
    """Finds responses by path, and follows the source from edition to edition.

    It belongs to one event loop.
    """

    def __init__(self, source: Source, renderer: Renderer, cache_memory: int = CACHE_MEMORY) -> None:
        """Take where editions come from, what renders, and how many bytes of responses to keep at hand."""
        self._source = source
        self._renderer = renderer
        self._cache_memory = cache_memory
        self._threads = ThreadPoolExecutor(_THREADS, "store")
        self._following_thread = ThreadPoolExecutor(1, "follow")
        self._following = asyncio.Lock()
        self._loading: dict[tuple[str, str], asyncio.Task[PreparedResponse | None]] = {}
        """Responses that are being fetched or rendered, by the edition's identity and the path."""
        self.loaded = self._nothing_loaded()

    def _nothing_loaded(self) -> LoadedEdition:
        return LoadedEdition(cache=_new_cache(self._cache_memory))

    async def _follow(self, question: Callable[[*About], Told], *about: *About) -> Told:
        """Ask the source for what is new, which must not wait behind what clients ask for."""
        return await asyncio.get_running_loop().run_in_executor(self._following_thread, question, *about)

    async def catch_up(self) -> bool:
        """Go on to the newest edition of the store, if it is not the one that is served.

        Returns:
            Whether it was another.

        Raises:
            StoreError: The store cannot be read, or holds nothing although something is served.
        """
        async with self._following:
            state = self.loaded
            if await self._follow(self._source.newest) == state.edition:
                return False
            changes = await self._follow(self._source.changes, state.edition)
            served, found = state.edition.number, changes.edition.number
            if not found:
                raise StoreError("the store holds no edition any more", "put it back, or let it be published anew")
            if changes.replaced:
                _log.warning("the store was replaced, serving its edition", served=served, found=found)
                state = self._nothing_loaded()
            self.loaded = state.after(changes)
            return True

    async def listen(self) -> ChangeListener | None:
        """A listener for changes of the source; None where it cannot notify, now or at all."""
        return await self._follow(self._source.listen)

    async def close(self) -> None:
        """Give back what rendering takes."""
        await self._renderer.close()

    async def find(self, path: str) -> PreparedResponse | None:
        """The response at ``path`` in the newest known edition; None if there is none.

        Raises:
            RenderError: It cannot be rendered, now or at all.
            StoreError: It is not in memory, and the store cannot be read.
        """
        for _ in range(_ATTEMPTS):
            state = self.loaded
            prepared = state.in_memory(path)
            if prepared is not None or path in state.unknown or state.not_found is None or "\0" in path:
                return prepared  # a database may not even be asked for a NUL
            try:
                return await self._load_once(path, state)
            except EditionMovedError:
                # What comes from the newer edition may go out only once all of it does.
                await self.catch_up()
        raise StoreError(f"{path} differs between the store's edition and its row", "ask again")

    async def _load_once(self, path: str, state: LoadedEdition) -> PreparedResponse | None:
        """The response at ``path`` in the edition of ``state``; requests meanwhile wait for the same one.

        Raises:
            EditionMovedError: The store holds another edition.
            RenderError: It cannot be rendered, now or at all.
            StoreError: The store cannot be read.
        """
        key = (state.edition.identity, path)
        task = self._loading.get(key)
        if task is None:
            task = self._loading[key] = asyncio.create_task(self._load(path, state))
            task.add_done_callback(lambda done: self._forget_loading(key, done))
        try:
            async with asyncio.timeout(_LONGEST_LOADING):
                return await asyncio.shield(task)
        except TimeoutError as error:
            raise RenderError(f"{path} is not rendered yet", is_passing=True) from error

    def _forget_loading(self, key: tuple[str, str], task: asyncio.Task[PreparedResponse | None]) -> None:
        del self._loading[key]
        if not task.cancelled():
            task.exception()  # whoever still waits is told of it

    async def _load(self, path: str, state: LoadedEdition) -> PreparedResponse | None:
        """The response at ``path`` in the edition of ``state``, read or rendered.

        Raises:
            EditionMovedError: The store holds another edition.
        """
        if path in state.stored:
            return state.keep(path, prepare_response(await self._read(path, state.edition)))
        rendered = await self._renderer.render(path, state.edition)
        if rendered is None:
            if len(path) <= _LONGEST_UNKNOWN:
                state.unknown[path] = None
            return None
        return state.keep(path, prepare_response(rendered))

    async def _read(self, path: str, edition: Edition) -> Response:
        """The stored response at ``path`` in an edition.

        Raises:
            EditionMovedError: The store holds another edition, which has changed or dropped it.
            StoreError: The store cannot be read, or takes too long.
        """
        try:
            async with asyncio.timeout(_LONGEST_ANSWER):
                loop = asyncio.get_running_loop()
                found = await loop.run_in_executor(self._threads, self._source.fetch, path, edition)
        except TimeoutError as error:
            raise StoreError(
                f"the store has not answered for {_LONGEST_ANSWER:g} seconds", "check whether its server hangs"
            ) from error
        if found is None or found[0] > edition.number:
            raise EditionMovedError
        return found[1]
