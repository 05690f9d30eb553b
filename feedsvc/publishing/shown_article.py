"""One article as ``feedsvc show`` shows it: as a round would publish it, with the origin of each value.

Nothing is written.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from feedsvc.articles.article_file import header_of
from feedsvc.articles.collector import read_one
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.frontmatter.keys import HIDING
from feedsvc.articles.identity.paths import PathInfo, read_path
from feedsvc.articles.identity.resolver import identify
from feedsvc.articles.model import Problem, ReadArticle
from feedsvc.articles.reading.session import Readers
from feedsvc.articles.record import Record, release
from feedsvc.channels.selection import select
from feedsvc.channels.site import Site
from feedsvc.core.errors import DirectoryError
from feedsvc.core.open_beneath import real_path
from feedsvc.documents.feeds.channel_feeds import samples
from feedsvc.documents.feeds.entries import build_entry
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.site_index import state as state_of
from feedsvc.responses.edition import PublisherState
from feedsvc.store.engine import sqlite_file
from feedsvc.store.store import open_store

Shown = str | tuple[str, ...] | None
"""A value of an article as text; None where it has none."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an article, such as its title, and its origin."""

    name: str
    value: Shown
    origin: str
    """The origin in words, such as a key of the header, git, or the ledger."""


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """One article as a round would publish it."""

    path: str
    state: str
    """``published``, ``unlisted``, ``scheduled``, ``draft``, ``gone`` (it has expired), or ``set aside``."""
    values: tuple[Value, ...] = ()
    entries: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The entry of the article as text, by the name of the feed format."""
    problems: tuple[Problem, ...] = ()


def show_file(options: RoundOptions, store_url: str, file: Path, now: datetime, readers: Readers) -> ShownArticle:
    """Read the article in a file, with the ledger of the store if there is a store.

    Raises:
        DirectoryError: The file is not in the articles directory, or that cannot be read.
        StoreError: There is a store, and it cannot be read.
    """
    try:
        path = real_path(file).relative_to(real_path(options.directory)).as_posix()
    except ValueError as error:
        what = f"{file} is not in the articles directory {options.directory}"
        raise DirectoryError(what, "name a file in it, or another directory with --articles") from error
    database = sqlite_file(store_url)
    if database is not None and not database.exists():
        return show_article(options, PublisherState(), path, now, str, readers=readers)
    with closing(open_store(store_url, make=False)) as store:
        return show_article(options, store.publisher.state(), path, now, store.publisher.body, readers=readers)


def show_article(  # noqa: PLR0913 - all that a round would know of it
    options: RoundOptions,
    state: PublisherState,
    path: str,
    now: datetime,
    body: Callable[[str], str],
    *,
    readers: Readers,
) -> ShownArticle:
    """Read one article as the next round would.

    Args:
        options: What a round publishes, and how.
        state: The state that the last round left; empty if there was none.
        path: The path of the article, relative to the directory, with ``/``.
        now: The moment of that round: aware, in whole seconds.
        body: Returns a body from the store by its digest.
        readers: The processes that read the file.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
    """
    bodies: dict[str, str] = {}
    known = {record.article.path: record for record in state.records.values() if record.present}
    collection = read_one(options.directory, path, known, options.rules, bodies.__setitem__, readers=readers)
    identities = identify(
        state.records,
        collection,
        options.authority,
        now,
        lambda digest: bodies.get(digest) or body(digest),
        addresses=options.addresses,
    )
    problems = (*collection.problems, *identities.problems)
    record = _record(release(identities.records, now, identities.held).records, path)
    if record is None or not collection.readings or record.id in identities.held:
        return ShownArticle(path, "set aside", problems=problems)
    entries = _entries(options.site, record, bodies)
    values = _values(options, record, collection.readings[0], state)
    return ShownArticle(path, state_of(record), values, entries, problems)


def _entries(site: Site, record: Record, bodies: Mapping[str, str]) -> Mapping[str, str]:
    """The entry of the article in each feed format."""
    article = record.article
    channel = select(site, [record]).channels[0]
    markdown = bodies.get(article.markdown) if article.markdown else None
    return samples(site, channel, build_entry(site, record, bodies[article.body], markdown))


def _record(records: Mapping[str, Record], path: str) -> Record | None:
    return next((each for each in records.values() if each.present and each.article.path == path), None)


def _values(options: RoundOptions, record: Record, read: ReadArticle, state: PublisherState) -> tuple[Value, ...]:
    article = record.article
    origins = _Origins(
        header_of(options.directory, article.path, options.rules),
        read_path(article.path, options.rules.calendar),
        read,
        record,
        state.records.get(record.id),
    )
    shown: dict[str, Shown] = {
        "title": article.title,
        "page": options.site.page_url(record.page),
        "id": record.id,
        "published": _time(record.published),
        "updated": _time(record.updated),
        "draft": "yes" if article.draft else "no",
        "summary": article.summary,
        "authors": tuple(each.name for each in article.authors) or options.site.author,
        "language": article.language or options.site.language,
        "image": article.image.url if article.image else None,
        "expires": _time(article.expires) if article.expires else None,
        "tags": article.tags,
        "aliases": article.aliases,
        "enclosures": tuple(each.url for each in article.enclosures),
    }
    return tuple(Value(name, shown[name], origin) for name, origin in origins)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


_BY_HEADER = ("expires", "tags", "aliases", "enclosures")
"""Fields that come from headers alone."""


@dataclass(frozen=True, slots=True)
class _Origins:
    """The key, file or rule from which each value of an article comes, in words for its author."""

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
        yield "id", self._in_header("id") or self._id()
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
