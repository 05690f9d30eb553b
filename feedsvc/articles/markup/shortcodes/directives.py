"""Directives and alerts: ``:::note Title`` up to ``:::``, ``/// note``, and quotes such as ``> [!NOTE]``.

Docusaurus, VuePress and remark write the first, PyMdown the second, GitHub and Obsidian (``> [!tip]- Title``) the
third.
"""

import re

from feedsvc.articles.markup.inline import without_markup
from feedsvc.articles.markup.shortcodes.handlers import handler_of, notice
from feedsvc.articles.markup.shortcodes.shortcode import Page, Shortcode, Taken, plain_name

_FENCE = re.compile(r":{3,}[ \t]*(?:\{?\.?([A-Za-z][\w-]*)\}?)?(?:\[([^\]\n]*)\])?[ \t]*(?:\{[^{}\n]*\})?([^\n]*)")

_SLASHES = re.compile(r"/{3,}[ \t]*([A-Za-z][\w-]*)?[ \t]*(?:\|([^\n]*))?(?=\n|\Z)(?:\n[ \t]+\w+:[^\n]*)*")
_SLASHES_END = r"(?m:^[ \t]*///+[ \t]*$)"
_MARK = re.compile(r"\[!([A-Za-z][\w-]*)(?:\|[^\]\n]*)?\][+-]?[ \t]*([^\n]*)")
_LONGEST = 1_000
"""In characters; no quote is nested deeper."""


def take(page: Page, at: int) -> Taken | None:
    """Make something of the line of colons at ``at``; None where it is none."""
    if page.text.startswith("///", at):
        return _take_slashes(page, at)
    found = _FENCE.match(page.text, at)
    if found is None or not page.markdown:
        return None
    name, label, rest = found.groups()
    if not name:
        closing = page.close(":::")
        return None if closing is None or rest.strip() else Taken(found.end(), f"\n{closing}\n")
    title = (label or rest or "").strip()
    call = Shortcode(plain_name(name), (), {"title": title} if title else {})
    meaning = handler_of(call, inline=False) or notice(title or name.capitalize())
    page.closings.append((":::", meaning.closing))
    return Taken(found.end(), f"{meaning.html}\n")


def _take_slashes(page: Page, at: int) -> Taken | None:
    """``/// note | Title`` up to ``///``, as PyMdown's blocks are written."""
    found = _SLASHES.match(page.text, at)
    if found is None:
        return None
    name, title = found[1], (found[2] or "").strip()
    if not name:
        closing = page.close("///")
        return None if closing is None else Taken(found.end(), f"\n{closing}\n")
    if page.end(_SLASHES_END, found.end()) is None:
        return None
    call = Shortcode(plain_name(name), (), {"title": title} if title else {})
    meaning = handler_of(call, inline=False) or notice(title or name.capitalize())
    page.closings.append(("///", meaning.closing))
    return Taken(found.end(), f"{meaning.html}\n")


def take_alert(page: Page, at: int) -> Taken | None:
    """Make a title of the mark at ``at``, above a paragraph of its own in the same quote."""
    found = _MARK.match(page.text, at)
    if found is None:
        return None
    prefix = page.text[max(0, at - _LONGEST) : at].rpartition("\n")[2]
    title = without_markup(found[2].strip()) or found[1].replace("-", " ").replace("_", " ").capitalize()
    return Taken(found.end(), f"**{title}**\n{prefix.rstrip()}")
