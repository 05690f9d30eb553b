"""Loosely written headers: lines of keys without fences, and fences or colons that are nearly right.

Pelican, MultiMarkdown and mail write lines like ``Title: x`` above the text. Only their keys and values
distinguish such lines from a story that begins with "Note:". reStructuredText's ``:title: x`` is read too, also
below the title that it often follows, and so is Logseq's ``title:: x``. Below a heading of Markdown such lines are
text, except in a file that is named as Notion names its exports.

A phone turns ``---`` into ``—-``, a Chinese keyboard writes ``：``, a paste puts a blank before each line. The
author meant a header, so it is read as one where its keys and values are clear, and sets the file aside where they
are not. A story that begins with a line of dashes keeps every word, since its lines have no keys that mean a
field.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from feedsvc.articles.frontmatter.dates import Calendar, DateError, parse_date
from feedsvc.articles.frontmatter.header import Header, HeaderEntry, field_of, is_address, keeps_from_feeds
from feedsvc.articles.frontmatter.keys import AMBIGUOUS
from feedsvc.articles.frontmatter.typed_header import looks_like_toml, read_toml
from feedsvc.articles.frontmatter.yaml_header import read_yaml
from feedsvc.articles.problems import Notes

_COLON = r"[:\uff1a\ufe55]"
"""A colon, or the full-width one of Chinese and Japanese keyboards."""
_LINE = re.compile(rf":?([A-Za-z][A-Za-z0-9 _-]{{0,39}}){_COLON}:?(?!//)[ \t\u3000]*(.*)(?:\n|\Z)")
_MORE = re.compile(r"(?:[ ]{2,}|\t)[ \t]*(\S.*)(?:\n|\Z)")
_OPENING = re.compile(rf":?[A-Za-z][A-Za-z0-9 _-]{{0,39}}{_COLON}(?!//)")
_BELOW_TITLE = re.compile(r"[^\n]+\n([=#*~^-])\1{2,}[ \t]*\n[ \t\n]*(?=:[A-Za-z][A-Za-z0-9 _-]{0,39}:(?:\s|\Z))")
_BELOW_HEADING = re.compile(rf"#[ \t]+[^\n]+\n\s*\n(?=[A-Za-z][A-Za-z0-9 _-]{{0,39}}{_COLON}[ \t])")
_OF_NOTION = re.compile(r"[ -][0-9a-f]{32}\.\w+\Z")
"""How the names of files end that Notion exports; in any other file, lines below a heading are text."""
_FIELD = re.compile(r":([A-Za-z][A-Za-z0-9 _-]{0,39}):(?:[ \t]|$)", re.MULTILINE)
_UNDERLINE = re.compile(r"(=+|-{2,})[ \t]*(?:\n|\Z)")
_DATES = frozenset({"published", "updated", "expires"})
_FEWEST = 2
"""How many lines there are at least in a header below a heading, as Notion exports one."""
_ALONE = frozenset({"title", "tags", "authors"})
"""Fields of which a single line is a header."""
_LINKS = frozenset({"external", "via", "related"})
"""Fields whose keys are words that begin many sentences; only with an address behind them are they keys."""
_ANY_ZONE = Calendar(ZoneInfo("UTC"))
_BLANK = "[ \\t\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]"
"""Blanks of every width, none of which ends a line."""
_BLANKS = " \t\u00a0\u200b\u2060\u3000\ufeff"
_DASH = "\\-\u00ad\u2010-\u2015\u2212\u2500\u2501\u2e3a\u2e3b\u30fc\ufe58\ufe63\uff0d"
"""Hyphens, dashes, and what keyboards write in their place."""
_FENCE = (
    rf"[{_DASH}](?:{_BLANK}*[{_DASH}])+|[\u2013-\u2015\u2500\u2501\u2e3a\u2e3b]"
    r"|[+\uff0b]{3,}|[;\uff1b]{3,}|={3,}|\*{3,}|_{3,}"
)
_OPENING_FENCE = re.compile(rf"({_BLANK}*)({_FENCE})([^\n]*)\n")
_TAIL = re.compile(r"[A-Za-z]*|#.*")
"""Text that may follow the first fence: the name of a language, or a comment."""
_ANY_COLON = "[:\uff1a\ufe55\ufe13\u2236]"
_KEY_AND_VALUE = re.compile(
    rf"^(?P<indent>{_BLANK}*)[\"'“”]?(?P<key>[A-Za-z_][\w.-]*)[\"'“”]?{_BLANK}*"
    rf"(?P<sign>{_ANY_COLON}|[=\uff1d])(?P<gap>{_BLANK}*)(?P<value>[^\n]*)$",
    re.MULTILINE,
)
_BANNER = frozenset("=*_")
"""Signs of fences between which a title alone is a heading of plain text."""
_LONGEST_HEADER = 20_000
"""In characters; how far below its first line a header may end."""


def read_lines(text: str, at: int, notes: Notes, *, known_only: bool) -> tuple[Header, str] | None:
    """Read the lines that begin at ``text[at]``.

    Args:
        text: The whole file.
        at: Where its first word stands.
        notes: Takes the warnings, and names the file.
        known_only: For plain text: every key has to mean a field, and the date has to be a date.

    Returns:
        The header and the rest of the text; None where there is none.
    """
    above = ""
    if not _OPENING.match(text, at):
        if not known_only and not _OF_NOTION.search(notes.path):
            return None
        title = (_BELOW_TITLE if known_only else _BELOW_HEADING).match(text, at)
        if title is None:
            return None
        above, at = title[0], title.end()
    entries, end = _entries(text, at)
    if above and not known_only and not _is_below_heading(entries, text[end : end + 1]):
        return None
    of_text = known_only and text[at] != ":"
    hidden = any(keeps_from_feeds(each) and not (of_text and field_of(each.key) in AMBIGUOUS) for each in entries)
    if not hidden and not _is_header(entries, known_only=known_only):
        return None
    line = _UNDERLINE.match(text, end)
    if line is not None:
        closes = line[1][0] == "-" and len(entries) > 1
        if not closes and not hidden:
            return None  # the last line is a heading, underlined
        end = line.end() if closes else end
    return Header.of(entries, "lines", notes), above + text[end:]


def _is_below_heading(entries: Sequence[HeaderEntry], behind: str) -> bool:
    """Whether lines below a heading are a header of Notion's, and no sentences that begin so."""
    dates = (entry for entry in entries if field_of(entry.key) in _DATES)
    return len(entries) >= _FEWEST and behind in {"", "\n"} and all(map(_is_date, dates))


def _entries(text: str, at: int) -> tuple[list[HeaderEntry], int]:
    """The lines from ``at`` on, with those that continue one; and where they end."""
    entries: list[HeaderEntry] = []
    number = text.count("\n", 0, at) + 1
    while found := _LINE.match(text, at):
        parts, line = [(found[2] or "").strip()], number
        at, number = found.end(), number + 1
        while more := _MORE.match(text, at):
            parts.append(more[1].strip())
            at, number = more.end(), number + 1
        entries.append(HeaderEntry(found[1], "\n".join(filter(None, parts)), line))
    return entries, at


def opens_restructured(text: str) -> bool:
    """Whether plain text begins with a header of Pelican's in reStructuredText: fields, or a title and fields."""
    start = len(text) - len(text.lstrip())
    title = _BELOW_TITLE.match(text, start)
    field = _FIELD.match(text, title.end() if title else start)
    return field is not None and field_of(field[1]) is not None


def _is_header(entries: Iterable[HeaderEntry], *, known_only: bool) -> bool:
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


def _is_date(entry: HeaderEntry) -> bool:
    try:
        parse_date(str(entry.value), _ANY_ZONE)
    except DateError:
        return False
    return True


def opens_nearly(text: str, at: int) -> bool:
    """Whether the line that begins at ``text[at]`` could be meant as the first fence of a header."""
    return _opening(text, at) is not None


def ends_nearly(text: str, start: int, end: int | None) -> bool:
    """Whether a line that could be meant as a closing fence stands between ``start`` and ``end`` of ``text``."""
    return _closing("").search(text, start, start + _LONGEST_HEADER if end is None else end) is not None


def read_near_miss(text: str, at: int, notes: Notes) -> tuple[Header, str] | None:
    """Read a header whose fences or colons are nearly right.

    Args:
        text: The whole file.
        at: The beginning of the line in which the first fence may stand.
        notes: Takes a warning where a header is read.

    Returns:
        The header and the rest of the text; None where it is no header.

    Raises:
        Unreadable: It is a header, but its keys and values, or its end, are not clear.
    """
    opening = _opening(text, at)
    if opening is None:
        return None
    indent = opening[1].lstrip("\u200b\ufeff")
    closing = _closing(indent).search(text, opening.end(), opening.end() + _LONGEST_HEADER)
    above = text.count("\n", 0, opening.end())
    block = text[opening.end() : closing.start() if closing else opening.end() + _LONGEST_HEADER]
    if closing is None:
        block = block.partition("\n\n")[0]
    if not _is_meant(block, above, opening[2][0]):
        return None
    if closing is None:
        remedy = "write a line --- above the header and one below it"
        raise notes.unreadable(above, "the header begins here and is never closed", remedy)
    header = _read(block, indent, above, notes)
    what = "the lines around the header, or its colons, are nearly right; it was read as a header all the same"
    notes.warn(above, what, "write three plain hyphens (---) above and below it, and plain colons")
    return header, text[closing.end() :]


def _opening(text: str, at: int) -> re.Match[str] | None:
    found = _OPENING_FENCE.match(text, at)
    return found if found and _TAIL.fullmatch(found[3].strip(_BLANKS)) else None


def _closing(indent: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{re.escape(indent)})?(?:{_FENCE}|\.\.\.){_BLANK}*(?:\n|\Z)", re.MULTILINE)


def _is_meant(block: str, above: int, sign: str) -> bool:
    """Whether the block begins with keys, and what they say makes it a header."""
    first = next((line for line in block.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    if not _KEY_AND_VALUE.match(first):
        return False
    entries = list(_keys_and_values(block, above))
    if any(keeps_from_feeds(entry) for entry in entries):
        return True
    return _is_header(entries, known_only=False) and (sign not in _BANNER or len(entries) > 1)


def _keys_and_values(block: str, above: int) -> Iterator[HeaderEntry]:
    for found in _KEY_AND_VALUE.finditer(block):
        line = above + 1 + block.count("\n", 0, found.start())
        yield HeaderEntry(found["key"], found["value"].strip().strip("\"'“”‘’"), line)


def _read(block: str, indent: str, above: int, notes: Notes) -> Header:
    lines = "\n".join(line.removeprefix(indent) for line in block.split("\n"))
    plain = _KEY_AND_VALUE.sub(_plain_key, lines)
    header = (
        read_toml(plain, above, notes) if _is_toml(plain) else read_yaml(plain, above, notes, known_only=False)
    )
    if header is None:
        raise notes.unreadable(above, "the header is no list of keys and values", "write it like draft: true")
    return header


def _is_toml(block: str) -> bool:
    found = _KEY_AND_VALUE.search(block)
    return found is not None and found["sign"] == "=" and looks_like_toml(block)


def _plain_key(found: re.Match[str]) -> str:
    """The line with the colon and the blank that YAML asks for; a line that nothing is wrong with stays."""
    indent = " " * len(found["indent"])
    if found["sign"] in {"=", "\uff1d"}:
        return f"{indent}{found['key']} = {found['value']}"
    if found["sign"] == ":" and not (found["gap"] or field_of(found["key"])):
        return found[0]
    return f"{indent}{found['key']}: {found['value']}"
