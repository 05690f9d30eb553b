"""A shortcode with its arguments, in whatever syntax it is written, and the text in which it is replaced."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

_ARGUMENT = re.compile(
    r"(?:([\w-]+)\s*(?:=|:(?!//))\s*)?(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|[^\s,=\"'`]+)", re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shortcode:
    """A shortcode such as ``figure src="a.jpg"``."""

    name: str
    """In lower case, without dashes and underscores."""
    given: tuple[str, ...] = ()
    """The arguments without a name, in their order."""
    named: dict[str, str] = field(default_factory=dict)
    """By name in lower case."""

    def get(self, *names: str, at: int | None = None) -> str:
        """The first argument that is given under one of ``names``, else the unnamed one ``at``; empty if none."""
        for name in names:
            if self.named.get(name):
                return self.named[name]
        return self.given[at] if at is not None and at < len(self.given) else ""


def parse_shortcode(name: str, arguments: str) -> Shortcode:
    """The shortcode ``name`` with its ``arguments``: ``value``, ``name=value`` or ``name: value``."""
    given: list[str] = []
    named: dict[str, str] = {}
    for key, value in _ARGUMENT.findall(arguments):
        if key:
            named.setdefault(key.lower(), _unquoted(value))
        else:
            given.append(_unquoted(value))
    return Shortcode(plain_name(name), tuple(given), named)


def plain_name(name: str) -> str:
    """The name by which a template is known: ``blocks/youTube-lite.html`` is ``youtubelite``."""
    return re.sub(r"[-_]", "", re.sub(r"\.\w+$", "", name.rpartition("/")[2])).lower()


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"}:
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value.strip("`")


_BLANK_AFTER = re.compile(r"[ \t]*(?:\n|\Z)")


class Replacement(NamedTuple):
    """The Markdown or HTML that replaces a shortcode or another foreign notation."""

    end: int
    """Where the notation ends, and the text goes on."""
    html: str
    begin: int | None = None
    """Where the notation begins, if before the position at which it was found: blanks may belong to it."""
    is_comment: bool = False
    """Whether it is a comment, or for some readers alone: then it is in no Markdown source that feeds hold."""


@dataclass(slots=True)
class SourceText:
    """The text of one article while its shortcodes are replaced: which are open, and what was left out."""

    text: str
    markdown: bool
    mdx: bool
    """Whether braces and tags in capitals are code, which in plain Markdown they are not."""
    closings: list[tuple[str, str]] = field(default_factory=list)
    """The shortcodes that are open: the name, and the HTML that closes it."""
    dropped: dict[str, int] = field(default_factory=dict)
    """The names of shortcodes that were left out, each with its first position."""
    cut: list[tuple[str, str, int]] = field(default_factory=list)
    """Where all the rest is left out: why, what to do, and the position."""
    imported: dict[str, str] = field(default_factory=dict)
    """Names that MDX imports, to the files they stand for."""

    unknowable: dict[int, int] | None = None
    """Loops and further branches of conditions, from where each begins to where it ends; None until asked for."""
    defined: frozenset[str] | None = None
    """The names of the links that the Markdown defines; None until asked for."""
    used: frozenset[str] | None = None
    """The names in brackets that are no definitions, each with its brackets; None until asked for."""
    ends: dict[str, int] = field(default_factory=dict)
    """By pattern, where it matched last; -1 where it matches no more, so that it is not searched for again."""

    def end(self, ending: str, after: int) -> re.Match[str] | None:
        """The next match of the pattern ``ending`` behind ``after``; all calls together read the text once."""
        pattern = re.compile(ending)
        known = self.ends.get(ending, after)
        found = None if known < 0 else pattern.search(self.text, max(known, after))
        self.ends[ending] = found.start() if found else -1
        return found

    def drop(self, shown: str, at: int, end: int) -> Replacement:
        """Leave out what stands from ``at`` to ``end``, and name it as ``shown`` in a warning."""
        self.dropped.setdefault(shown, at)
        return Replacement(end, "")

    def drop_rest(self, at: int, what: str, remedy: str = "close it") -> Replacement:
        """Leave out everything behind ``at``, and say why in a warning."""
        self.cut.append((what, remedy, at))
        return Replacement(len(self.text), "", is_comment=True)

    def replace(self, at: int, end: int, html: str) -> Replacement:
        """``html`` in place of what stands from ``at`` to ``end``: a block of its own where that fills its lines.

        In Markdown a block of HTML ends at a blank line; what follows is Markdown again.
        """
        is_block = bool(html) and self.markdown and self.is_block(at, end)
        return Replacement(end, f"{html}\n\n" if is_block else html)

    def open(self, name: str, closing: str) -> None:
        """Remember that the shortcode ``name`` is open; its end tag becomes ``closing``."""
        self.closings.append((name, closing))

    def close(self, name: str) -> str | None:
        """The end of the shortcode ``name``, or of the latest if that is empty; None where no such is open."""
        for index in range(len(self.closings) - 1, max(-1, len(self.closings) - 100), -1):
            if not name or self.closings[index][0] == name:
                return self.closings.pop(index)[1]
        return None

    def is_block(self, start: int, end: int) -> bool:
        """Whether nothing else stands in the lines from ``start`` to ``end``."""
        before = self.text[max(0, start - 200) : start].rpartition("\n")[2]
        return not before.strip() and _BLANK_AFTER.match(self.text, end) is not None


Reader = Callable[[SourceText, int], Replacement | None]
"""Reads the notation at a position of a text; None where the characters there are plain text."""
