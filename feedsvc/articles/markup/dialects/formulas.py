"""Formulas in TeX, between dollars, escaped brackets or the words of an environment, reach feeds letter by letter.

Every sign in a formula that could be Markdown is written as a character reference (CommonMark, section 2.5), which
Markdown and HTML both turn back into the sign and nothing else.
"""

import re

from feedsvc.articles.markup.shortcodes.shortcode import Replacement, SourceText

_FORMULA = re.compile(
    r"\$(?![\s$])((?:[^$\\\n]|\\.|\n(?![ \t>]*(?:\n|\Z))){1,2000})(?<![\s\\])\$(?![\w$])", re.ASCII
)
_BEFORE_FORMULA = re.compile(r"[A-Za-z0-9_$\\/]")
"""After one of these a dollar is part of a word, an amount (US$5) or an address."""
_TEX_OPENING = re.compile(r"(\\?)\\([(\[])")
_TEX_CLOSING = {"(": r"\\{1,2}\)", "[": r"\\{1,2}\]"}
_ENVIRONMENT = re.compile(r"\\begin\{((?:align|equation|gather|multline|eqnarray|alignat|flalign)\*?)\}")
_LONGEST_FORMULA = 5_000
"""In characters; no formula is longer, and what is looked at again and again must be short."""
_BLANK_LINE_IN_QUOTE = re.compile(r"\n[ \t>]*\n")
_PREFIX = re.compile(r"[ \t]*(?:>[ \t]?)*")
_SIGNS = re.compile(r"[!-/:-@\[-`{-~\n]")
_MARKUP = re.compile(r"[\\_*^~<>\[\]{}&`!#|+=-]")
"""Without one of these Markdown leaves a formula as it is."""
_IN_WORDS = re.compile(r"\\[A-Za-z]+\*?|\{[^{}]*\}")
"""What may hold words in a formula: commands, and text in their braces."""
_PROSE = re.compile(r"[A-Za-z]{2,}[.,;:!?)*_~]*\s+[(*_~]*[A-Za-z]{2,}")
_LONG_WORD = re.compile(r"[A-Za-z]{4,}")
_TEX = {
    "(": re.compile(r"\\[A-Za-z]|[=^<>+*/-]|(?<!\w)\w_|\A\s*[A-Za-z]'?\s*\Z"),
    "[": re.compile(r"\\[A-Za-z]|[=^]|(?<!\w)\w_"),
}
"""What a formula holds, and a sentence in escaped brackets does not."""


def read_dollars(source: SourceText, at: int) -> Replacement | None:
    """Keep the formula between dollars at ``at``; None where the dollar is money, a variable or nothing."""
    if source.text.startswith("$$", at):
        return _display(source, at) or Replacement(at + 2, "$$")
    if at and _BEFORE_FORMULA.match(source.text, at - 1):
        return None
    found = _FORMULA.match(source.text, at)
    if found is None or not _MARKUP.search(found[1]) or _is_prose(found[1]):
        return None
    return Replacement(found.end(), _kept(source, at, found.end()))


def read_tex(source: SourceText, at: int) -> Replacement | None:
    """Keep the formula that a backslash opens at ``at``; None where it escapes a bracket of a sentence."""
    environment = _ENVIRONMENT.match(source.text, at)
    if environment is not None:
        end = source.end(rf"\\end\{{{re.escape(environment[1])}\}}", environment.end())
        return None if end is None else Replacement(end.end(), _kept(source, at, end.end()))
    opening = _TEX_OPENING.match(source.text, at)
    if opening is None:
        return None
    end = source.end(_TEX_CLOSING[opening[2]], opening.end())
    if end is None or end.end() - at > _LONGEST_FORMULA:
        return None
    inside = source.text[opening.end() : end.start()]
    in_word = at > 0 and source.text[at - 1].isalnum()
    if not _is_tex(inside, opening[2]) or (in_word and len(inside.strip()) == 1):  # person\\(s\\)
        return None
    # Where both marks are doubled, Markdown would have made single ones of them.
    doubled = opening[1] and len(end[0]) > 2
    start, stop = (at + 1, end.start()) if doubled else (at, end.end())
    return Replacement(end.end(), _kept(source, start, stop) + (_references(end[0][1:]) if doubled else ""))


def _display(source: SourceText, at: int) -> Replacement | None:
    end = source.end(r"\$\$", at + 2)
    if end is None or end.end() - at > _LONGEST_FORMULA:
        return None
    inside = source.text[at + 2 : end.start()]
    if not inside.strip() or not _MARKUP.search(inside):
        return Replacement(end.end(), source.text[at : end.end()])
    own_lines = source.is_block(at, end.end())
    if (_BLANK_LINE_IN_QUOTE.search(inside) or _is_prose(inside)) and not (own_lines and _is_tex(inside, "[")):
        return None
    return Replacement(end.end(), _kept(source, at, end.end()))


def _is_prose(inside: str) -> bool:
    return _PROSE.search(_IN_WORDS.sub(" ", inside)) is not None


def _is_tex(inside: str, bracket: str) -> bool:
    if "://" in inside or not _TEX[bracket].search(inside):
        return False
    return not _LONG_WORD.search(_IN_WORDS.sub(" ", inside)) or "\\begin" in inside


def _kept(source: SourceText, start: int, end: int) -> str:
    """The text from ``start`` to ``end`` as Markdown that stands for nothing but itself, in one line."""
    text = source.text[start:end]
    if "\n" in text:
        line = source.text[max(0, start - _LONGEST_FORMULA) : start].rpartition("\n")[2]
        quotes = _PREFIX.match(line + "x")
        depth = quotes[0].count(">") if quotes else 0
        indent = len(line) - len(line.lstrip(" \t")) if not depth else 0
        inner = re.compile(rf"(?:[ \t]{{0,3}}>[ \t]?){{0,{depth}}}[ \t]{{0,{indent}}}")
        first, *others = text.split("\n")
        text = "\n".join([first, *(inner.sub("", other, count=1) for other in others)])
    return _references(text)


def _references(text: str) -> str:
    return _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", text)
