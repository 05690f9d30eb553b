"""A store of editions in memory, as far as an export reads it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from feedsvc.documents.model import FEED, GONE, LANDING_PAGE, NOT_FOUND, NOT_FOUND_PATH, PAGE, REDIRECT, Document
from feedsvc.operations.export.directory import ExportDirectory
from feedsvc.operations.export.edition import Exported, export
from feedsvc.operations.export.processes import ExportProcesses
from feedsvc.operations.export.writer import EditionMovedError, Item, StoredEdition, WriteOptions
from feedsvc.responses.answer import Policy, lifetimes
from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import NO_EDITION, Changes, Edition
from feedsvc.responses.response import Response

HTML = "text/html; charset=utf-8"
LONG = b"<p>The heron stands where it stood yesterday.</p>\n" * 40


def small_site(*more: Document, without: str = "") -> list[Document]:
    """A small site, with ``more`` in place of what has the same path."""
    documents = {
        each.path: each
        for each in (
            Document("/", LANDING_PAGE, HTML, LONG),
            Document("/news/heron", PAGE, HTML, LONG + b"heron"),
            Document("/rss.xml", FEED, "application/rss+xml; charset=utf-8", b"<rss>" + LONG),
            Document("/feed", REDIRECT, "", b"", location="https://example.org/rss.xml"),
            Document("/news/gull", GONE, HTML, LONG + b"gone"),
            Document(NOT_FOUND_PATH, NOT_FOUND, HTML, LONG + b"missing"),
            *more,
        )
    }
    return [each for path, each in documents.items() if path != without]


class Editions(StoredEdition):
    """Editions of a site, of which the newest can be read. Time is counted in editions."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.number = 0
        self.held: dict[str, tuple[int, Response]] = {}
        self.before_fetch: Callable[[], None] = lambda: None
        self.publish(documents)

    def publish(self, documents: Iterable[Document]) -> None:
        """Publish these, and nothing else."""
        self.number += 1
        before, self.held = self.held, {}
        for document in documents:
            fresh = prepare(document, "", 1_750_000_000 + self.number)
            kept = before.get(document.path)
            is_same = kept is not None and kept[1].digest == fresh.digest
            self.held[document.path] = kept if kept and is_same else (self.number, fresh)

    def changes(self, since: Edition) -> Changes:
        """All of it."""
        assert since == NO_EDITION
        there = [response for _, response in self.held.values()]
        stored = tuple(each.path for each in there if each.traits.prepared)
        rendered = tuple(each.path for each in there if not each.traits.prepared)
        return Changes(Edition(self.number, 0), (), stored, (), rendered)

    def responses(self, items: Sequence[Item], edition: Edition) -> Iterator[Response]:
        """What paths hold."""
        for item in items:
            self.before_fetch()
            assert edition.number <= self.number
            number, response = self.held.get(item.path, (self.number, None))
            if response is None or number > edition.number:
                raise EditionMovedError
            yield response

    def export(self, folder: Path, *, overwrite: bool = False, link: bool = False) -> Exported:
        """Export the newest edition; the articles directory is beside the folder."""
        options = WriteOptions(folder.parent / "articles", lifetimes(Policy(60), 0, None), link)
        with ExportDirectory(folder, overwrite=overwrite) as tree:
            return export(ExportProcesses("", self, tree, options), lambda _done, _all: None)


def contents(folder: Path) -> dict[str, bytes]:
    """All files of an export but its own memory, by path."""
    files = (file for file in folder.rglob("*") if file.is_file() and ".feedsvc" not in file.parts)
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}
