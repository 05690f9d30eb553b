"""Expressions between ``{{`` and ``}}``: values of a site, filters, and calls of Zola's shortcodes."""

import re
from urllib.parse import quote

from feedsvc.articles.markup.shortcodes.handlers import handler_of
from feedsvc.articles.markup.shortcodes.shortcode import Page, Taken, parse_shortcode

_EXPRESSION = re.compile(r"\{\{[-~]?((?>[^{}\"'\n]|\"[^\"\n]*\"|'[^'\n]*'|\{[^{}\n]*\})*?)[-~]?\}\}")
_COMMENT = re.compile(r"\{\{[-~]?\s*/\*(?:[^{*]|\{(?!\{)|\*(?!/))*+\*/\s*[-~]?\}\}")
_BARE = re.compile(r"[\w^\\+*/=-]*")
"""What mathematics and plain writing put between double braces."""
_TOP = re.compile(
    r"\.?(?:site|config|page)\.(?:base_?url|url|root|Params\.baseurl)(?:\s*\|.*)?|base(?:_?url|Path)|siteurl",
    re.IGNORECASE,
)
"""The address of the site, which stands before a path from its top."""
_LITERAL = re.compile(r"([\"'])([^\"']*)\1\s*(?:\|.*)?")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\((.*)\)\s*(?:\|.*)?")
_REFERENCE = frozenset({"geturl", "ref", "relref", "urlfor", "url"})


def take(page: Page, at: int) -> Taken | None:  # noqa: PLR0911  one for each form
    """Make something of the expression at ``at``; None where it is no template's."""
    if comment := _COMMENT.match(page.text, at):
        return Taken(comment.end(), "")
    found = _EXPRESSION.match(page.text, at)
    if found is None or _BARE.fullmatch(found[1]):
        return None
    told, end = found[1].strip(), found.end()
    if _TOP.fullmatch(told):
        return Taken(end, "")
    if literal := _LITERAL.fullmatch(told):  # "/x.png" | relative_url
        return Taken(end, literal[2])
    called = _CALL.fullmatch(told)
    if called is not None:
        call = parse_shortcode(called[1], called[2])
        if call.name in _REFERENCE:
            return Taken(end, quote(call.get("path", at=0), safe="/#?.:@"))
        meaning = handler_of(call, inline=not page.is_block(at, end))
        if meaning is not None:
            return Taken(end, page.spaced(meaning.html + meaning.closing, at, end))
    return Taken(end, page.drop(f"{{{{ {told[:40]} }}}}", at))
