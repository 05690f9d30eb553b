"""Markdown articles: CommonMark with tables, strikethrough, task lists, footnotes, autolinks and heading ids.

Raw HTML is let through, because whatever comes out is sanitised (:mod:`feedsvc.articles.body`). The parser is
comrak, in Rust: per article of 600 words it needs 66 µs where pure-Python ones need 1,500.
"""

import re

from comrak import ExtensionOptions, RenderOptions, render_markdown

from feedsvc.articles.excerpt import plain_text
from feedsvc.articles.header import Header
from feedsvc.articles.rendering import Rendering
from feedsvc.articles.unreadable import Notes

_ANCHOR = re.compile(r'<a href="#[^"]*" aria-label="[^"]*" data-heading-content="[^"]*" class="anchor"></a>')
"""The empty link that comrak puts into each heading; the heading's id is what counts."""
_BOXES = {
    '<input type="checkbox" disabled="" />': "☐",
    '<input type="checkbox" checked="" disabled="" />': "☑",
}
"""Feed readers drop form fields, and with them what has been done."""
_HEADING = re.compile(r"\s*(?:<!--.*?-->\s*)*<h1(?:\s[^>]*)?>(.*?)</h1>\s*", re.DOTALL)
_NOTE = re.compile(r"^\[\^([^\]\s]+)\]:", re.MULTILINE)


def read_markdown(text: str, header: Header, notes: Notes) -> Rendering:
    """Render a Markdown article.

    Args:
        text: What stands below the header.
        header: Where it gives no title, the heading that opens the text does; that heading then leaves the
            body, as it also does when it repeats the header's title.
        notes: Takes a warning for each footnote that nothing refers to, which no Markdown parser shows.
    """
    for label in _NOTE.findall(text):
        if text.count(f"[^{label}]") == 1:
            notes.warn(
                None, f"no text refers to the footnote [^{label}]; it is left out", "refer to it or remove it"
            )
    html = _ANCHOR.sub("", render_markdown(text, _EXTENSIONS, None, _OUTPUT))
    for box, sign in _BOXES.items():
        html = html.replace(box, sign)
    return take_heading(html, header)


def take_heading(html: str, header: Header) -> Rendering:
    """Part a heading of the first rank that opens ``html`` from it, where it is the article's title."""
    found = _HEADING.match(html)
    if found is None or "<img" in found[1]:
        return Rendering(html, None, header)
    heading = plain_text(found[1])
    title = header.first("title")
    if not heading or (title is not None and title.value != heading):
        return Rendering(html, None, header)
    return Rendering(html[found.end() :], heading, header)


def _extensions() -> ExtensionOptions:
    options = ExtensionOptions()
    for name in ("table", "strikethrough", "tasklist", "footnotes", "autolink"):
        setattr(options, name, True)
    options.header_id_prefix = ""
    return options


def _output() -> RenderOptions:
    options = RenderOptions()
    options.unsafe_ = True
    return options


_EXTENSIONS = _extensions()
_OUTPUT = _output()
