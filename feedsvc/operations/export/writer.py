"""Write what the paths of an edition hold as files, in one process: documents with compressed copies, and media.

What a document becomes depends on the store and its path alone, so every process gives the same bytes.
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from feedsvc.core.errors import EditionConflictError, StoreError
from feedsvc.core.open_beneath import open_file
from feedsvc.documents.model import Caching
from feedsvc.documents.on_demand import candidates, render
from feedsvc.documents.snapshot import Snapshot
from feedsvc.operations.export.files import FileWriter, Written
from feedsvc.operations.export.hosts import ExportedFile, can_be_written, exported_file, possible_files
from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import Changes, Edition
from feedsvc.responses.encodings import EXPORT, ON_DEMAND, PLAIN, compress, tag
from feedsvc.responses.response import Coding, Response
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


class ExportFault(NamedTuple):
    """A document that cannot be made."""

    what: str
    remedy: str = "please report it"


_TOGETHER = 24
"""How many documents are read together."""


class StoredEdition:
    """All that a store serves, with what is rendered on demand. Every method may raise ``StoreError``.

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
        """All that there is, with the edition 0 for ``since``; some ``rendered`` paths may hold nothing."""
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
        """The response at each path in an edition, in their order; None for none.

        Raises:
            EditionMovedError: The store holds another edition.
        """
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


_ENDINGS: Mapping[Coding, str] = {"identity": "", "gzip": ".gz", "br": ".br"}
"""The end of the name of a file, by the content coding of what it holds."""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """The options of an export, as far as each single file needs them."""

    articles: Path
    """The articles directory, for media files."""
    lifetimes: Mapping[Caching, bytes]
    """What hosts are told in Cache-Control."""
    link: bool = False
    """Whether media files are linked instead of copied, where that is possible."""


class WrittenPath(NamedTuple):
    """The result for one path."""

    path: str
    file: ExportedFile | None = None
    """None where the path holds nothing that a static host can answer with, or its document cannot be made."""
    fault: ExportFault | None = None
    """Why it is not written, if so."""
    response: Response | None = None
    """What is not written yet, because another path may lead to the same file."""


class DocumentWriter:
    """Writes responses as files."""

    def __init__(self, files: FileWriter, options: WriteOptions) -> None:
        self._files = files
        self._options = options

    def write_all(self, source: StoredEdition, items: Sequence[Item], edition: Edition) -> Iterator[WrittenPath]:
        """Write what the paths hold, in their order, except where other paths may lead to the same file.

        Raises:
            EditionMovedError: The store holds another edition.
            ExportError: The folder cannot be written.
            StoreError: The store cannot be read.
        """
        for item, response in zip(items, source.responses(items, edition), strict=True):
            if isinstance(response, ExportFault):
                yield WrittenPath(item.path, fault=response)
            elif response is None or response.traits.kind == "preview":
                yield WrittenPath(item.path)  # a static host answers all who ask alike: with the feed
            else:
                yield self._result(item, response)

    def _result(self, item: Item, response: Response) -> WrittenPath:
        file = exported_file(response, self._options.lifetimes[response.traits.caching].decode("ascii"))
        if not file.file:
            return WrittenPath(item.path, file)
        if item.is_contested or response.traits.kind == "gone":
            return WrittenPath(item.path, file, response=response)
        return WrittenPath(item.path, file, self.write(response, file.file))

    def write(self, response: Response, file: str) -> ExportFault | None:
        """Write what the file at that path below the site's folder holds; what kept it from being written.

        Raises:
            ExportError: The folder cannot be written.
        """
        if not can_be_written(file):
            return ExportFault("no file can have this name", "give the article another slug")
        if response.file is None:
            self._write_document(f"site{file}", response)
        elif not self._copy(f"site{file}", response, response.file):
            return ExportFault(f"{response.file} is not as it was published", "publish again, then export")
        return None

    def _write_document(self, name: str, response: Response) -> None:
        if not self._files.has_all([f"{name}{ending}" for ending in _ENDINGS.values()], response.digest):
            content, coded = _codings(response)
            beside = [(_ENDINGS[coding], each) for coding, each in coded]
            self._files.put(name, response.digest, content, response.last_modified, beside=beside)

    def _copy(self, name: str, response: Response, source: str) -> bool:
        """Take a media file over, if what was opened still has the bytes that its address names."""
        if self._files.has(name, response.digest):
            return True
        try:
            file = open_file(self._options.articles, source)
        except OSError:
            return False
        with file:
            if tag(hashlib.file_digest(file, "sha256").digest()) != response.representations[0].etag:
                return False
            self._files.take(name, response.digest, file, response.last_modified, link=self._options.link)
        return True


def _codings(response: Response) -> tuple[bytes, list[tuple[Coding, bytes]]]:
    """The content of a response, and the same in each other coding: as it is stored, else made now."""
    bodies = {each.coding: each.body for each in response.representations}
    content = bodies.pop("identity")
    if response.traits.prepared:
        return content, list(bodies.items())
    media_type = dict(response.headers).get("content-type", "")
    return content, compress(content, media_type, ON_DEMAND if response.traits.kind == "feed" else EXPORT)


def known_files(known: Mapping[str, Written], items: Iterable[Item]) -> dict[str, Written]:
    """Those of the ``known`` files that :meth:`DocumentWriter.write_all` may ask for."""
    names = (
        f"site{file}{ending}"
        for item in items
        for file in possible_files(item.path)
        for ending in _ENDINGS.values()
    )
    return {name: known[name] for name in names if name in known}
