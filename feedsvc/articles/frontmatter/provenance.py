"""Origins: where each value of an article is from, in words that its author can act on."""

from collections.abc import Iterator
from dataclasses import dataclass

from feedsvc.articles.collection import ReadArticle
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.frontmatter.keys import HIDING
from feedsvc.articles.identity.paths import PathInfo
from feedsvc.articles.record import Record

_BY_HEADER = ("expires", "tags", "aliases", "enclosures")
"""Fields that nothing but a header tells."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What an article was made of, to be asked field by field."""

    header: Header
    place: PathInfo
    reading: ReadArticle
    record: Record
    before: Record | None
    """What the ledger knew of it."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Each field that has a value, and where it is from."""
        article = self.record.article
        yield "title", self._told("title") or self._title()
        yield "page", "the ledger" if self._keeps_page() else f"{self._folder()}, and {self._slug()}"
        yield "id", self._told("id") or ("the ledger" if self.before else "made of the authority, date and page")
        yield "published", self._published()
        yield "updated", self._told("updated") or "when its meaning last changed"
        yield "draft", self._draft()
        yield "summary", self._told("summary") or "the text"
        yield "authors", self._told("authors") or "the setting author"
        named = "the file's name" if self.place.language else "the setting language"
        yield "language", self._told("language") or named
        yield "image", self._told("image") or ("the text" if article.image else "nothing names one")
        for name in _BY_HEADER:
            if told := self._told(name):
                yield name, told

    def _told(self, *names: str) -> str:
        """The key and line of the header that tell one of the fields; empty if it does not."""
        for name in names:
            if (entry := self.header.first(name)) is not None:
                return f'"{entry.key}" in the header' + (f", line {entry.line}" if entry.line else "")
        return ""

    def _title(self) -> str:
        return "the file's name" if self.record.article.title == self.place.name else "the text"

    def _keeps_page(self) -> bool:
        return self.before is not None and self.before.settled and self.before.page == self.record.page

    def _folder(self) -> str:
        return f"the folder {self.place.folder}" if self.place.section else "the top folder"

    def _slug(self) -> str:
        if self.record.article.placed:
            return self._told("slug")
        return "the file's name" if self.place.slug else "its words"

    def _published(self) -> str:
        if self.before is not None and self.before.settled:
            return "the ledger, where it was settled"
        if self.record.article.published is None:
            if self.reading.committed:
                return "its first commit"
            same = self.record.published == self.reading.modified
            return "the time of the file" if same else "when it was first seen"
        if self.place.published == self.record.article.published and not self._told("published"):
            return "the file's name or folders"
        elsewhere = ", ".join(self.record.article.held_by)
        return self._told("published", "slug") or elsewhere or "the file's name or folders"

    def _draft(self) -> str:
        if self.place.draft:
            return f"the folder {self.place.folder}"
        elsewhere = ", ".join(self.record.article.held_by) if self.record.article.draft else ""
        return self._told(*HIDING) or elsewhere or "nothing says so"
