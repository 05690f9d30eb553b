"""The rendering of a file: its body as HTML that is not cleaned yet, with its title and header."""

import re
from dataclasses import dataclass

from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.markup.plain_words import plain_text

_HEADING = re.compile(r"<h1(?:\s[^<>]*)?>")
_NOTHING = re.compile(r"\s*(?:<!--[^>]*-->\s*)*")


@dataclass(frozen=True, slots=True)
class Rendering:
    """A body as HTML, with the title and header that its reader found."""

    html: str
    """Not yet sanitised; URLs as they were written."""
    title: str | None
    """Plain text; None where the text gives none."""
    header: Header
    """The header of the file, wherever the format keeps it."""


def split_title(html: str, header: Header) -> Rendering:
    """Find the title in the first ``<h1>``, and take that out of ``html`` where it opens it.

    A heading further down, or one that holds a picture, gives the title and stays. Where the header gives the
    title, a heading is touched only if it says the same.
    """
    opening = _HEADING.search(html) if "<h1" in html else None
    end = html.find("</h1>", opening.end()) if opening else -1
    if opening is None or end < 0:
        return Rendering(html, None, header)
    heading = html[opening.end() : end]
    words = plain_text(heading)
    declared = header.first("title")
    if not words or (declared is not None and declared.value != words):
        return Rendering(html, None, header)
    above = html[: opening.start()]
    if "<img" in heading or not _NOTHING.fullmatch(above):
        return Rendering(html, words, header)
    return Rendering(above + html[end + len("</h1>") :].lstrip(), words, header)
