"""Foreign notations of an article, found by the table :data:`NOTATIONS` and replaced by Markdown or HTML.

A new notation of a Markdown dialect or template language is an entry of the table, and nothing else. What nobody
knows is left out, with a warning that names it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from feedsvc.articles.markup.dialects import formulas, inline
from feedsvc.articles.markup.dialects.blocks import unindent
from feedsvc.articles.markup.shortcodes import directives, mdx, syntaxes
from feedsvc.articles.markup.shortcodes.shortcode import Reader, Replacement, SourceText
from feedsvc.articles.problems import Notes

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
_ITEM = re.compile(
    r"(?:[-*+:]|\d{1,9}[.)])[ \t]|\[\^[^\]\s]+\]:|!!!|\?\?\?|===[+!]?[ ]+\"|<[^>\n]{0,300}\smarkdown\b"
)
"""Begins an item of a list, a definition, a note or a block set apart: what is indented below belongs to it."""
_COMPONENT = re.compile(r"<[A-Z][^>\n]*>[ \t]*\Z")
"""The tag of a component of MDX, which holds Markdown; in other Markdown it is text."""
_USED = re.compile(r"\[[^\[\]\n]+\](?!:)")
"""The name of a link with its brackets, where it is no definition."""
_BEGINS_BLOCK = re.compile(r"(?:[ ]{0,3}(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*[ ]{0,4}")
"""The signs of quotes and lists behind which a block of HTML may begin; behind more blanks stands code."""
_TAG_END = re.compile(r"[%}]\}")
"""The end of a tag or expression of a template."""
_BACKSLASHES = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
"""An odd number of them, which takes its meaning from the sign that follows."""
_LINE_START = 200
"""In characters; no block begins behind more signs of quotes and lists."""
_LONGEST = 5_000
"""In characters; code within a line is shorter."""
_DEFINITION = re.compile(
    r"(\[[^\]\n]+\]):[ \t]*(?:#|<#?>)[ \t]*\n?[ \t]*"
    r"(?:\((?:[^()\\]|\\.|(?!))*+\)|\"(?:[^\"\\]|\\.|(?!))*+\"|'(?:[^'\\]|\\.|(?!))*+')[ \t]*(?:\n|\Z)"
)
"""The definition of a link to nowhere, whose title is a comment: ``[comment]: # (…)``, ``[//]: # "…"``."""
_NAMED = 10
"""More kinds than this are counted, not named."""


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
    holds_text: bool = False
    """Whether it holds text of the article, in which comments may stand."""


NOTATIONS = (
    Notation("{", r"\{\{[<%]", syntaxes.read_hugo, in_html=True),
    Notation("{", r"\{\{(?![<%])", syntaxes.read_expression, in_html=True),
    Notation("{", r"\{[%\#]", syntaxes.read_liquid, in_html=True),
    Notation("{", r"\{(?:\+\+|--|~~|==|>>)", inline.read_criticism, holds_text=True),
    Notation("{", r"\{[:/\#.A-Za-z\-\s]", inline.read_attribute_list),
    Notation("{", r"\{\s*/\*", mdx.read_braces, in_html=True),
    Notation("import ", r"\{(?<!\\\{)(?!\{)", mdx.read_braces, in_html=True),
    Notation("<", r"</?[A-Z]", mdx.read_component, in_html=True),
    Notation("{", r"<(?=[a-z][\w-]*\s[^<>{}]*=\{)", mdx.read_html_tag, in_html=True),
    Notation("import ", r"</?>", mdx.read_fragment, in_html=True),
    Notation("import ", r"(?:import|export)\s", mdx.read_statement, before="^"),
    Notation(":::", r":::", directives.read_colons, before=_LINE, holds_text=True),
    Notation("///", r"///", directives.read_slashes, before=_LINE, holds_text=True),
    Notation("[", r"\[!", directives.read_alert, before=r"^[ \t]*(?:>[ \t]?)+", holds_text=True),
    Notation("%[", r"%\[https?://", syntaxes.read_hashnode),
    Notation(" align=", r"[ ]align=\"\w+\"\)", syntaxes.read_alignment),
    Notation("<<<", r"<<<[ ]+[@./]", inline.read_import, before=_LINE),
    Notation("[", syntaxes.BRACKETS, syntaxes.read_brackets, in_html=True),
    Notation("$", r"\$(?=\S)", formulas.read_dollars),
    Notation("\\", r"\\(?:\\?[(\[]|begin\{)", formulas.read_tex),
    Notation("%", r"%%", inline.read_percents),
    Notation("~", r"~(?<![~\\]~)(?!~)", inline.read_tilde, holds_text=True),
    Notation("^", r"\^(?<=[\w)\]]\^)(?=[\w+−-])", inline.read_caret, holds_text=True),
    Notation("^^", r"\^\^(?<![\w^]\^\^)(?=[^\W_])", inline.read_carets, holds_text=True),
    Notation("++", r"\+\+(?<![\w+]\+\+)(?=[a-z])", inline.read_keys),
    Notation(":", r":(?:material|octicons|fontawesome|simple)-", inline.read_icon),
    Notation("8<", r"--8<--(?!-)", inline.read_snippet, before=_LINE),
    Notation("*[", r"\*\[[^\]\n]+\]:", inline.read_abbreviation, before="^[ ]{0,3}"),
    Notation("=", r"==(?<![\w=\\]==)(?=[^\s=])", inline.read_equals, holds_text=True),
    Notation("<", r"<!--\s*(?i:START[ ]doctoc|toc)\b", inline.read_generated_contents),
    Notation("<", r"<!--\s*(?:members-only|wp:jetpack/paywall)\b", inline.read_paywall, in_html=True),
    Notation("<", r"<div[ ]class=\"paywall-jump\"", inline.read_paywall, in_html=True),
    Notation("<", r"<%", syntaxes.read_percent_tag, in_html=True),
    *(Notation(sign, rf"{form}[ \t]*$", inline.read_contents, before=_LINE) for sign, form in _CONTENTS),
    Notation("[[", r"!?\[\[(?=[^\s\[\]\"'])", inline.read_wikilink),
)
"""In this order: of several that begin alike, the first that can read the text counts."""


@cache
def _opening(notation: Notation) -> re.Pattern[str]:
    return re.compile(notation.opening, re.MULTILINE | re.VERBOSE)


@lru_cache(maxsize=256)
def _stops(notations: tuple[Notation, ...]) -> re.Pattern[str]:
    """Where the search stops: at code, comments, and what looks like one of the notations, by number."""
    begins = (f"{each.before}(?P<n{number}>{each.opening})" for number, each in enumerate(notations))
    return re.compile("|".join((_SKIPPED, *begins)), re.MULTILINE | re.VERBOSE)


def _read(
    notations: Sequence[Notation], source: SourceText, at: int, group: str
) -> tuple[Notation, Replacement] | None:
    """Read what begins at ``at``, and tell by which notation; None where it is plain text.

    Args:
        notations: In the order in which they are tried.
        source: The text.
        at: Where a notation begins.
        group: The group of :func:`_stops` that found it, which saw what must stand before it; empty if none did.
    """
    first = int(group[1:]) if group else 0
    for number, notation in enumerate(notations[first:], first):
        begins = f"n{number}" == group or (not notation.before and _opening(notation).match(source.text, at))
        if begins and (replacement := notation.read(source, at)):
            return notation, replacement
    return None


def resolve(words: str, notes: Notes, above: int, *, markdown: bool) -> str:
    """``words`` with every shortcode and foreign notation replaced by Markdown or HTML.

    Args:
        words: Markdown or HTML as it was written.
        notes: Takes one warning that names what was left out.
        above: How many lines of the file stand above ``words``.
        markdown: Whether it is Markdown, where HTML blocks end at blank lines and code stands between backticks.
    """
    mdx = notes.path.lower().endswith(".mdx")
    origins: list[int] = []
    if markdown:
        words, origins = unindent(words, mdx=mdx)
    notations = _likely(words, NOTATIONS, markdown=markdown, mdx=mdx)
    if not notations:
        return words
    source = SourceText(words, markdown=markdown, mdx=mdx)
    resolved = _replaced(source, notations)

    def line_of(at: int) -> int:
        number = words.count("\n", 0, at)
        return above + (origins[number] if origins else number) + 1

    for what, remedy, at in source.cut:
        notes.warn(line_of(at), what, remedy)
    if source.dropped:
        names = sorted(source.dropped, key=source.dropped.__getitem__)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        what = f"unknown template code is left out: {', '.join(names[:_NAMED])}{more}"
        notes.warn(line_of(source.dropped[names[0]]), what, "write Markdown or HTML in its place")
    return resolved


def _likely(words: str, notations: Iterable[Notation], *, markdown: bool, mdx: bool) -> tuple[Notation, ...]:
    """The notations that something in ``words`` looks like; all of them in MDX."""
    return tuple(
        each
        for each in notations
        if (markdown or each.in_html) and (mdx or (each.sign in words and _opening(each).search(words)))
    )


def public_source(words: str, path: str) -> str:
    """The Markdown of the article at ``path`` as it was written, without what only some may read."""
    mdx = path.lower().endswith(".mdx")
    # A table of contents that a program wrote stays, and its comments are nothing but that.
    sought = (each for each in (*NOTATIONS, *_COMMENTS) if each.read is not inline.read_generated_contents)
    notations = _likely(words, sought, markdown=True, mdx=mdx)
    source = SourceText(words, markdown=True, mdx=mdx)
    return _replaced(source, notations, comments_only=True) if notations else words


def _read_comment(source: SourceText, at: int) -> Replacement | None:
    before = source.text[max(0, at - _LINE_START) : at]
    if _BACKSLASHES.search(before):
        return None
    end = source.end("-->", at)
    if end is None and not _BEGINS_BLOCK.fullmatch(before.rpartition("\n")[2]):
        return None
    return Replacement(end.end() if end else len(source.text), "", is_comment=True)


def _read_definition(source: SourceText, at: int) -> Replacement | None:
    found = _DEFINITION.match(source.text, at)
    if source.used is None:
        source.used = frozenset(_USED.findall(_DEFINITION.sub("", source.text)))
    if found is None or found[1] in source.used:
        return None
    return Replacement(found.end(), "", is_comment=True)


_COMMENTS = (
    Notation("<!--", "<!--", _read_comment),
    Notation("]:", r"\[[^\]\n]+\]:", _read_definition, before=r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?"),
)
"""Comments that Markdown itself leaves out of its HTML."""


def _replaced(source: SourceText, notations: tuple[Notation, ...], *, comments_only: bool = False) -> str:
    """The text with what was read replaced; with ``comments_only`` all that is no comment stays as it was."""
    parts: list[str] = []
    done = at = 0
    skipper, stops = _Skipper(source), _stops(notations)
    while found := stops.search(source.text, at):
        group = found.lastgroup or ""
        start = found.start(group)
        skipped = skipper.end_of(found, group)
        read = None
        if skipped is None or group == "comment":  # the comment may begin a table of contents
            read = _read(notations, source, start, group if skipped is None else "")
        if read is None:
            at = start + 1 if skipped is None else skipped
            continue
        notation, replacement = read
        if comments_only and not replacement.is_comment:
            at = _go_on(notation, source, start, replacement)
            continue
        if notation.holds_text and not replacement.is_comment:
            replacement = _without_comments(notation, source, start, replacement)
        begin = start if replacement.begin is None else max(done, replacement.begin)
        parts += [source.text[done:begin], replacement.html]
        done = at = replacement.end
    parts.append(source.text[done:])
    if not comments_only:
        parts += [f"\n\n{closing}" for _, closing in reversed(source.closings) if closing]
    return "".join(parts)


def _go_on(notation: Notation, source: SourceText, start: int, replacement: Replacement) -> int:
    """Where the search for comments goes on: within text of the article, and within what two tags leave out."""
    if notation.holds_text:
        return start + 1
    tag = None if replacement.html else _TAG_END.search(source.text, start, replacement.end)
    return tag.end() if tag else replacement.end


def _without_comments(notation: Notation, source: SourceText, at: int, replacement: Replacement) -> Replacement:
    """The replacement of what begins at ``at``, without the comments in its text."""
    written = source.text[at : replacement.end]
    notations = _likely(written[1:], (*NOTATIONS, *_COMMENTS), markdown=source.markdown, mdx=source.mdx)
    if not notations:
        return replacement
    # The sign that opens it would be found again, and its place in the line counts.
    rest = SourceText(f".{written[1:]}", markdown=source.markdown, mdx=source.mdx)
    public = written[0] + _replaced(rest, notations, comments_only=True)[1:]
    if public == written:
        return replacement
    above = source.text[:at]
    text = f"{above}{public}\n///"  # a block finds its end
    again = notation.read(SourceText(text, markdown=source.markdown, mdx=source.mdx), at)
    is_whole = again is not None and again.end >= at + len(public)
    return replacement._replace(html=again.html if again and is_whole else public)


class _Skipper:
    """Finds the ends of code and comments."""

    def __init__(self, source: SourceText) -> None:
        self._text = source.text
        self._markdown = source.markdown
        self._mdx = source.mdx
        self._not_found: set[str] = set()
        self._judged = -1
        """Where the line begins that follows the last indented one; it is code if that was."""
        self._is_code = False
        self._looked_at = 0
        self._outside = ""
        """The last line before ``_looked_at`` that is not indented."""

    def end_of(self, found: re.Match[str], group: str) -> int | None:
        """Where the code or comment ends that begins at ``found``; None where a notation begins."""
        match group:
            case "escaped":
                return found.end()
            case "comment":
                return self._past("-->", found.end())
            case "code":
                return self._past(f"</{found['code']}", found.end())
            case "fence" | "indented" | "ticks":
                return self._past_markdown(found, group) if self._markdown else found.start(group) + 1
        return None

    def _past(self, ending: str, start: int) -> int:
        """Behind the next ``ending``; ``start`` where there is none, which is not searched for again."""
        end = -1 if ending in self._not_found else self._text.find(ending, start)
        if end < 0:
            self._not_found.add(ending)
        return start if end < 0 else end + len(ending)

    def _past_markdown(self, found: re.Match[str], group: str) -> int:
        if group == "fence":
            ending = re.compile(rf"^[ \t>]*{found['fence'][0]}{{{len(found['fence'])},}}[ \t]*$", re.MULTILINE)
            end = ending.search(self._text, found.end())
            return end.end() if end else len(self._text)
        if group == "ticks":
            ending = re.compile(rf"(?<!`){found['ticks']}(?!`)|\n[ \t]*\n")
            end = ending.search(self._text, found.end(), found.end() + _LONGEST)
            return end.end() if end and end[0] == found["ticks"] else found.end()
        if self._judged != found.start():
            self._is_code = self._begins_code(found.start())
        self._judged = found.end() + 1
        return found.end() if self._is_code else found.start() + len(found[0]) - len(found[0].lstrip(" \t"))

    def _begins_code(self, start: int) -> bool:
        """Whether an indented line is code (CommonMark, section 4.4): below a blank line, and in no list."""
        above = self._text[self._text.rfind("\n", 0, max(0, start - 1)) + 1 : max(0, start - 1)]
        if above.strip() and not above.startswith(("    ", "\t")):
            return False
        outside = self._line_outside(start)
        return not (_ITEM.match(outside) or (self._mdx and _COMPONENT.match(outside)))

    def _line_outside(self, start: int) -> str:
        """The last line before ``start`` that is not indented; all calls together read the text once."""
        end = start
        while end > self._looked_at:
            begin = self._text.rfind("\n", 0, end - 1) + 1
            line = self._text[begin : end - 1]
            if line.strip() and not line.startswith((" ", "\t")):
                self._outside = line
                break
            end = begin
        self._looked_at = max(start, self._looked_at)
        return self._outside
