"""Resolving: an article's leftovers replaced by what they mean, and named where they mean nothing."""

import re

from feedsvc.articles.leftovers.page import Page
from feedsvc.articles.leftovers.walk import walk
from feedsvc.articles.unreadable import Notes

_SIGN = re.compile(r"\{[{%#:/]|<[A-Z]|^[ \t]*:::|^import\s", re.MULTILINE)
"""Without one of these there is nothing to do, and nothing is done."""
_RARE = ("{", "<", ":::", "import ")
"""Looked for first, since that costs next to nothing."""
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
    if not mdx and not (any(sign in words for sign in _RARE) and _SIGN.search(words)):
        return words
    page = Page(words, markdown=markdown, mdx=mdx)
    resolved = walk(page)
    if page.dropped:
        names = sorted(page.dropped, key=page.dropped.__getitem__)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        what = f"template code that means nothing here is left out: {', '.join(names[:_NAMED])}{more}"
        line = above + words.count("\n", 0, page.dropped[names[0]]) + 1
        notes.warn(line, what, "write Markdown or HTML in its place")
    return resolved
