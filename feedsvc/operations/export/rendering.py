"""Rendering for an export: every document of an edition, on all cores, in the order that was asked for.

The processes are started afresh, not forked, and each reads the store by itself. What a document becomes depends
on the store and its path alone, so one core and sixteen give the same bytes.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple, Protocol

from feedsvc.core.errors import EditionConflictError, StoreError
from feedsvc.documents.feeds.formats import FORMATS
from feedsvc.documents.on_demand import candidates, render
from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import Changes, Edition
from feedsvc.responses.encodings import EXPORT, EXPORTED_ARCHIVE, PLAIN, compress
from feedsvc.responses.response import Coding, Response
from feedsvc.store.edition_store import EditionStore
from feedsvc.store.store import open_store

_PORTION = 6 * len(FORMATS)
"""How many documents a process renders at a time, from one snapshot of the store. It reads the articles on a page
of an archive once for the feeds in all formats."""
_AHEAD = 3
"""How many portions wait for each process, so that an export of any size needs little memory."""
_SMALL = 200
"""Documents up to which rendering them takes less time than starting processes."""

Item = tuple[str, bool]
"""A path, and whether the store has its response; other documents are rendered."""


class MovedError(Exception):
    """Another edition was published meanwhile, or another store put in the place of the store."""


class Source(Protocol):
    """The part of the store that an export reads. Every method may raise ``StoreError``."""

    def changes(self, since: Edition) -> Changes:
        """All that there is, with the edition 0 for ``since``; some ``rendered`` paths may hold nothing."""

    def responses(self, items: Sequence[Item], edition: Edition) -> Iterator["Response | Failed | None"]:
        """The response at each path in an edition, in their order; None for none.

        Raises:
            MovedError: The store holds another edition.
        """


class Failed(NamedTuple):
    """A document that cannot be made."""

    what: str
    remedy: str = "please report it"


class Rendered(NamedTuple):
    """The content of a path, ready to be written."""

    path: str
    response: Response | Failed | None
    """None where the path holds nothing."""
    files: tuple[tuple[Coding, bytes], ...] = ()
    """Its content in each coding; empty where the export directory may have it already."""


class StoredEdition:
    """All that a store serves, with what is rendered on demand; see :class:`Source`."""

    def __init__(self, editions: EditionStore) -> None:
        self._editions = editions

    def changes(self, since: Edition) -> Changes:
        """See :class:`Source`."""
        changes = self._editions.changes(since)
        if not changes.edition.number:
            return changes
        try:
            with self._editions.snapshot(changes.edition) as snapshot:
                rendered = candidates(snapshot)
        except EditionConflictError:
            return self.changes(since)  # another was published between the two looks
        pinned = {response.path for response in changes.pinned}
        return replace(changes, rendered=tuple(sorted(rendered.difference(pinned, changes.stored))))

    def responses(self, items: Sequence[Item], edition: Edition) -> Iterator[Response | Failed | None]:
        """See :class:`Source`."""
        try:
            with self._editions.snapshot(edition) as snapshot:
                for path, is_stored in items:
                    if is_stored:
                        yield self._stored(path, edition)
                        continue
                    try:
                        document = render(snapshot, path)
                    except StoreError:
                        raise
                    except Exception as fault:  # noqa: BLE001 - one document must cost no other one
                        yield Failed(f"cannot be rendered ({fault!r:.200})")
                    else:
                        yield None if document is None else prepare(document, "", edition.time, effort=PLAIN)
        except EditionConflictError as error:
            raise MovedError from error

    def _stored(self, path: str, edition: Edition) -> Response:
        found = self._editions.fetch(path, edition)
        if found is None or found[0] > edition.number:
            raise MovedError
        return found[1]


def rendered(source: Source, items: Sequence[Item], edition: Edition, known: frozenset[str]) -> Iterator[Rendered]:
    """Render documents in this process.

    Args:
        source: The store.
        items: What to render.
        edition: Of which.
        known: Digests of responses whose files the export directory has; they are not compressed.

    Raises:
        MovedError: The store holds another edition.
        StoreError: The store cannot be read.
    """
    for (path, _), response in zip(items, source.responses(items, edition), strict=True):
        if isinstance(response, Response) and response.file is None and response.digest not in known:
            yield Rendered(path, response, compressed(response))
        else:
            yield Rendered(path, response)


def compressed(response: Response) -> tuple[tuple[Coding, bytes], ...]:
    """The content of a response in each coding that an export writes, the identity last."""
    content = next(each.body for each in response.representations if each.coding == "identity")
    media_type = dict(response.headers).get("content-type", "")
    is_archive = response.traits.kind == "feed" and not response.traits.prepared
    coded = compress(content, media_type, EXPORTED_ARCHIVE if is_archive else EXPORT)
    return (*coded, ("identity", content))


Portion = list[Rendered]
_source: list[StoredEdition] = []
"""In a process that renders, the store that it reads."""


def _open(store_url: str) -> None:
    _source[:] = [StoredEdition(open_store(store_url, make=False).editions)]


def _render_portion(items: Sequence[Item], edition: Edition, known: frozenset[str]) -> Portion:
    return list(rendered(_source[0], items, edition, known))


def rendered_in_processes(
    store_url: str, items: Sequence[Item], edition: Edition, known: frozenset[str]
) -> Iterator[Rendered]:
    """Render documents on all cores; arguments and errors as of :func:`rendered`.

    A process that dies costs the document that it was rendering, which is a :class:`Failed`.
    """
    processes = os.cpu_count() or 1
    if len(items) <= _SMALL or processes == 1:
        with closing(open_store(store_url, make=False)) as store:
            yield from rendered(StoredEdition(store.editions), items, edition, known)
        return
    portions = deque(items[begin : begin + _PORTION] for begin in range(0, len(items), _PORTION))
    while portions:
        work = partial(_render_portion, edition=edition, known=known)
        with _pool(store_url, processes) as pool, suppress(BrokenProcessPool):
            yield from _in_order(pool, portions, processes, work)
        if portions:  # those that the broken pool still owed; the first of them may be at fault
            for item in portions.popleft():
                yield _render_alone(store_url, item, edition, known)


def _in_order(
    pool: ProcessPoolExecutor,
    portions: deque[Sequence[Item]],
    processes: int,
    work: Callable[[Sequence[Item]], Portion],
) -> Iterator[Rendered]:
    """The results of the portions, each of which is taken away once it is done."""
    waiting: deque[Future[Portion]] = deque()
    try:
        while portions:
            for portion in list(portions)[len(waiting) : _AHEAD * processes]:
                waiting.append(pool.submit(work, portion))
            done = waiting.popleft().result()
            portions.popleft()
            yield from done
    finally:
        for future in waiting:
            future.cancel()


def _render_alone(store_url: str, item: Item, edition: Edition, known: frozenset[str]) -> Rendered:
    """Render one document in a process of its own, which may die of it."""
    with _pool(store_url, 1) as pool:
        try:
            return pool.submit(_render_portion, [item], edition, known).result()[0]
        except BrokenProcessPool:
            return Rendered(item[0], Failed("ended the process that rendered it"))


def _pool(store_url: str, processes: int) -> ProcessPoolExecutor:
    # A process with threads, as a program that was started from one may be, must not be forked.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, context, _open, (store_url,))
