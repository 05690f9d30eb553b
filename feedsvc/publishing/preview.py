"""A preview: how one article will come out, and why. It writes nothing."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from feedsvc.articles.article_file import header_of
from feedsvc.articles.collection import ReadArticle
from feedsvc.articles.collector import read_one
from feedsvc.articles.frontmatter.provenance import Provenance
from feedsvc.articles.identity.paths import read_path
from feedsvc.articles.identity.resolver import identify
from feedsvc.articles.model import Problem
from feedsvc.articles.policy.publication import release
from feedsvc.articles.reading.set_aside import Readers
from feedsvc.articles.record import Record
from feedsvc.channels.selection import select
from feedsvc.core.errors import DirectoryError
from feedsvc.documents.feeds.builder import build_entry
from feedsvc.documents.feeds.decoration import samples
from feedsvc.publishing.round import RoundOptions
from feedsvc.responses.edition import PublisherState
from feedsvc.store.report import state
from feedsvc.store.store import open_store
from feedsvc.store.url import sqlite_file

Told = str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that is known of an article."""

    name: str
    value: Told
    origin: str
    """Where it is from, in words."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How an article will come out."""

    path: str
    state: str
    """``published``, ``unlisted``, ``scheduled``, ``draft``, ``gone`` (it has expired), or ``set aside``."""
    values: tuple[Value, ...] = ()
    entries: Mapping[str, str] = field(default_factory=dict, hash=False)
    """As feeds tell it, by the name of the format."""
    problems: tuple[Problem, ...] = ()


def preview_file(plan: RoundOptions, store_url: str, file: Path, now: datetime, readers: Readers) -> Preview:
    """The preview of a file, with what the store knows of it, if there is a store.

    Raises:
        DirectoryError: The file is not in the articles directory, or that cannot be read.
        StoreError: There is a store, and it cannot be read.
    """
    try:
        path = file.resolve().relative_to(plan.directory.resolve()).as_posix()
    except ValueError as error:
        what = f"{file} is not in the articles directory {plan.directory}"
        raise DirectoryError(what, "name a file in it, or another directory with --articles") from error
    database = sqlite_file(store_url)
    if database is not None and not database.exists():
        return preview(plan, PublisherState(), path, now, str, readers=readers)
    with closing(open_store(store_url, make=False)) as store:
        return preview(plan, store.publisher.state(), path, now, store.publisher.body, readers=readers)


def preview(  # noqa: PLR0913 - all that a preview is made of
    plan: RoundOptions,
    memory: PublisherState,
    path: str,
    now: datetime,
    body: Callable[[str], str],
    *,
    readers: Readers,
) -> Preview:
    """Read one article and say what a round would make of it now.

    Args:
        plan: What a round goes by.
        memory: What the last round left; empty if there was none.
        path: The article, relative to the directory, with ``/``.
        now: Aware, in whole seconds.
        body: Gives the bodies that the store has.
        readers: Who reads it.

    Raises:
        DirectoryError: The directory is missing or cannot be read.
    """
    bodies: dict[str, str] = {}
    known = {record.article.path: record for record in memory.records.values() if record.present}
    gathering = read_one(plan.directory, path, known, plan.rules, bodies.__setitem__, readers=readers)
    identities = identify(
        memory.records,
        gathering,
        plan.authority,
        now,
        lambda digest: bodies.get(digest) or body(digest),
    )
    problems = (*gathering.problems, *identities.problems)
    record = _record(release(identities.records, now, identities.held).records, path)
    if record is None or not gathering.readings or record.id in identities.held:
        return Preview(path, "set aside", problems=problems)
    article = record.article
    (taken,) = gathering.readings
    channel = select(plan.site, [record], {record.id: record}).channels[0]
    markdown = bodies.get(article.markdown) if article.markdown else None
    entry = build_entry(plan.site, record, bodies[article.body], markdown)
    entries = samples(plan.site, channel, entry)
    return Preview(path, state(record), _values(plan, record, taken, memory), entries, problems)


def _record(records: Mapping[str, Record], path: str) -> Record | None:
    return next((each for each in records.values() if each.present and each.article.path == path), None)


def _values(plan: RoundOptions, record: Record, taken: ReadArticle, memory: PublisherState) -> tuple[Value, ...]:
    article = record.article
    origins = Provenance(
        header_of(plan.directory, article.path, plan.rules),
        read_path(article.path, plan.rules.calendar),
        taken,
        record,
        memory.records.get(record.id),
    )
    told: dict[str, Told] = {
        "title": article.title,
        "page": plan.site.url(record.page),
        "id": record.id,
        "published": _time(record.published),
        "updated": _time(record.updated),
        "draft": "yes" if article.draft else "no",
        "summary": article.summary,
        "authors": tuple(each.name for each in article.authors) or plan.site.author,
        "language": article.language or plan.site.language,
        "image": article.image.url if article.image else None,
        "expires": _time(article.expires) if article.expires else None,
        "tags": article.tags,
        "aliases": article.aliases,
        "enclosures": tuple(each.url for each in article.enclosures),
    }
    return tuple(Value(name, told[name], origin) for name, origin in origins)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
