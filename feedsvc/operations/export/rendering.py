"""Rendering for an export: every document of an edition, on all cores, one stage after another.

The processes are started afresh, not forked, and each reads the store by itself. What a document becomes depends
on the store and its path alone, so one core and sixteen give the same bytes.
"""

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import NamedTuple, Protocol

from feedsvc.core.errors import EditionConflictError, StoreError
from feedsvc.documents.on_demand import candidates, render
from feedsvc.documents.snapshot import Snapshot
from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import Changes, Edition
from feedsvc.responses.encodings import EXPORT, ON_DEMAND, PLAIN, compress
from feedsvc.responses.response import Coding, Response
from feedsvc.store.edition_store import EditionStore
from feedsvc.store.store import open_store

_PORTION = 24
"""How many documents a process renders at a time."""
_AHEAD = 3
"""How many portions wait for each process, so that an export of any size needs little memory."""
_SMALL = 200
"""Documents up to which rendering them takes less time than starting processes."""

Item = tuple[str, bool]
"""A path, and whether the store has its response; other documents are rendered."""
Stages = Sequence[Sequence[Item]]
"""Items of which those of each stage are rendered before those of the next. Within a stage, items that are made of
the same articles are close together."""


class EditionMovedError(Exception):
    """Another edition was published meanwhile, or another store put in the place of the store."""


class Source(Protocol):
    """The part of the store that an export reads. Every method may raise ``StoreError``."""

    def changes(self, since: Edition) -> Changes:
        """All that there is, with the edition 0 for ``since``; some ``rendered`` paths may hold nothing."""

    def responses(self, items: Sequence[Item], edition: Edition) -> Iterator["Response | ExportFault | None"]:
        """The response at each path in an edition, in their order; None for none.

        Raises:
            MovedError: The store holds another edition.
        """


class ExportFault(NamedTuple):
    """A document that cannot be made."""

    what: str
    remedy: str = "please report it"


class RenderedPath(NamedTuple):
    """The content of a path, ready to be written."""

    path: str
    response: Response | ExportFault | None
    """None where the path holds nothing."""
    files: tuple[tuple[Coding, bytes], ...] = ()
    """Its content in each coding; empty where the export directory may have it already."""


class StoredEdition:
    """All that a store serves, with what is rendered on demand; see :class:`Source`.

    What it renders comes from one snapshot, which it holds until it is closed: so it decodes a record once for all
    documents that are close together.
    """

    def __init__(self, editions: EditionStore) -> None:
        self._editions = editions
        self._held = ExitStack()
        self._snapshot: tuple[Edition, Snapshot] | None = None

    def close(self) -> None:
        """Give the snapshot back, if it holds one."""
        self._held.close()
        self._snapshot = None

    def changes(self, since: Edition) -> Changes:
        """See :class:`Source`."""
        changes = self._editions.changes(since)
        if not changes.edition.number:
            return changes
        try:
            with self._editions.snapshot(changes.edition) as snapshot:
                there = candidates(snapshot)
                articles = [page for page, _ in snapshot.listed_pages(0, sys.maxsize)]
        except EditionConflictError:
            return self.changes(since)  # another was published between the two looks
        stored = {*changes.stored, *(response.path for response in changes.pinned)}
        # Articles in the order of their dates, since the page of each leads to those beside it.
        ordered = dict.fromkeys([*(page for page in articles if page in there), *sorted(there)])
        return replace(changes, rendered=tuple(path for path in ordered if path not in stored))

    def responses(self, items: Sequence[Item], edition: Edition) -> Iterator[Response | ExportFault | None]:
        """See :class:`Source`."""
        snapshot = self._snapshot_of(edition)
        for path, is_stored in items:
            yield self._stored(path, edition) if is_stored else _rendered_from(snapshot, path, edition)

    def _snapshot_of(self, edition: Edition) -> Snapshot:
        if self._snapshot is None or self._snapshot[0] != edition:
            self.close()
            try:
                self._snapshot = edition, self._held.enter_context(self._editions.snapshot(edition))
            except EditionConflictError as error:
                raise EditionMovedError from error
        return self._snapshot[1]

    def _stored(self, path: str, edition: Edition) -> Response:
        found = self._editions.fetch(path, edition)
        if found is None or found[0] > edition.number:
            raise EditionMovedError
        return found[1]


def _rendered_from(snapshot: Snapshot, path: str, edition: Edition) -> Response | ExportFault | None:
    try:
        document = render(snapshot, path)
    except StoreError:
        raise
    except Exception as fault:  # noqa: BLE001 - one document must cost no other one
        return ExportFault(f"cannot be rendered ({fault!r:.200})")
    return None if document is None else prepare(document, "", edition.time, effort=PLAIN)


def rendered(source: Source, stages: Stages, edition: Edition, known: frozenset[str]) -> Iterator[RenderedPath]:
    """Render documents in this process.

    Args:
        source: The store.
        stages: What to render, in this order.
        edition: Of which.
        known: Digests of responses whose files the export directory has; they are not compressed.

    Raises:
        MovedError: The store holds another edition.
        StoreError: The store cannot be read.
    """
    items = [item for stage in stages for item in stage]
    for (path, _), response in zip(items, source.responses(items, edition), strict=True):
        if isinstance(response, Response) and response.file is None and response.digest not in known:
            yield RenderedPath(path, response, compressed(response))
        else:
            yield RenderedPath(path, response)


def compressed(response: Response) -> tuple[tuple[Coding, bytes], ...]:
    """The content of a response in each coding that an export writes, the identity last."""
    content = next(each.body for each in response.representations if each.coding == "identity")
    media_type = dict(response.headers).get("content-type", "")
    is_archive = response.traits.kind == "feed" and not response.traits.prepared
    coded = compress(content, media_type, ON_DEMAND if is_archive else EXPORT)
    return (*coded, ("identity", content))


_source: list[StoredEdition] = []
"""In a process that renders, the store that it reads."""


def _open(store_url: str) -> None:
    _source[:] = [StoredEdition(open_store(store_url, make=False).editions)]


def _render_portion(items: Sequence[Item], edition: Edition, known: frozenset[str]) -> list[RenderedPath]:
    return list(rendered(_source[0], [items], edition, known))


class Portion(NamedTuple):
    """Items that one process renders at a time."""

    process: int
    """The number of the process, counted from 0."""
    items: Sequence[Item]


def rendered_in_processes(
    store_url: str, stages: Stages, edition: Edition, known: frozenset[str]
) -> Iterator[RenderedPath]:
    """Render documents on all cores; arguments and errors as of :func:`rendered`.

    Each process renders a share of every stage, from its begin to its end, so that no two of them write the same
    entries of feeds. Documents of one stage come in an order that depends on the number of processes.

    A process that dies costs the document that it was rendering, which is a :class:`ExportFault`.
    """
    processes = os.cpu_count() or 1
    if sum(map(len, stages)) <= _SMALL or processes == 1:
        with closing(open_store(store_url, make=False)) as store, closing(StoredEdition(store.editions)) as source:
            yield from rendered(source, stages, edition, known)
        return
    portions = deque(_portions(stages, processes))
    work = partial(_render_portion, edition=edition, known=known)
    while portions:
        with ExitStack() as opened, suppress(BrokenProcessPool):
            pools = [opened.enter_context(_process(store_url)) for _ in range(processes)]
            yield from _in_order(pools, portions, work)
        if portions:  # the process of the first of them died
            for item in portions.popleft().items:
                yield _render_alone(store_url, item, edition, known)


def _portions(stages: Stages, processes: int) -> Iterator[Portion]:
    for stage in stages:
        share = -(-len(stage) // processes)
        for begin in range(0, share, _PORTION):
            for process in range(processes):
                first, end = process * share, (process + 1) * share
                if items := stage[first + begin : min(first + begin + _PORTION, end)]:
                    yield Portion(process, items)


def _in_order(
    pools: Sequence[ProcessPoolExecutor],
    portions: deque[Portion],
    work: Callable[[Sequence[Item]], list[RenderedPath]],
) -> Iterator[RenderedPath]:
    """The results of the portions, each of which is taken away once it is done."""
    waiting: deque[Future[list[RenderedPath]]] = deque()
    try:
        while portions:
            for portion in list(islice(portions, len(waiting), _AHEAD * len(pools))):
                waiting.append(pools[portion.process].submit(work, portion.items))
            done = waiting.popleft().result()
            portions.popleft()
            yield from done
    finally:
        for future in waiting:
            future.cancel()


def _render_alone(store_url: str, item: Item, edition: Edition, known: frozenset[str]) -> RenderedPath:
    """Render one document in a process of its own, which may die of it."""
    with _process(store_url) as pool:
        try:
            return pool.submit(_render_portion, [item], edition, known).result()[0]
        except BrokenProcessPool:
            return RenderedPath(item[0], ExportFault("ended the process that rendered it"))


def _process(store_url: str) -> ProcessPoolExecutor:
    """A process that renders."""
    # A process with threads, as a program that was started from one may be, must not be forked.
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _open, (store_url,))
