"""Provenance: which key, file or rule each value of an article comes from, in words for its author."""

from collections.abc import Iterator
from dataclasses import dataclass

from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.frontmatter.keys import HIDING
from feedsvc.articles.identity.paths import PathInfo
from feedsvc.articles.model import ReadArticle
from feedsvc.articles.record import Record

_BY_HEADER = ("expires", "tags", "aliases", "enclosures")
"""Fields that come from headers alone."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """The sources of an article; iterate over it for the source of each field."""

    header: Header
    path_info: PathInfo
    reading: ReadArticle
    record: Record
    before: Record | None
    """The record that the ledger had before."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Each field that has a value, and where the value comes from."""
        article = self.record.article
        yield "title", self._in_header("title") or self._title()
        yield "page", "the ledger" if self._keeps_page() else f"{self._folder()}, and {self._slug()}"
        yield (
            "id",
            self._in_header("id") or self._id(),
        )
        yield "published", self._published()
        yield "updated", self._in_header("updated") or "when its content last changed"
        yield "draft", self._draft()
        yield "summary", self._in_header("summary") or "the text"
        yield "authors", self._in_header("authors") or "the setting [site] author"
        named = "the file's name" if self.path_info.language else "the setting [site] language"
        yield "language", self._in_header("language") or named
        yield "image", self._in_header("image") or ("the text" if article.image else "there is none")
        for name in _BY_HEADER:
            if source := self._in_header(name):
                yield name, source

    def _in_header(self, *names: str) -> str:
        """The key and line in the header of the first of the fields; empty if the header has none of them."""
        for name in names:
            if (entry := self.header.first(name)) is not None:
                return f'"{entry.key}" in the header' + (f", line {entry.line}" if entry.line else "")
        return ""

    def _title(self) -> str:
        return "the file's name" if self.record.article.title == self.path_info.name else "the text"

    def _keeps_page(self) -> bool:
        return self.before is not None and self.before.settled and self.before.page == self.record.page

    def _folder(self) -> str:
        return f"the folder {self.path_info.folder}" if self.path_info.section else "the top folder"

    def _slug(self) -> str:
        if self.record.article.placed:
            return self._in_header("slug")
        return "the file's name" if self.path_info.slug else "its words"

    def _id(self) -> str:
        if self.before is not None:
            return "the ledger"
        is_random = self.record.id.startswith("urn:uuid:")
        return "given at random, since no base_url is set" if is_random else "made of the authority, date and page"

    def _published(self) -> str:
        if self.before is not None and self.before.settled:
            return "the ledger, where it was settled"
        if self.record.article.published is None:
            if self.reading.committed:
                return "its first commit"
            same = self.record.published == self.reading.modified
            return "the time of the file" if same else "when it was first seen"
        if self.path_info.published == self.record.article.published and not self._in_header("published"):
            return "the file's name or folders"
        elsewhere = ", ".join(self.record.article.held_by)
        return self._in_header("published", "slug") or elsewhere or "the file's name or folders"

    def _draft(self) -> str:
        if self.path_info.draft:
            return f"the folder {self.path_info.folder}"
        elsewhere = ", ".join(self.record.article.held_by) if self.record.article.draft else ""
        asked = (name for name, values in HIDING.items() if values.of_lists in {None, self.header.dialect})
        return self._in_header(*asked) or elsewhere or "no header hides it"
