"""One article as ``feedsvc show`` shows it: as a round would publish it, with the origin of each value.

Nothing is written.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from feedsvc.articles.article_file import header_of
from feedsvc.articles.collector import read_one
from feedsvc.articles.frontmatter.provenance import Provenance
from feedsvc.articles.identity.paths import read_path
from feedsvc.articles.identity.resolver import identify
from feedsvc.articles.model import Problem, ReadArticle
from feedsvc.articles.reading.session import Readers
from feedsvc.articles.record import Record, release
from feedsvc.channels.selection import select
from feedsvc.channels.site import Site
from feedsvc.core.errors import DirectoryError
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
        path = file.resolve().relative_to(options.directory.resolve()).as_posix()
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
    origins = Provenance(
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
