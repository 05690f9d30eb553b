"""A header in TOML, as Hugo and Zola write it between two lines ``+++``."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time

from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, field_of
from feedsvc.articles.problems import Notes, Unreadable

_KEY = re.compile(r"""^[ \t]*\[*["']?([A-Za-z_][\w-]*)["']?[ \t]*(?:\]|\.|=)""", re.MULTILINE)
"""A key or the first part of one, or the name of a table."""
_AT = re.compile(r"\(at line (\d+)")
_LONGEST = 100_000
"""In characters. The parser is written in Python, and can be made slow on purpose."""
_DEPTH = 50
_DEEP_KEY = re.compile(
    rf"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{_DEPTH}}}""",
)
"""A dotted key of more parts than that; the memory that the parser takes grows with their square."""


def read_toml(block: str, above: int, notes: Notes) -> Header | None:
    """Read what stands between the two fences.

    Args:
        block: Without the fences.
        above: How many lines stand above it in the file.
        notes: Takes the warnings.

    Returns:
        None when it is no header: no TOML, and no key in it that means a field.

    Raises:
        Unreadable: It is a header, but cannot be parsed.
    """
    if len(block) > _LONGEST:
        raise notes.unreadable(above, "the header is far too large", "write long values into the text below")
    try:
        table = _parsed(block)
        entries = list(_entries(table, block, above))
    except (ValueError, RecursionError) as error:
        if not looks_like_toml(block):
            return None
        raise _broken(error, above, notes) from error
    return Header.of(entries, "toml", notes)


def _parsed(block: str) -> Mapping[str, object]:
    if _DEEP_KEY.search(block):
        raise RecursionError  # the parser could exhaust the memory of this process
    return tomllib.loads(block, parse_float=str)


def looks_like_toml(block: str) -> bool:
    """Whether some line has a key that means a field, well-formed or not."""
    return any(field_of(found[1]) for found in _KEY.finditer(block))


def _entries(table: Mapping[str, object], block: str, above: int) -> Iterator[HeaderEntry]:
    lines: dict[str, int] = {}
    at, line = 0, above + 1
    for found in _KEY.finditer(block):
        line += block.count("\n", at, found.start(1))
        at = found.start(1)
        lines.setdefault(found[1], line)
    for key, value in table.items():
        yield HeaderEntry(key, _plain(value), lines.get(key, above))


def _plain(value: object, depth: int = 0) -> Value:
    """The value with all scalars as text, dates and times in ISO 8601."""
    if depth > _DEPTH:
        raise RecursionError
    if isinstance(value, Mapping):
        return {str(key): _plain(child, depth + 1) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child, depth + 1) for child in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _broken(error: ValueError | RecursionError, above: int, notes: Notes) -> Unreadable:
    if isinstance(error, RecursionError):
        return notes.unreadable(above, "the header nests too deep", "write it flat")
    reason, _, _ = str(error).partition(" (at ")
    found = _AT.search(str(error))
    line = above + int(found[1]) if found else above
    remedy = "mend it; in TOML texts stand in quotes, and dates like 2024-05-31"
    return notes.unreadable(line, f"the header cannot be parsed ({reason})", remedy)
