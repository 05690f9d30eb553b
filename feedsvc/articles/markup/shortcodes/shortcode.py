"""A call of a template: its name and what is handed to it, whatever syntax it is written in."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_ARGUMENT = re.compile(
    r"(?:([\w-]+)\s*(?:=|:(?!//))\s*)?(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|[^\s,=\"'`]+)", re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shortcode:
    """A call such as ``figure src="a.jpg"``."""

    name: str
    """In lower case, without dashes and underscores."""
    given: tuple[str, ...] = ()
    """The arguments without a name, in their order."""
    named: dict[str, str] = field(default_factory=dict)
    """By name in lower case."""

    def get(self, *names: str, at: int | None = None) -> str:
        """The first argument that is given under one of ``names``, else the one at place ``at``; empty if none."""
        for name in names:
            if self.named.get(name):
                return self.named[name]
        return self.given[at] if at is not None and at < len(self.given) else ""


def parse_shortcode(name: str, arguments: str) -> Shortcode:
    """The call of ``name`` with ``arguments`` as they are written: by place, ``name=value`` or ``name: value``."""
    given: list[str] = []
    named: dict[str, str] = {}
    for key, value in _ARGUMENT.findall(arguments):
        if key:
            named.setdefault(key.lower(), _plain(value))
        else:
            given.append(_plain(value))
    return Shortcode(plain_name(name), tuple(given), named)


def plain_name(name: str) -> str:
    """The name by which a template is known: ``blocks/youTube-lite.html`` is ``youtubelite``."""
    return re.sub(r"[-_]", "", re.sub(r"\.\w+$", "", name.rpartition("/")[2])).lower()


def _plain(value: str) -> str:
    if value[:1] in {'"', "'"}:
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value.strip("`")


_BLANK_AFTER = re.compile(r"[ \t]*(?:\n|\Z)")


class Taken(NamedTuple):
    """What a syntax made of the leftover at some place."""

    end: int
    """Where the text goes on."""
    html: str
    """What to write in its place."""
    begin: int | None = None
    """Where the leftover begins, if before the place at which it was found: blanks may belong to it."""


@dataclass(slots=True)
class Page:
    """What is known while one article is walked through."""

    text: str
    markdown: bool
    mdx: bool
    """Whether braces and tags in capitals are code, which in plain Markdown they are not."""
    closings: list[tuple[str, str]] = field(default_factory=list)
    """The calls whose end is to come: name, and what to write there."""
    dropped: dict[str, int] = field(default_factory=dict)
    """What was left out, with the place where it first stood."""
    unclosed: list[tuple[str, int]] = field(default_factory=list)
    """Comments that are never closed, with the place where each stands."""
    imported: dict[str, str] = field(default_factory=dict)
    """Names of MDX to the files they stand for."""

    ends: dict[str, int] = field(default_factory=dict)
    """Where an ending was found last; what was looked for in vain is not looked for again."""

    def end(self, ending: str, after: int) -> re.Match[str] | None:
        """The next match of the pattern ``ending`` behind ``after``.

        However often it is asked, the text is searched only once.
        """
        pattern = re.compile(ending)
        known = self.ends.get(ending, after)
        found = None if known < 0 else pattern.search(self.text, max(known, after))
        self.ends[ending] = found.start() if found else -1
        return found

    def drop(self, shown: str, at: int) -> str:
        """Note that ``shown`` was left out; nothing is written in its place."""
        self.dropped.setdefault(shown, at)
        return ""

    def drop_rest(self, shown: str, at: int) -> str:
        """Note that ``shown`` opens what is never closed, so that all behind it was left out."""
        self.unclosed.append((shown, at))
        return ""

    def close(self, name: str) -> str | None:
        """What ends the call ``name``, or the latest one where it is empty; None where no such call is open."""
        for place in range(len(self.closings) - 1, max(-1, len(self.closings) - 100), -1):
            if not name or self.closings[place][0] == name:
                return self.closings.pop(place)[1]
        return None

    def is_block(self, start: int, end: int) -> bool:
        """Whether what stands from ``start`` to ``end`` has its lines for itself."""
        before = self.text[max(0, start - 200) : start].rpartition("\n")[2]
        return not before.strip() and _BLANK_AFTER.match(self.text, end) is not None

    def spaced(self, html: str, start: int, end: int) -> str:
        """``html``, as a block of its own where the leftover had its lines for itself.

        In Markdown a block of HTML ends at a blank line; what follows is Markdown again.
        """
        if html and self.markdown and self.is_block(start, end):
            return f"{html}\n\n"
        return html
