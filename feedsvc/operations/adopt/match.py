"""Match the entries of an existing feed with the articles, and suggest a pattern of the old addresses."""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Literal, TypeVar
from urllib.parse import unquote, urlsplit

from feedsvc.articles.identity.matching import are_similar, sketch
from feedsvc.articles.identity.wanted_address import AddressRules, filled, placeholder_values
from feedsvc.articles.record import Record
from feedsvc.core.address_pattern import AddressPattern, read_pattern
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


_NAMES = (
    *("year", "month", "day", "section", "slug", "name", "title", "id", "categories", "category", "lower_name"),
    *("short_month", "short_day", "month_name", "month_abbreviation", "author", "language", "hour", "minute"),
)
"""Placeholders that may stand in a suggestion, the plainest first."""
_EDGE = re.compile(r"[/.?=-]|\Z")
_MOST_READINGS = 40
"""So many patterns are made of one address."""
_SAMPLE = 200
"""Patterns are made of so many addresses, and tried with all."""
_TRIED = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pattern, and how many of the old addresses it gives."""

    pattern: str
    fits: int
    of: int


def old_address(link: str, rules: AddressRules) -> str | None:
    """Where an entry's article was: its path below the base URL, or a URL where the articles are on another site.

    None for an address that cannot be the article's here: of another site, or one that a query names.
    """
    try:
        parts, own = urlsplit(link), urlsplit(rules.base_url)
    except ValueError:
        return None
    if rules.pattern is not None and rules.pattern.is_absolute:
        return link if parts.scheme in {"http", "https"} and parts.hostname else None
    if parts.hostname != own.hostname or parts.query or not f"{parts.path}/".startswith(f"{own.path}/"):
        return None
    path = unquote(parts.path[len(own.path) :])
    return path if path.startswith("/") and path.isprintable() else None


def suggest(adopted: Iterable[tuple[OldEntry, Record]], rules: AddressRules) -> Suggestion | None:
    """The pattern that gives most of the old addresses, if more than half and more than the one that is set.

    Args:
        adopted: The entries of the old feed with the records of their articles, as adopted.
        rules: The pattern that is set, if one is, and what patterns are filled from.
    """
    relative = replace(rules, pattern=None) if rules.pattern and not rules.pattern.is_absolute else rules
    known = [(old_address(entry.link, relative), record) for entry, record in adopted]
    there = [(path, record) for path, record in known if path is not None]
    made = Counter(
        text for path, record in there[:_SAMPLE] for text in islice(_patterns(path, record, rules), _MOST_READINGS)
    )
    # Of patterns that were made of as many addresses the plainest comes first.
    tried = list(filter(None, (_read(text) for text, _ in made.most_common(_TRIED))))
    best = max(((_fits(pattern, there, rules), -place) for place, pattern in enumerate(tried)), default=(0, 0))
    current = _fits(rules.pattern, there, rules) if rules.pattern else 0
    if best[0] <= current or 2 * best[0] <= len(there):
        return None
    return Suggestion(tried[-best[1]].text, best[0], len(there))


def _patterns(path: str, record: Record, rules: AddressRules) -> Iterator[str]:
    values = placeholder_values(record, rules)
    origin, path = _split(path)
    yield from (origin + text for text in _readings(path, {name: values[name] for name in _NAMES if values[name]}))


def _split(address: str) -> tuple[str, str]:
    """The part of an address that no placeholder stands for, and the rest."""
    if address.startswith("/"):
        return "/", address[1:]
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}/"
    return origin, unquote(address[len(origin) :])


def _readings(path: str, values: Mapping[str, str]) -> Iterator[str]:
    """Each way to read a path as placeholders and words, the one with the plainest placeholders first."""
    if not path:
        yield ""
        return
    for name, value in values.items():
        if path.startswith(value) and _EDGE.match(path, len(value)):
            rest = {other: each for other, each in values.items() if other != name}
            yield from (f"{{{name}}}{text}" for text in _readings(path[len(value) :], rest))
    end = _EDGE.search(path)
    length = max(end.end() if end else len(path), 1)
    yield from (path[:length] + text for text in _readings(path[length:], values))


def _read(text: str) -> AddressPattern | None:
    try:
        return read_pattern(text)
    except ValueError:
        return None


def _fits(pattern: AddressPattern, known: Sequence[tuple[str, Record]], rules: AddressRules) -> int:
    return sum(filled(pattern, record, rules) == path for path, record in known)
