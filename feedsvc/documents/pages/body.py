"""The body of an article as its page shows it.

What is wider than a telephone can be scrolled by keyboard, and pictures far below are fetched when they come into
sight.
Feeds tell the body without any of this: a feed reader lays it out as it likes.
"""

import re
from html import escape

from feedsvc.articles.article import Picture

_TAG = re.compile(r"<(/?[a-z][a-z0-9-]*)((?:[^<>\"]|\"[^\"]*\")*)>")
"""A tag as the sanitiser writes it, as a whole: what an attribute holds is never taken for one."""
_SCROLLED = frozenset({"pre", "table"})
_FIRST_SIGHT = 1000
"""Characters of a body that stand on the first screen, more or less; what they show is fetched at once."""


def in_page(content: str, picture: Picture | None) -> str:
    """The clean HTML ``content`` for a page.

    A scrolling area that holds nothing to focus must be focusable itself (WCAG 2.2, 2.1.1), and not every
    browser sees to it.
    """

    def adapted(found: re.Match[str]) -> str:
        name, attributes = found[1], found[2]
        if name in _SCROLLED and " tabindex=" not in attributes:
            return f'<{name} tabindex="0"{attributes}>'
        if name == "img" and source not in attributes and found.start() > _FIRST_SIGHT:
            return f'<img loading="lazy"{attributes}>'
        return found[0]

    source = f' src="{escape(picture.url, quote=False)}"' if picture else "<"  # which no attribute holds
    return _TAG.sub(adapted, content)
