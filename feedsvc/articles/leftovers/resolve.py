"""Resolving: an article's leftovers replaced by what they mean, and named where they mean nothing."""

import re

from feedsvc.articles.leftovers.blocks import unindent
from feedsvc.articles.leftovers.page import Page
from feedsvc.articles.leftovers.walk import walk
from feedsvc.articles.unreadable import Notes

_SIGNS = {
    "{": r"\{[{%#:/.A-Za-z\-\s]",
    "<": r"<(?:[A-Z]|!--\s*(?:toc|START doctoc)|[a-z][^<>]*=\{)",
    ":": r":::",
    "/": r"///",
    "import ": r"import ",
    "$": r"\$\S",
    "\\": r"\\(?:[(\[]|begin)",
    "%": r"%%",
    "~": r"~(?<!~~)[^~]",
    "^": r"\^(?<=[\w)\]]\^)[\w+-]",
    "=": r"==\S",
    "[": r"\[(?:!|\[?_?(?i:toc))",
}
"""What is looked for first, since that costs next to nothing, and what tells that there is something to resolve.

Without any of these nothing is done.
"""
_PATTERNS = tuple((sign, re.compile(pattern)) for sign, pattern in _SIGNS.items())
_NAMED = 10
"""More kinds than this are counted, not named."""


def resolve(words: str, notes: Notes, above: int, *, markdown: bool) -> str:
    """``words`` with every leftover replaced by what it means.

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
    if not mdx and not any(sign in words and pattern.search(words) for sign, pattern in _PATTERNS):
        return words
    page = Page(words, markdown=markdown, mdx=mdx)
    resolved = walk(page)

    def line_of(at: int) -> int:
        number = words.count("\n", 0, at)
        return above + (origins[number] if origins else number) + 1

    for shown, at in page.unclosed:
        notes.warn(line_of(at), f"{shown} is never closed; all that follows is left out", "close it")
    if page.dropped:
        names = sorted(page.dropped, key=page.dropped.__getitem__)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        what = f"template code that means nothing here is left out: {', '.join(names[:_NAMED])}{more}"
        notes.warn(line_of(page.dropped[names[0]]), what, "write Markdown or HTML in its place")
    return resolved
