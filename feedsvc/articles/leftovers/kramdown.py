"""Attributes in braces, of kramdown, Pandoc and Docusaurus: ``{: .wide}``, ``## Heading {#name}``."""

import re
from html import escape

from feedsvc.articles.leftovers.page import Page, Taken

_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}")
_LONGEST = 1_000
"""In characters; no heading is longer."""
_NAME = re.compile(r"\{#([\w.-]+)[^{}\n]*\}")


def take(page: Page, at: int) -> Taken | None:
    """Make something of the braces at ``at``; None where they are none of these."""
    if not page.markdown:
        return None
    attributes = _ATTRIBUTES.match(page.text, at)
    if attributes is not None:
        return Taken(attributes.end(), "")
    name = _NAME.match(page.text, at)
    line = page.text[max(0, at - _LONGEST) : at].rpartition("\n")[2]
    if name is None or not line.startswith("#"):
        return None
    return Taken(name.end(), f'<a id="{escape(name[1])}"></a>')
