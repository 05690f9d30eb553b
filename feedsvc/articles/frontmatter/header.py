"""The header of an article: its keys and values, the field that each means, and whether they hide the article.

One value that hides the article is enough, and a value that is not understood sets the file aside: what was
published by mistake cannot be taken back. Which keys and values count is in :mod:`.keys`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import Literal, TypeAlias

from feedsvc.articles.frontmatter.keys import (
    HIDING,
    NO,
    SPELLINGS,
    UNLISTING,
    VISIBILITY_FIELDS,
    YES,
    HidingValues,
)
from feedsvc.articles.problems import Notes

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
"""Scalars stay the strings that the file writes; each field interprets them in its own way."""

_OF_ANYTHING = frozenset({"length", "bytes", "filesize", "duration"})
"""Keys about a recording, which do not show that a text is a header: a book has a length too."""
_FIELDS = {
    key: name for name, keys in reversed(tuple(SPELLINGS.items())) for key in keys if key not in _OF_ANYTHING
}
_FIELDS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {key: tuple(name for name, keys in SPELLINGS.items() if key in keys) for key in chain(*SPELLINGS.values())}
)
"""Key to the fields that it may mean, the first in the order of the table."""
_NOISE = re.compile(r"[-_\s]")
_ADDRESS = re.compile(r"https?://[^\s/?#]\S*|\.{0,2}/.*", re.IGNORECASE)
"""A page elsewhere, or a path; a bare word may be the name of anything."""


def pick(value: Value, *keys: str) -> str | None:
    """The text itself, or the first text that a mapping has under one of ``keys``; None where it is blank."""
    found = next((value[key] for key in keys if value.get(key)), None) if isinstance(value, dict) else value
    return found.strip() or None if isinstance(found, str) else None


Dialect: TypeAlias = Literal["yaml", "toml", "json", "lines", "comment", "document"]
"""The syntax of a header; a list that is written as one text is split differently in each."""


def spelling(key: str) -> str:
    """The key without case, dashes and underscores: ``last_modified_at`` and ``lastModifiedAt`` are one."""
    return key.lower() if key.isalnum() else _NOISE.sub("", key).lower()


def word(value: Value) -> str | None:
    """The value in lower case; None where it is no text."""
    return value.strip().lower() if isinstance(value, str) else None


def is_address(text: Value) -> bool:
    """Whether a header's value can be such a link: an ``http`` or ``https`` URL, or a path such as ``../a``."""
    return isinstance(text, str) and _ADDRESS.fullmatch(text.strip()) is not None


def fields_of(key: str) -> tuple[str, ...]:
    """All fields that ``key`` may mean: ``published`` is a date, or says whether the article is public."""
    return _FIELDS_OF.get(spelling(key), ())


def field_of(key: str) -> str | None:
    """The field that ``key`` means in any of its spellings; None for a key that feedsvc does not use."""
    return _FIELDS.get(spelling(key))


@dataclass(frozen=True, slots=True)
class HeaderEntry:
    """One key of a header and its value."""

    key: str
    value: Value
    line: int | None
    """Counted from 1 in the whole file."""


def field_meant(entry: HeaderEntry) -> str | None:
    """The field that the entry means; of a key that may mean several, the value decides.

    ``published: 2026-05-01`` is a date, ``published: no`` says whether the article is public.
    """
    if word(entry.value) in YES | NO:
        return next(filter(VISIBILITY_FIELDS.__contains__, fields_of(entry.key)), field_of(entry.key))
    return field_of(entry.key)


@dataclass(frozen=True, slots=True)
class Header:
    """The entries above an article, in their order in the file."""

    entries: Mapping[str, HeaderEntry] = field(default_factory=dict)
    """By spelling (:func:`spelling`)."""
    dialect: Dialect = "yaml"
    _by_field: dict[str, tuple[HeaderEntry, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """Field to its entries with a value; filled at the first question, of which each article has forty."""

    @classmethod
    def of(cls, entries: Iterable[HeaderEntry], dialect: Dialect, notes: Notes) -> "Header":
        """A header of ``entries`` in the order of the file; the last one of a key counts, with a warning."""
        found: dict[str, HeaderEntry] = {}
        for entry in entries:
            name = spelling(entry.key)
            if name in found:
                notes.warn(
                    entry.line,
                    f'"{entry.key}" stands twice in the header; this one counts',
                    "remove one of the two",
                )
            found[name] = entry
        return cls(found, dialect)

    def all(self, name: str) -> Iterator[HeaderEntry]:
        """The entries of the field ``name`` with a value, the one that counts most first."""
        return iter((self._by_field or self._sorted()).get(name, ()))

    def first(self, name: str) -> HeaderEntry | None:
        """The entry that counts for the field ``name``."""
        found = (self._by_field or self._sorted()).get(name)
        return found[0] if found else None

    def line_of(self, name: str) -> int | None:
        """The line of the entry that counts for the field ``name``."""
        entry = self.first(name)
        return entry.line if entry else None

    def has_any(self, names: AbstractSet[str]) -> bool:
        """Whether any of the fields ``names`` has a value."""
        return not names.isdisjoint(self._by_field or self._sorted())

    def _sorted(self) -> Mapping[str, tuple[HeaderEntry, ...]]:
        for each in {each for key in self.entries for each in _FIELDS_OF.get(key, ())}:
            entries = filter(None, map(self.entries.get, SPELLINGS[each]))
            if found := tuple(entry for entry in entries if entry.value not in ("", [], {})):
                self._by_field[each] = found
        return self._by_field

    def over(self, other: "Header") -> "Header":
        """This header, with the fields that only ``other`` has."""
        own = {field_meant(entry) for entry in self.entries.values()}
        added = {key: entry for key, entry in other.entries.items() if field_meant(entry) not in own}
        return Header({**added, **self.entries}, self.dialect)


_KEYS = frozenset(key for name in VISIBILITY_FIELDS for key in SPELLINGS[name])


def is_draft(header: Header, notes: Notes, *, dated: bool) -> bool:
    """Whether any key of the header keeps the article from being published.

    Args:
        header: As it was written.
        notes: Names the file.
        dated: Whether the header gives a date, for which a scheduled article waits.

    Raises:
        Unreadable: A value about publication is not understood.
    """
    if header.dialect != "comment" and _KEYS.isdisjoint(header.entries):
        return False
    found = [_hides(entry, values, notes, dated=dated) for entry, values in _asked(header, HIDING)]
    return any(found)  # of all, since a later one may have a value that is not understood


def is_unlisted(header: Header, notes: Notes) -> bool:
    """Whether the article has a page, and stands in no feed and no list.

    Raises:
        Unreadable: A value of a key that keeps articles out of lists is not understood.
    """
    if _KEYS.isdisjoint(header.entries):
        return False
    asked = [(entry, values) for entry, values in _asked(header, UNLISTING) if entry.value not in ("", [], {})]
    found = [_hides(entry, values, notes, dated=True) for entry, values in asked]
    return any(found)


def hides_article(entry: HeaderEntry, *, whole_section: bool = False) -> bool:
    """Whether the entry by itself says, in known words, that nobody may see the article.

    With ``whole_section`` it is an entry of a section's page, and may hide all articles below.
    """
    asked = (each for each in _values_of(entry, HIDING) if each.whole_section or not whole_section)
    return any(_is_among(each.hide, entry, each) for each in asked if each.of_lists is None)


def keeps_from_feeds(entry: HeaderEntry) -> bool:
    """Whether the entry by itself says, in known words, that the article is hidden, waits or stands in no list."""
    asked = (each for each in _values_of(entry, HIDING, UNLISTING) if each.of_lists is None)
    return any(_is_among(each.hide | each.hide_undated, entry, each) for each in asked)


def is_marked(entry: HeaderEntry) -> bool:
    """Whether the entry is a list of tags with one of Nikola's marks for what is not public."""
    return any(_is_among(each.hide, entry, each) for each in _values_of(entry, HIDING) if each.of_lists)


def _asked(header: Header, table: Mapping[str, HidingValues]) -> Iterator[tuple[HeaderEntry, HidingValues]]:
    """The entries of the header that the table asks, empty ones among them, each with the values that count."""
    for name, values in table.items():
        if values.of_lists in {None, header.dialect}:
            yield from ((header.entries[key], values) for key in SPELLINGS[name] if key in header.entries)


def _values_of(entry: HeaderEntry, *tables: Mapping[str, HidingValues]) -> Iterator[HidingValues]:
    return (table[name] for table in tables for name in fields_of(entry.key) if name in table)


def _hides(entry: HeaderEntry, values: HidingValues, notes: Notes, *, dated: bool) -> bool:
    understood = None if values.others is None else values.hide | values.hide_undated | values.others
    if understood is not None and not _is_among(understood, entry, values):
        raise notes.unreadable(entry.line, f'"{entry.key}" has a value that is not understood', values.remedy)
    return _is_among(values.hide if dated else values.hide | values.hide_undated, entry, values)


def _is_among(words: frozenset[str], entry: HeaderEntry, values: HidingValues) -> bool:
    value = entry.value
    if values.part is not None:
        value = value.get(values.part, []) if isinstance(value, dict) else []
    if values.of_lists:
        return isinstance(value, str) and not words.isdisjoint(each.strip().lower() for each in value.split(","))
    if isinstance(value, list) and values.others is None:
        return any(word(each) in words for each in value)
    return word(value) in words
