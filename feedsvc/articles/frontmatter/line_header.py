"""A header without fences: lines like ``Title: x`` above the text, as Pelican, MultiMarkdown and mail have them.

Only their keys and values distinguish such lines from a story that begins with "Note:". reStructuredText's
``:title: x`` is read too, also below the title that it often follows.
"""

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from feedsvc.articles.frontmatter.dates import Calendar, DateError, parse_date
from feedsvc.articles.frontmatter.header import Entry, Header, field_of
from feedsvc.articles.frontmatter.related_links import is_address
from feedsvc.articles.frontmatter.visibility import keeps_from_feeds
from feedsvc.articles.problems import Notes

_COLON = r"[:\uff1a\ufe55]"
"""A colon, or the full-width one of Chinese and Japanese keyboards."""
_LINE = re.compile(rf":?([A-Za-z][A-Za-z0-9 _-]{{0,39}}){_COLON}(?!//)[ \t\u3000]*(.*)(?:\n|\Z)")
_MORE = re.compile(r"(?:[ ]{2,}|\t)[ \t]*(\S.*)(?:\n|\Z)")
_OPENING = re.compile(rf":?[A-Za-z][A-Za-z0-9 _-]{{0,39}}{_COLON}(?!//)")
_BELOW_TITLE = re.compile(r"[^\n]+\n([=#*~^-])\1{2,}[ \t]*\n[ \t\n]*(?=:[A-Za-z][A-Za-z0-9 _-]{0,39}:(?:\s|\Z))")
_FIELD = re.compile(r":([A-Za-z][A-Za-z0-9 _-]{0,39}):(?:[ \t]|$)", re.MULTILINE)
_UNDERLINE = re.compile(r"(=+|-{2,})[ \t]*(?:\n|\Z)")
_ALONE = frozenset({"title", "tags", "authors"})
"""Fields of which a single line is a header."""
_LINKS = frozenset({"external", "via", "related"})
"""Fields whose keys are words that begin many sentences; only with an address behind them are they keys."""
_ANY_ZONE = Calendar(ZoneInfo("UTC"))


def read_lines(text: str, at: int, notes: Notes, *, known_only: bool) -> tuple[Header, str] | None:
    """Read the lines that begin at ``text[at]``.

    Args:
        text: The whole file.
        at: Where its first word stands.
        notes: Takes the warnings.
        known_only: For plain text: every key has to mean a field, and the date has to be a date.

    Returns:
        The header and the rest of the text; None where there is none.
    """
    above = ""
    if not _OPENING.match(text, at):
        title = _BELOW_TITLE.match(text, at) if known_only else None
        if title is None:
            return None
        above, at = title[0], title.end()
    entries, end = _entries(text, at)
    hidden = any(keeps_from_feeds(entry) for entry in entries)
    if not hidden and not is_header(entries, known_only=known_only):
        return None
    line = _UNDERLINE.match(text, end)
    if line is not None:
        closes = line[1][0] == "-" and len(entries) > 1
        if not closes and not hidden:
            return None  # the last line is a heading, underlined
        end = line.end() if closes else end
    return Header.of(entries, "lines", notes), above + text[end:]


def _entries(text: str, at: int) -> tuple[list[Entry], int]:
    """The lines from ``at`` on, with those that continue one; and where they end."""
    entries: list[Entry] = []
    number = text.count("\n", 0, at) + 1
    while found := _LINE.match(text, at):
        parts, line = [(found[2] or "").strip()], number
        at, number = found.end(), number + 1
        while more := _MORE.match(text, at):
            parts.append(more[1].strip())
            at, number = more.end(), number + 1
        entries.append(Entry(found[1], "\n".join(filter(None, parts)), line))
    return entries, at


def opens_restructured(text: str) -> bool:
    """Whether plain text begins with a header of Pelican's in reStructuredText: fields, or a title and fields."""
    start = len(text) - len(text.lstrip())
    title = _BELOW_TITLE.match(text, start)
    field = _FIELD.match(text, title.end() if title else start)
    return field is not None and field_of(field[1]) is not None


def is_header(entries: Iterable[Entry], *, known_only: bool) -> bool:
    """Whether lines of keys and values are a header; with ``known_only`` every key must mean a field."""
    fields = [(field_of(entry.key), entry) for entry in entries]
    known = [(field, entry) for field, entry in fields if field is not None]
    if any(field in _LINKS and entry.value and not is_address(entry.value) for field, entry in known):
        return False
    if known_only and (
        len(known) < len(fields) or not all(_is_date(entry) for field, entry in known if field == "published")
    ):
        return False
    if len(known) != 1:
        return bool(known)
    field, entry = known[0]
    return field in _ALONE or (field == "published" and _is_date(entry))


def _is_date(entry: Entry) -> bool:
    try:
        parse_date(str(entry.value), _ANY_ZONE)
    except DateError:
        return False
    return True
