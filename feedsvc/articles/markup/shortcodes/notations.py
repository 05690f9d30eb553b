"""The table of notations: how the text of each begins, and the function that reads it.

A new notation of a Markdown dialect or template language is an entry of :data:`NOTATIONS`, and nothing else.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from feedsvc.articles.markup.dialects import inline, math
from feedsvc.articles.markup.shortcodes import directives, mdx, template_tags
from feedsvc.articles.markup.shortcodes.shortcode import Reader, Replacement, SourceText


@dataclass(frozen=True, slots=True)
class Notation:
    """One notation, by the characters with which it begins."""

    sign: str
    """A string in every text with the notation; best one character, since finding that costs next to nothing."""
    opening: str
    """A regular expression of its beginning; fast where it begins with a fixed character."""
    read: Reader
    in_html: bool = False
    """Whether it is read in HTML articles too, not in Markdown alone."""
    before: str = ""
    """A regular expression of what stands before it in its line; empty where it may stand anywhere."""


_SKIPPED = r"""
      ^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}|~{3,})[^\n]*
    | ^(?P<indented>(?:[ ]{4}|\t)[^\n]*)
    | (?P<ticks>`+)
    | <(?P<code>pre|code|script|style)\b
    | (?P<comment><!--)
    | (?P<escaped>\\\$)
"""
"""Where code or a comment begins, where the search stops too: no notation in them counts."""
_LINE = r"^[ \t]*"
_CONTENTS = (
    ("[", r"\[(?:\[?_?(?i:toc)_?\]{1,2}(?!:)|(?i:toc)\s[^\]\n]*\])"),
    ("@", r"@\[(?i:toc)\]"),
    ("$", r"\$\{(?i:toc)\}"),
    ("{", r"\{\{\s*(?i:toc)\s*\}\}"),
)
NOTATIONS = (
    Notation("{", r"\{\{[<%]", template_tags.read_hugo, in_html=True),
    Notation("{", r"\{\{(?![<%])", template_tags.read_expression, in_html=True),
    Notation("{", r"\{[%\#]", template_tags.read_liquid, in_html=True),
    Notation("{", r"\{[:/\#.A-Za-z\-\s]", inline.read_attribute_list),
    Notation("{", r"\{\s*/\*", mdx.read_braces, in_html=True),
    Notation("import ", r"\{(?!\{)", mdx.read_braces, in_html=True),
    Notation("<", r"</?[A-Z]", mdx.read_component, in_html=True),
    Notation("{", r"<(?=[a-z][\w-]*\s[^<>{}]*=\{)", mdx.read_html_tag, in_html=True),
    Notation("import ", r"</?>", mdx.read_fragment, in_html=True),
    Notation("import ", r"(?:import|export)\s", mdx.read_statement, before="^"),
    Notation(":", r":::", directives.read_colons, before=_LINE),
    Notation("/", r"///", directives.read_slashes, before=_LINE),
    Notation("[", r"\[!", directives.read_alert, before=r"^[ \t]*(?:>[ \t]?)+"),
    Notation("$", r"\$(?=\S)", math.read_dollars),
    Notation("\\", r"\\(?:\\?[(\[]|begin\{)", math.read_tex),
    Notation("%", r"%%", inline.read_percents),
    Notation("~", r"~(?<![~\\]~)(?!~)", inline.read_tilde),
    Notation("^", r"\^(?<=[\w)\]]\^)(?=[\w+−-])", inline.read_caret),
    Notation("=", r"==(?<![\w=\\]==)(?=[^\s=])", inline.read_equals),
    Notation("<", r"<!--\s*(?i:START[ ]doctoc|toc)\b", inline.read_generated_contents),
    *(Notation(sign, rf"{form}[ \t]*$", inline.read_contents, before=_LINE) for sign, form in _CONTENTS),
)
"""In this order: of several that begin alike, the first that can read the text counts."""


class NotationTable:
    """Finds and reads the notations of a table."""

    def __init__(self, notations: Iterable[Notation]) -> None:
        """Take the notations in the order in which they are tried."""
        self._notations = tuple(notations)
        stops = (f"{each.before}(?P<n{number}>{each.opening})" for number, each in enumerate(self._notations))
        self.stop = re.compile("|".join((_SKIPPED, *stops)), re.MULTILINE | re.VERBOSE)
        self._openings = [re.compile(each.opening, re.MULTILINE | re.VERBOSE) for each in self._notations]
        signs: dict[str, list[str]] = {}
        for each in self._notations:
            signs.setdefault(each.sign, []).append(each.opening)
        self._signs = [
            (sign, re.compile("|".join(openings), re.MULTILINE | re.VERBOSE)) for sign, openings in signs.items()
        ]

    def may_occur_in(self, text: str) -> bool:
        """Whether something in ``text`` looks like one of the notations, seen fast."""
        likely = [pattern for sign, pattern in self._signs if sign in text]
        return any(pattern.search(text) for pattern in likely)

    def read(self, source: SourceText, at: int, group: str = "") -> Replacement | None:
        """Read what begins at ``at``; None where it is plain text.

        Args:
            source: The text.
            at: Where a notation begins.
            group: The group of :attr:`stop` that found it, which saw what must stand before it.
        """
        for notation in self._beginning(source.text, at, group):
            if (source.markdown or notation.in_html) and (replacement := notation.read(source, at)):
                return replacement
        return None

    def _beginning(self, text: str, at: int, group: str) -> Iterator[Notation]:
        first = int(group[1:]) if group else 0
        for number in range(first, len(self._notations)):
            notation = self._notations[number]
            if f"n{number}" == group or (not notation.before and self._openings[number].match(text, at)):
                yield notation
