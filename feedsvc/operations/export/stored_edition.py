"""The newest edition of a store, as an export reads it: what is stored, and what is rendered on demand.

What a document becomes depends on the store and its path alone, so every process gives the same bytes.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import NamedTuple, Protocol

from feedsvc.core.errors import EditionConflictError, StoreError
from feedsvc.documents.on_demand import candidates, render
from feedsvc.documents.snapshot import Snapshot
from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import Changes, Edition
from feedsvc.responses.encodings import PLAIN
from feedsvc.responses.response import Response
from feedsvc.store.editions import EditionStore


class Item(NamedTuple):
    """A URL path to export."""

    path: str
    is_stored: bool = False
    """Whether the store has its response; other documents are rendered."""
    is_contested: bool = False
    """Whether another path may lead to the same file."""


class EditionMovedError(Exception):
    """Another edition was published meanwhile, or another store put in the place of the store."""


class Source(Protocol):
    """The part of the store that an export reads. Every method may raise ``StoreError``."""

    def changes(self, since: Edition) -> Changes:
        """All that there is, with the edition 0 for ``since``; some ``rendered`` paths may hold nothing."""

    def responses(self, items: Sequence[Item], edition: Edition) -> Iterator["Response | ExportFault | None"]:
        """The response at each path in an edition, in their order; None for none.

        Raises:
            EditionMovedError: The store holds another edition.
        """


class ExportFault(NamedTuple):
    """A document that cannot be made."""

    what: str
    remedy: str = "please report it"


_TOGETHER = 24
"""How many documents are read together."""


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
        for begin in range(0, len(items), _TOGETHER):
            together = items[begin : begin + _TOGETHER]
            snapshot.read_ahead([item.path for item in together if not item.is_stored])
            for item in together:
                path = item.path
                yield self._stored(path, edition) if item.is_stored else _rendered(snapshot, path, edition)

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


def _rendered(snapshot: Snapshot, path: str, edition: Edition) -> Response | ExportFault | None:
    try:
        document = render(snapshot, path)
    except StoreError:
        raise
    except Exception as fault:  # noqa: BLE001 - one document must cost no other one
        return ExportFault(f"cannot be rendered ({fault!r:.200})")
    return None if document is None else prepare(document, "", edition.time, effort=PLAIN)
