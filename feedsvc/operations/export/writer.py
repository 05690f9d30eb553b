"""Write what URL paths hold as files, in one process: documents with their compressed copies, and media files."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from feedsvc.core.open_beneath import open_file
from feedsvc.documents.model import Caching
from feedsvc.operations.export.files import FileWriter, Written
from feedsvc.operations.export.hosts import ExportedFile, can_be_written, exported_file, possible_files
from feedsvc.operations.export.stored_edition import ExportFault, Item, Source
from feedsvc.responses.edition import Edition
from feedsvc.responses.encodings import EXPORT, ON_DEMAND, compress, tag
from feedsvc.responses.response import Coding, Response

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

    def write_all(self, source: Source, items: Sequence[Item], edition: Edition) -> Iterator[WrittenPath]:
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
