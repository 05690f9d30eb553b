"""A header as Nikola writes it: lines ``.. title: x`` above the text, in Markdown and HTML within a comment."""

import re
from collections.abc import Iterator

from feedsvc.articles.frontmatter.header import Entry, Header, field_of
from feedsvc.articles.problems import Notes

_OPENING = re.compile(r"(<!--\s*)?\.\.[ \t]+([A-Za-z][\w-]*):(?:\s|\Z)")
_BARE = re.compile(r"(?:\.\.[ \t]+[A-Za-z][\w-]*:.*(?:\n|\Z))+")
_LINE = re.compile(r"^[ \t]*\.\.[ \t]+([A-Za-z][\w-]*):[ \t]*(.*)$", re.MULTILINE)
_BLANKS = re.compile(r"\s*")


def read_comment(text: str, at: int, notes: Notes) -> tuple[Header, int] | None:
    """Read the lines or comments that begin at ``text[at]``.

    Returns:
        The header and where it ends; None where there is none.

    Raises:
        Unreadable: The comment is never closed.
    """
    entries: list[Entry] = []
    end = at
    while found := _OPENING.match(text, at):
        end = _end(text, found, notes)
        entries.extend(_entries(text, at, end))
        blanks = _BLANKS.match(text, end)
        at = blanks.end() if blanks else end
    if not any(field_of(entry.key) for entry in entries):
        return None
    return Header.of(entries, "comment", notes), end


def _end(text: str, opening: re.Match[str], notes: Notes) -> int:
    if not opening[1]:
        bare = _BARE.match(text, opening.start())
        return opening.end() if bare is None else bare.end()
    end = text.find("-->", opening.end())
    if end < 0:
        line = text.count("\n", 0, opening.start()) + 1
        raise notes.unreadable(line, "the comment with the header is never closed", "write --> below the header")
    return end + len("-->")


def _entries(text: str, at: int, end: int) -> Iterator[Entry]:
    number = text.count("\n", 0, at) + 1
    for line in text[at:end].removeprefix("<!--").split("\n"):
        if found := _LINE.match(line):
            yield Entry(found[1], found[2].removesuffix("-->").strip(), number)
        number += 1
