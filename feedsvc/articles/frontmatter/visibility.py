"""Visibility: whether a header hides its article from everybody, or only from feeds and lists.

One value that hides the article is enough, and a value that is not understood sets the file aside: what was
published by mistake cannot be taken back. Which keys and values count is in :mod:`.keys`.
"""

from collections.abc import Iterator, Mapping

from feedsvc.articles.frontmatter.header import Header, HeaderEntry, fields_of, word
from feedsvc.articles.frontmatter.keys import HIDING, SPELLINGS, UNLISTING, VISIBILITY_FIELDS, HidingValues
from feedsvc.articles.problems import Notes

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
    return word(value) in words
