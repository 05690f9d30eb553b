"""Headers in JSON and TOML, whose parsers give values of several types: all scalars become text.

JSON is an object at the top of the file, or between two fences; Hugo and Zola write TOML between two lines
``+++``.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time

from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, field_of
from feedsvc.articles.problems import Notes, Unreadable
from feedsvc.articles.source.decoding import clean_text

_LONGEST = 100_000
"""In characters. The parser of TOML is written in Python, and can be made slow on purpose; of broken JSON only so
much is searched for keys."""
_DEPTH = 50
_JSON_KEY = re.compile(r"""[{,\n]\s*["']?([A-Za-z_][\w-]*)["']?\s*:""")
_VALUES = 20_000
"""The most values of a header; those of a data file are searched for every article that it describes."""
_MISSES = 50
"""A key written with escapes is not found in the text; after so many, lines are not searched any more."""
_TOML_KEY = re.compile(r"""^[ \t]*\[*["']?([A-Za-z_][\w-]*)["']?[ \t]*(?:\]|\.|=)""", re.MULTILINE)
"""A key or the first part of one, or the name of a table."""
_AT = re.compile(r"\(at line (\d+)")
_DEEP_KEY = re.compile(
    rf"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{_DEPTH}}}""",
)
"""A dotted key of more parts than that; the memory that the parser takes grows with their square."""


def read_json(text: str, at: int, notes: Notes) -> tuple[Header, int] | None:
    """Read the object that begins at ``text[at]``.

    Returns:
        The header and where it ends; None when it is no header: no key in it means a field.

    Raises:
        Unreadable: It is a header, but cannot be parsed, or holds too many values.
    """
    try:
        members, end = _DECODER.raw_decode(text, at)
        entries = list(_json_entries(members, text, at))
    except (ValueError, RecursionError) as error:
        if not looks_like_json(text[at : at + _LONGEST]):
            return None
        raise _broken_json(error, text, at, notes) from error
    if not any(field_of(entry.key) for entry in entries):
        return None
    if sum(_size(entry.value) for entry in entries) > _VALUES:
        line = text.count("\n", 0, at) + 1
        raise notes.unreadable(line, "the header is far too large", "write long values into the text below")
    return Header.of(entries, "json", notes), end


def looks_like_json(block: str) -> bool:
    """Whether it has a key that means a field, well-formed or not."""
    return any(field_of(found[1]) for found in _JSON_KEY.finditer(block))


class _Members(list[tuple[str, object]]):
    """The members of an object in their order, doubled ones too."""


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_Members)


def _json_entries(members: object, text: str, at: int) -> Iterator[HeaderEntry]:
    line = text.count("\n", 0, at) + 1
    misses = 0
    for key, value in members if isinstance(members, _Members) else ():
        found = text.find(json.dumps(key, ensure_ascii=False), at) if misses < _MISSES else -1
        if found >= 0:
            line += text.count("\n", at, found)
            at = found
        else:
            misses += 1
        yield HeaderEntry(clean_text(key), _plain(value), line)


def _size(value: Value) -> int:
    """The number of values in it, itself included."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_size, children))


def _broken_json(error: ValueError | RecursionError, text: str, at: int, notes: Notes) -> Unreadable:
    line = text.count("\n", 0, at) + 1
    if isinstance(error, RecursionError):
        return notes.unreadable(line, "the header nests too deep", "write it flat")
    reason = str(error)
    if isinstance(error, json.JSONDecodeError):
        reason, line = _json_fault(error)
    remedy = "mend it; in JSON names and texts stand in double quotes, and no comma follows the last one"
    return notes.unreadable(line, f"the header cannot be parsed ({reason})", remedy)


def _json_fault(error: json.JSONDecodeError) -> tuple[str, int]:
    """What is wrong, and in which line; a comma too many is found in its own line, as Python 3.13 tells it."""
    before, after = error.doc[: error.pos].rstrip(), error.doc[error.pos : error.pos + 1]
    if after in {"}", "]"} and before.endswith(","):
        kind = "object" if after == "}" else "array"
        return f"Illegal trailing comma before end of {kind}", before.count("\n") + 1
    return error.msg, error.lineno


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
        table = _parsed_toml(block)
        entries = list(_toml_entries(table, block, above))
    except (ValueError, RecursionError) as error:
        if not looks_like_toml(block):
            return None
        raise _broken_toml(error, above, notes) from error
    return Header.of(entries, "toml", notes)


def _parsed_toml(block: str) -> Mapping[str, object]:
    if _DEEP_KEY.search(block):
        raise RecursionError  # the parser could exhaust the memory of this process
    return tomllib.loads(block, parse_float=str)


def looks_like_toml(block: str) -> bool:
    """Whether some line has a key that means a field, well-formed or not."""
    return any(field_of(found[1]) for found in _TOML_KEY.finditer(block))


def _toml_entries(table: Mapping[str, object], block: str, above: int) -> Iterator[HeaderEntry]:
    lines: dict[str, int] = {}
    at, line = 0, above + 1
    for found in _TOML_KEY.finditer(block):
        line += block.count("\n", at, found.start(1))
        at = found.start(1)
        lines.setdefault(found[1], line)
    for key, value in table.items():
        yield HeaderEntry(key, _plain(value), lines.get(key, above))


def _broken_toml(error: ValueError | RecursionError, above: int, notes: Notes) -> Unreadable:
    if isinstance(error, RecursionError):
        return notes.unreadable(above, "the header nests too deep", "write it flat")
    reason, _, _ = str(error).partition(" (at ")
    found = _AT.search(str(error))
    line = above + int(found[1]) if found else above
    remedy = "mend it; in TOML texts stand in quotes, and dates like 2024-05-31"
    return notes.unreadable(line, f"the header cannot be parsed ({reason})", remedy)


def _plain(value: object, depth: int = 0) -> Value:
    """The value with all scalars as text: dates and times in ISO 8601, null as the empty text."""
    if depth > _DEPTH:
        raise RecursionError
    if isinstance(value, _Members | dict):
        pairs = value if isinstance(value, _Members) else value.items()
        return {clean_text(str(key)): _plain(child, depth + 1) for key, child in pairs}
    if isinstance(value, list):
        return [_plain(child, depth + 1) for child in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        # The parser gives the same for Z and for +00:00; most are written by programs, which mean the former.
        return value.isoformat().replace("+00:00", "Z")
    return "" if value is None else clean_text(str(value))  # JSON can write half of a character
