"""Alerts: quotes that say what notice they are, ``> [!NOTE]`` of GitHub and ``> [!tip]- Title`` of Obsidian."""

import re

from feedsvc.articles.leftovers.page import Page, Taken
from feedsvc.articles.markup import without_markup

_MARK = re.compile(r"\[!([A-Za-z][\w-]*)(?:\|[^\]\n]*)?\][+-]?[ \t]*([^\n]*)")
_LONGEST = 1_000
"""In characters; no quote is nested deeper."""


def take(page: Page, at: int) -> Taken | None:
    """Make a title of the mark at ``at``, above a paragraph of its own in the same quote."""
    found = _MARK.match(page.text, at)
    if found is None:
        return None
    prefix = page.text[max(0, at - _LONGEST) : at].rpartition("\n")[2]
    title = without_markup(found[2].strip()) or found[1].replace("-", " ").replace("_", " ").capitalize()
    return Taken(found.end(), f"**{title}**\n{prefix.rstrip()}")
