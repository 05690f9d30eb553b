"""Match the entries of an existing feed with the articles."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeVar
from urllib.parse import unquote, urlsplit

from feedsvc.articles.identity.matching import are_similar, sketch
from feedsvc.articles.record import Record
from feedsvc.operations.adopt.parse import OldEntry

By = Literal["id", "link", "name", "title and date", "content"]
"""The property by which they match: the id, the address, its last part, title and day, or the content."""

_FILE = re.compile(r"(/index)?\.(html?|php|aspx?|md)$", re.IGNORECASE)
_DAY = timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, and the record of its article."""

    entry: OldEntry
    record: Record
    by: By


@dataclass(frozen=True, slots=True)
class Matches:
    """The matches, and the entries and articles without a match."""

    found: tuple[Match, ...]
    entries: tuple[OldEntry, ...]
    """Entries without an article."""
    records: tuple[Record, ...]
    """Articles without an entry; their subscribers will see them as new."""


def match(entries: Sequence[OldEntry], records: Iterable[Record], body: Callable[[str], str]) -> Matches:
    """Find the article of each entry, by the strongest sign first; a sign that two share counts for neither.

    Args:
        entries: The entries of the old feed.
        records: The ledger; only articles whose files are there take part.
        body: Gives the clean HTML of an article by its digest.
    """
    matching = _Matching(entries, records)
    matching.by("id", lambda entry: [entry.id], lambda record: [record.id])
    matching.by("link", lambda entry: _link(entry.link), _pages)
    matching.by("name", lambda entry: _names(_link(entry.link)), lambda record: _names(_pages(record)))
    matching.by("title and date", _titles_of_entry, _titles_of_record)
    matching.by_content(body)
    return Matches(
        tuple(sorted(matching.found, key=lambda match: match.record.article.path)),
        tuple(matching.entries.values()),
        tuple(sorted(matching.records.values(), key=lambda record: record.article.path)),
    )


class _Matching:
    """The matches found so far, and the entries and articles that are still without one."""

    def __init__(self, entries: Sequence[OldEntry], records: Iterable[Record]) -> None:
        self.entries: dict[str, OldEntry] = {entry.id: entry for entry in entries}
        self.records = {record.id: record for record in records if record.present}
        self.found: list[Match] = []

    def by(
        self,
        by: By,
        of_entry: Callable[[OldEntry], Iterable[Hashable]],
        of_record: Callable[[Record], Iterable[Hashable]],
    ) -> None:
        entries, records = _only(self.entries, of_entry), _only(self.records, of_record)
        for sign, entry_id in entries.items():
            record_id = records.get(sign)
            if record_id in self.records and entry_id in self.entries:
                self._match(entry_id, record_id, by)

    def by_content(self, body: Callable[[str], str]) -> None:
        old = {key: sketch(entry.content) for key, entry in self.entries.items()}
        new = {key: sketch(body(record.article.body)) for key, record in self.records.items()}
        for entry_id, record_id in are_similar(old, new):
            if record_id in self.records and entry_id in self.entries:
                self._match(entry_id, record_id, "content")

    def _match(self, entry_id: str, record_id: str, by: By) -> None:
        self.found.append(Match(self.entries.pop(entry_id), self.records.pop(record_id), by))


def _only(things: Mapping[str, T], signs: Callable[[T], Iterable[Hashable]]) -> dict[Hashable, str]:
    """Each sign that exactly one item has, with the key of that item."""
    owners: dict[Hashable, set[str]] = {}
    for key, thing in things.items():
        for sign in signs(thing):
            owners.setdefault(sign, set()).add(key)
    return {sign: next(iter(keys)) for sign, keys in owners.items() if len(keys) == 1}


def _link(link: str) -> Iterator[str]:
    """The path of an address without a final slash and without the suffix of a file."""
    try:
        path = unquote(urlsplit(link).path)
    except ValueError:
        return
    path = _FILE.sub("", path).rstrip("/").casefold()
    if path:
        yield path


def _pages(record: Record) -> set[str]:
    article = record.article
    pages = (record.page, *record.former_pages, *article.aliases, *article.declared_addresses)
    return {path for page in pages for path in _link(page)}


def _names(paths: Iterable[str]) -> set[str]:
    """The last parts of paths, without a date before them; one of digits alone is a number and no name."""
    names = {re.sub(r"^\d{4}-\d{2}-\d{2}-", "", path.rpartition("/")[2]) for path in paths}
    return {name for name in names if not name.isdigit()}


def _titles_of_entry(entry: OldEntry) -> Iterator[Hashable]:
    """Title and day, and the days beside it: the old platform's day may have been another time zone's."""
    if entry.title and entry.published:
        for days in (-1, 0, 1):
            yield _title(entry.title), (entry.published + days * _DAY).date()


def _titles_of_record(record: Record) -> Iterator[Hashable]:
    yield _title(record.article.title), record.published.date()


def _title(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
