"""Attribute lists of Markdown, applied to the element that each follows.

The Markdown reader leaves a list as a comment (:func:`as_comment`), because only the finished HTML tells what it
belongs to: the element right before it in a line, else the block that holds or precedes it.
"""

import re
from urllib.parse import parse_qsl, urlencode

from lxml import etree, html

from feedsvc.articles.body.pruning.hidden import drop
from feedsvc.articles.body.pruning.navigation import drop_title
from feedsvc.articles.source.decoding import clean_text

SIGN = "attributes:"
"""How such a comment begins."""
CONTENTS = "contents"
"""The name by which a place of a table of contents is told; kramdown puts it in the place of a ``list``."""
OF_BLOCK = "block"
"""The name by which a list is told that stands behind a blank at the end of a line: it is the block's."""
_INLINE = frozenset(
    {
        *("a", "abbr", "audio", "b", "cite", "code", "del", "em", "i", "iframe", "img", "ins", "kbd", "mark", "q"),
        *("s", "span", "strong", "sub", "sup", "video"),
    }
)
_WITH_WORDS = frozenset({"p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "summary"})
"""Blocks to which a list at the end of their words belongs."""
_PIXELS = re.compile(r"([1-9]\d{0,4})(?:px)?")
_NAME = re.compile(r"[A-Za-z][\w:-]*")


def as_comment(attributes: dict[str, str]) -> str:
    """The comment that stands for ``attributes`` until the HTML is finished."""
    return f"<!--{SIGN}{urlencode(attributes).replace('-', '%2D')}-->"


def apply(comment: html.HtmlComment) -> None:
    """Give the attributes of ``comment`` to the element that they belong to, and take the comment out."""
    pairs = dict(parse_qsl((comment.text or "")[len(SIGN) :], keep_blank_values=True))
    parent = comment.getparent()
    if parent is None:
        return
    target = _target(comment, parent, of_block=pairs.pop(OF_BLOCK, None) is not None)
    if CONTENTS in pairs:
        _leave_out_contents(comment, target if pairs[CONTENTS] else None)
    elif target is not None:
        for name, value in pairs.items():
            _set(target, name.lower(), clean_text(value))
    _take_out(comment, parent)


def _leave_out_contents(comment: html.HtmlComment, target: html.HtmlElement | None) -> None:
    """Take out the list in whose place a table of contents was to stand, and the heading that announces it."""
    place = target.getparent() if target is not None and target.tag == "li" else target
    is_list = place is not None and place.tag in {"ul", "ol"}
    drop_title(place if is_list else comment)
    if is_list:
        drop(place)


def _target(comment: html.HtmlComment, parent: etree._Element, *, of_block: bool) -> html.HtmlElement | None:
    before = comment.getprevious()
    while isinstance(before, html.HtmlComment) and not (before.tail or "").strip():
        before = before.getprevious()
    above = before if isinstance(before, html.HtmlElement) else None
    if above is not None and not above.tail and above.tag in _INLINE and not of_block:
        return above
    ends = not (comment.tail or "").strip()
    if ends and parent.tag in _WITH_WORDS and isinstance(parent, html.HtmlElement) and _follows_words(comment):
        return parent
    if above is not None and not (above.tail or "").strip():
        return above
    after = comment.getnext()
    return after if ends and isinstance(after, html.HtmlElement) and after.tag not in _INLINE else None


def _follows_words(comment: html.HtmlComment) -> bool:
    parent = comment.getparent()
    return comment.getprevious() is not None or (parent is not None and bool(parent.text))


def _set(element: html.HtmlElement, name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        return
    if name in {"width", "height"}:
        pixels = _PIXELS.fullmatch(value)
        if pixels:
            _sized(element).set(name, pixels[1])
    elif name == "class":
        element.set(name, f"{element.get(name, '')} {value}".strip())
    elif name not in {"src", "href"}:
        element.set(name, value)


def _sized(element: html.HtmlElement) -> html.HtmlElement:
    """What a size is meant for: of a paragraph that is one picture, the picture."""
    is_picture = len(element) == 1 and element[0].tag == "img" and not element.text_content().strip()
    return element[0] if is_picture else element


def _take_out(comment: html.HtmlComment, parent: etree._Element) -> None:
    tail, before = comment.tail or "", comment.getprevious()
    text = (parent.text if before is None else before.tail) or ""
    if tail.strip() or not text.endswith("\n"):  # else blank lines would grow with each of thousands
        if before is not None:
            before.tail = text + tail or None
        else:
            parent.text = text + tail or None
    comment.tail = None
    parent.remove(comment)
