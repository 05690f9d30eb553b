"""Marks within a line that CommonMark does not know: ``H~2~O``, ``x^2^``, ``==marked==``.

The parser has switches for them, but it would also change ``5~10 and 15~20``, ``a==b or c==d`` and ``^_^``. Here a
mark counts only where it stands as its writers put it.
"""

import re

from feedsvc.articles.markup.shortcodes.shortcode import Page, Taken

_BELOW = re.compile(r"(?<=[A-Za-z)\]])~([0-9+−-]{1,8}|[A-Za-z0-9+−-]{1,12}(?=~(?![A-Za-z0-9])))~(?!~)")
_ABOVE = re.compile(r"(?<=[\w)\]])\^([+−-]?[A-Za-z0-9][A-Za-z0-9+−.-]{0,11})\^(?![\w^])")
_MARKED = re.compile(r"(?<![\w=])==(?=[^\s=])([^=\n]{1,500}?)(?<=[^\s=])==(?![\w=])")
_STRUCK = re.compile(r"(?<![\w~])~(?=[^\s~/])([^~\n]{1,500}?)(?<=[^\s~])~(?![\w~])")
_IN_ADDRESS = re.compile(r"(?:://|www\.)\S*\Z")
_LOOK_BACK = 300
"""In characters; how much of an address is looked at."""


def take(page: Page, at: int) -> Taken | None:
    """Make an element of the mark at ``at``; None where the sign is no mark."""
    if not page.markdown:
        return None
    for pattern, tag in ((_BELOW, "sub"), (_ABOVE, "sup"), (_MARKED, "mark")):
        found = pattern.match(page.text, at)
        if found is not None:
            return Taken(found.end(), f"<{tag}>{found[1]}</{tag}>")
    return _tilde(page, at) if page.text[at] == "~" else None


def _tilde(page: Page, at: int) -> Taken | None:
    """A single tilde strikes through where it stands around whole words; the parser would be less careful."""
    struck = _STRUCK.match(page.text, at)
    if struck is not None:
        return Taken(struck.end(), struck[0])
    in_address = _IN_ADDRESS.search(page.text, max(0, at - _LOOK_BACK), at)
    return None if in_address else Taken(at + 1, r"\~")
