"""A header in JSON: an object at the top of the file, or between two fences."""

import json
import re
from collections.abc import Iterator

from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, field_of
from feedsvc.articles.problems import Notes, Unreadable

_KEY = re.compile(r"""[{,\n]\s*["']?([A-Za-z_][\w-]*)["']?\s*:""")
_DEPTH = 50
_LONGEST = 100_000
"""In characters; how much of a broken object is searched for keys."""
_VALUES = 20_000
"""The most values of a header; those of a data file are searched for every article that it describes."""
_MISSES = 50
"""A key written with escapes is not found in the text; after so many, lines are not searched any more."""


def read_json(text: str, at: int, notes: Notes) -> tuple[Header, int] | None:
    """Read the object that begins at ``text[at]``.

    Returns:
        The header and where it ends; None when it is no header: no key in it means a field.

    Raises:
        Unreadable: It is a header, but cannot be parsed, or holds too many values.
    """
    try:
        members, end = _DECODER.raw_decode(text, at)
        entries = list(_entries(members, text, at))
    except (ValueError, RecursionError) as error:
        if not looks_like_json(text[at : at + _LONGEST]):
            return None
        raise _broken(error, text, at, notes) from error
    if not any(field_of(entry.key) for entry in entries):
        return None
    if sum(_size(entry.value) for entry in entries) > _VALUES:
        line = text.count("\n", 0, at) + 1
        raise notes.unreadable(line, "the header is far too large", "write long values into the text below")
    return Header.of(entries, "json", notes), end


def looks_like_json(block: str) -> bool:
    """Whether it has a key that means a field, well-formed or not."""
    return any(field_of(found[1]) for found in _KEY.finditer(block))


class _Members(list[tuple[str, object]]):
    """The members of an object in their order, doubled ones too."""


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_Members)


def _entries(members: object, text: str, at: int) -> Iterator[HeaderEntry]:
    line = text.count("\n", 0, at) + 1
    misses = 0
    for key, value in members if isinstance(members, _Members) else ():
        found = text.find(json.dumps(key, ensure_ascii=False), at) if misses < _MISSES else -1
        if found >= 0:
            line += text.count("\n", at, found)
            at = found
        else:
            misses += 1
        yield HeaderEntry(key, _plain(value), line)


def _plain(value: object, depth: int = 0) -> Value:
    """The value with all scalars as text; null is the empty text."""
    if depth > _DEPTH:
        raise RecursionError
    if isinstance(value, _Members):
        return {key: _plain(child, depth + 1) for key, child in value}
    if isinstance(value, list):
        return [_plain(child, depth + 1) for child in value]
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _size(value: Value) -> int:
    """The number of values in it, itself included."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_size, children))


def _broken(error: ValueError | RecursionError, text: str, at: int, notes: Notes) -> Unreadable:
    line = text.count("\n", 0, at) + 1
    if isinstance(error, RecursionError):
        return notes.unreadable(line, "the header nests too deep", "write it flat")
    reason = str(error)
    if isinstance(error, json.JSONDecodeError):
        reason, line = _fault(error)
    remedy = "mend it; in JSON names and texts stand in double quotes, and no comma follows the last one"
    return notes.unreadable(line, f"the header cannot be parsed ({reason})", remedy)


def _fault(error: json.JSONDecodeError) -> tuple[str, int]:
    """What is wrong, and in which line; a comma too many is found in its own line, as Python 3.13 tells it."""
    before, after = error.doc[: error.pos].rstrip(), error.doc[error.pos : error.pos + 1]
    if after in {"}", "]"} and before.endswith(","):
        kind = "object" if after == "}" else "array"
        return f"Illegal trailing comma before end of {kind}", before.count("\n") + 1
    return error.msg, error.lineno
