"""The plain part of YAML, read line by line: most headers hold nothing else, and the parser needs twice as long.

A line is a key with a word, a quoted text or a list of words behind it, or one item of a list below its key. What
these lines mean is beyond doubt; where a single one is of another kind, the parser is asked for the whole.
"""

import re
from collections.abc import Iterator

from feedsvc.articles.frontmatter.header import Entry, Value

_LONGEST = 4_000
"""In characters. A longer header is no plain one, and the parser counts what it holds."""
_SIGNS = r"!$%&'()*+,./;<=>?@^_~…–—‘’“”«»-"
_QUOTED = r"[\w :#\[\]{}|`!$%&()*+,./;<=>?@^~…–—‘’“”«»-]"
_LINE = re.compile(
    r"(?P<key>[A-Za-z_][A-Za-z0-9_-]{0,99}):"
    r"(?: +(?:"
    # A colon parts key and value only before a blank, and a comment begins only after one (YAML 1.2.2, 7.3.3).
    rf"(?P<word>\w(?:[\w {_SIGNS}]|:(?=[\w/])|(?<=\w)#)*)"
    rf'|"(?P<double>(?:{_QUOTED}|\')*)" *'
    rf"|'(?P<single>(?:{_QUOTED}|\")*)' *"
    r"|\[(?P<list>[\w ,.+/-]*)\] *"
    r"))?"
)
_ITEM = re.compile(rf"(?P<indent> *)- (?P<word>\w(?:[\w {_SIGNS}]|:(?=[\w/]))*)")
_IN_LIST = re.compile(r"\w(?:[\w .+/-]*[\w.+/])?")
_NOTHING = frozenset({"~", "null"})


def plain_entries(block: str, above: int) -> list[Entry] | None:
    """The entries of a header, in its order; None where only the parser can say what it holds.

    Args:
        block: What stands between the fences.
        above: How many lines stand above it in the file.
    """
    if len(block) > _LONGEST or not block.endswith("\n"):
        return None
    entries: list[Entry] = []
    lines = block.split("\n")[:-1]
    at = 0
    while at < len(lines):
        found = _LINE.fullmatch(lines[at])
        if found is None:
            return None
        line = above + 1 + at
        at += 1
        value = _value(found)
        if value == "" and found.lastgroup == "key":
            items = list(_items(lines, at))
            at += len(items)
            value = [*items] if items else ""
        if value is None:
            return None
        entries.append(Entry(found["key"], value, line))
    return entries or None


def _value(found: re.Match[str]) -> "Value | None":
    """What a line says; empty where nothing stands behind the key, None where only the parser knows."""
    kind = found.lastgroup
    if kind == "word":
        return _said(found["word"])
    if kind == "list":
        return _list(found["list"])
    return "" if kind is None or kind == "key" else found[kind]


def _said(written: str) -> str:
    word = written.rstrip(" ")
    return "" if word in _NOTHING else word


def _list(written: str) -> "Value | None":
    words = [word.strip(" ") for word in written.split(",")]
    if words == [""]:
        return []
    return [_said(word) for word in words] if all(map(_IN_LIST.fullmatch, words)) else None


def _items(lines: list[str], at: int) -> Iterator[str]:
    """The items of the list that begins at that line, all of them indented alike."""
    indent = None
    for line in lines[at:]:
        found = _ITEM.fullmatch(line)
        if found is None or indent not in {None, found["indent"]}:
            return
        indent = found["indent"]
        yield _said(found["word"])
