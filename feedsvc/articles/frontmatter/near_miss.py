"""A header whose fences or colons are nearly right, as phones and word processors change them.

A phone turns ``---`` into ``—-``, a Chinese keyboard writes ``：``, a paste puts a blank before each line. The
author meant a header, so it is read as one where its keys and values are clear, and sets the file aside where they
are not. A story that begins with a line of dashes keeps every word, since its lines have no keys that mean a
field.
"""

import re
from collections.abc import Iterator

from feedsvc.articles.frontmatter.header import Entry, Header, field_of
from feedsvc.articles.frontmatter.line_header import is_header
from feedsvc.articles.frontmatter.toml_header import looks_like_toml, read_toml
from feedsvc.articles.frontmatter.visibility import keeps_from_feeds
from feedsvc.articles.frontmatter.yaml_header import read_yaml
from feedsvc.articles.problems import Notes

_BLANK = "[ \\t\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]"
"""Blanks of every width, none of which ends a line."""
_BLANKS = " \t\u00a0\u200b\u2060\u3000\ufeff"
_DASH = "\\-\u00ad\u2010-\u2015\u2212\u2500\u2501\u2e3a\u2e3b\u30fc\ufe58\ufe63\uff0d"
"""Hyphens, dashes, and what keyboards write in their place."""
_FENCE = (
    rf"[{_DASH}](?:{_BLANK}*[{_DASH}])+|[\u2013-\u2015\u2500\u2501\u2e3a\u2e3b]"
    r"|[+\uff0b]{3,}|[;\uff1b]{3,}|={3,}|\*{3,}|_{3,}"
)
_OPENING = re.compile(rf"({_BLANK}*)({_FENCE})([^\n]*)\n")
_TAIL = re.compile(r"[A-Za-z]*|#.*")
"""Text that may follow the first fence: the name of a language, or a comment."""
_COLON = "[:\uff1a\ufe55\ufe13\u2236]"
_KEY = re.compile(
    rf"^(?P<indent>{_BLANK}*)[\"'“”]?(?P<key>[A-Za-z_][\w.-]*)[\"'“”]?{_BLANK}*"
    rf"(?P<sign>{_COLON}|[=\uff1d])(?P<gap>{_BLANK}*)(?P<value>[^\n]*)$",
    re.MULTILINE,
)
_BANNER = frozenset("=*_")
"""Signs of fences between which a title alone is a heading of plain text."""
_LONGEST = 20_000
"""In characters; how far below its first line a header may end."""


def opens_nearly(text: str, at: int) -> bool:
    """Whether the line that begins at ``text[at]`` could be meant as the first fence of a header."""
    return _opening(text, at) is not None


def ends_nearly(text: str, start: int, end: int | None) -> bool:
    """Whether a line that could be meant as a closing fence stands between ``start`` and ``end`` of ``text``."""
    return _closing("").search(text, start, start + _LONGEST if end is None else end) is not None


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
    closing = _closing(indent).search(text, opening.end(), opening.end() + _LONGEST)
    above = text.count("\n", 0, opening.end())
    block = text[opening.end() : closing.start() if closing else opening.end() + _LONGEST]
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
    found = _OPENING.match(text, at)
    return found if found and _TAIL.fullmatch(found[3].strip(_BLANKS)) else None


def _closing(indent: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{re.escape(indent)})?(?:{_FENCE}|\.\.\.){_BLANK}*(?:\n|\Z)", re.MULTILINE)


def _is_meant(block: str, above: int, sign: str) -> bool:
    """Whether the block begins with keys, and what they say makes it a header."""
    first = next((line for line in block.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    if not _KEY.match(first):
        return False
    entries = list(_entries(block, above))
    if any(keeps_from_feeds(entry) for entry in entries):
        return True
    return is_header(entries, known_only=False) and (sign not in _BANNER or len(entries) > 1)


def _entries(block: str, above: int) -> Iterator[Entry]:
    for found in _KEY.finditer(block):
        line = above + 1 + block.count("\n", 0, found.start())
        yield Entry(found["key"], found["value"].strip().strip("\"'“”‘’"), line)


def _read(block: str, indent: str, above: int, notes: Notes) -> Header:
    lines = "\n".join(line.removeprefix(indent) for line in block.split("\n"))
    plain = _KEY.sub(_plain_key, lines)
    header = (
        read_toml(plain, above, notes) if _is_toml(plain) else read_yaml(plain, above, notes, known_only=False)
    )
    if header is None:
        raise notes.unreadable(above, "the header is no list of keys and values", "write it like draft: true")
    return header


def _is_toml(block: str) -> bool:
    found = _KEY.search(block)
    return found is not None and found["sign"] == "=" and looks_like_toml(block)


def _plain_key(found: re.Match[str]) -> str:
    """The line with the colon and the blank that YAML asks for; a line that nothing is wrong with stays."""
    indent = " " * len(found["indent"])
    if found["sign"] in {"=", "\uff1d"}:
        return f"{indent}{found['key']} = {found['value']}"
    if found["sign"] == ":" and not (found["gap"] or field_of(found["key"])):
        return found[0]
    return f"{indent}{found['key']}: {found['value']}"
