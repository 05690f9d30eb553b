"""Directives, blocks of text set apart, and alerts, each replaced by the HTML of the shortcode of its name.

Directives are ``:::note Title`` up to ``:::`` (Docusaurus, VuePress, remark), ``::: {.note}`` (Pandoc) and
``/// note`` (PyMdown); alerts are quotes such as ``> [!NOTE] Title`` (GitHub, Obsidian).
"""

import re

from feedsvc.articles.markup.plain_words import without_markup
from feedsvc.articles.markup.shortcodes.handlers import HANDLERS, notice, render_shortcode
from feedsvc.articles.markup.shortcodes.shortcode import (
    Replacement,
    Shortcode,
    SourceText,
    parse_shortcode,
    plain_name,
)

_COLONS = re.compile(
    r":{3,}[ \t]*(?:\{([^{}\n]*)\}|([A-Za-z][\w-]*))?(?:\[([^\]\n]*)\])?[ \t]*(?:\{[^{}\n]*\})?([^\n]*)"
)
_CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
_SLASHES = re.compile(r"/{3,}[ \t]*([A-Za-z][\w-]*)?[ \t]*(?:\|([^\n]*))?(?=\n|\Z)(?:\n[ \t]+\w+:[^\n]*)*")
_SLASHES_END = r"(?m:^[ \t]*///+[ \t]*$)"
_ALERT = re.compile(r"\[!([A-Za-z][\w-]*)(?:\|[^\]\n]*)?\][+-]?[ \t]*([^\n]*)")
_LONGEST = 1_000
"""In characters; no quote is nested deeper."""


def read_colons(source: SourceText, at: int) -> Replacement | None:
    """Replace the line of colons at ``at`` that opens or closes a directive; None where it does neither."""
    found = _COLONS.match(source.text, at)
    if found is None:
        return None
    attributes, name, label, rest = found.groups()
    if attributes is not None:  # Pandoc's, by its first class
        name = next((each for each in _CLASS.findall(attributes) if _is_directive(each)), None) or "div"
        rest = parse_shortcode("", attributes).get("title")
    if name:
        return _open(source, ":::", name, (label or rest or "").strip(), found.end())
    closing = source.close(":::")
    return None if closing is None or rest.strip() else Replacement(found.end(), f"\n{closing}\n")


def _is_directive(name: str) -> bool:
    return name.startswith("callout") or plain_name(name) in HANDLERS


def read_slashes(source: SourceText, at: int) -> Replacement | None:
    """Replace ``/// note | Title`` or the ``///`` that closes it (PyMdown's blocks); None for other slashes."""
    found = _SLASHES.match(source.text, at)
    if found is None:
        return None
    if not found[1]:
        closing = source.close("///")
        return None if closing is None else Replacement(found.end(), f"\n{closing}\n")
    if source.end(_SLASHES_END, found.end()) is None:
        return None
    return _open(source, "///", found[1], (found[2] or "").strip(), found.end())


def _open(source: SourceText, fence: str, name: str, title: str, end: int) -> Replacement:
    """The opening of a directive, as that of the shortcode of its name, else as a notice."""
    directive = Shortcode(plain_name(name), (), {"title": title} if title else {})
    markup = render_shortcode(directive, inline=False) or notice(title or name.capitalize())
    source.open(fence, markup.closing)
    return Replacement(end, f"{markup.html}\n")


def read_alert(source: SourceText, at: int) -> Replacement | None:
    """Make a title of the mark at ``at``, above a paragraph of its own in the same quote."""
    found = _ALERT.match(source.text, at)
    if found is None:
        return None
    prefix = source.text[max(0, at - _LONGEST) : at].rpartition("\n")[2]
    title = without_markup(found[2].strip()) or found[1].replace("-", " ").replace("_", " ").capitalize()
    return Replacement(found.end(), f"**{title}**\n{prefix.rstrip()}")
