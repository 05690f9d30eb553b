"""Elements that are no text of an article: hidden ones, doubled formulas, tables of contents, permalinks.

It also applies the attribute lists that the Markdown reader leaves as comments (:func:`as_comment`), because only
the finished HTML tells what a list belongs to: the element right before it in a line, else the block that holds
or precedes it.
"""

import re
from urllib.parse import parse_qsl, urlencode

from lxml import etree, html

from feedsvc.articles.source.decoding import clean_text

_HIDING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|mso-element\s*:\s*comment(?:-list)?)\b",
    re.IGNORECASE,
)
"""Styles of what nobody sees, and of the comments that Word writes below a text."""
_COMMENT = re.compile(r"#cmnt(_ref)?\d+")
"""The address of a comment, or from it (``_ref``) to its place, as Google Docs writes them."""
_FOR_SCREEN_READERS = frozenset(
    {
        *("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only"),
        *("screenreader-only", "sr-only-focusable", "show-for-sr", "u-visually-hidden", "is-sr-only"),
        *("visually-hidden-focusable", "screen-reader", "a11y-hidden", "is-visually-hidden"),
    }
)
"""Classes of words that say to screen readers what a sign shows everyone else."""
_FORMULAS = frozenset({"katex", "mathjax", "mathjax_display", "mjx-chtml", "mwe-math-element", "mathjax_svg"})
"""Classes around a formula that stands twice: as MathML, and drawn for the eye with ``aria-hidden``."""
_SHOWN_LATER = frozenset({"tabpanel"})
"""Roles of what a click shows: it is the text of a page, of which one part is open at first."""


_AROUND = frozenset({"org-div-home-and-up", "postamble"})
"""Ids of what Org puts around its text: links to other pages, and how the page was made."""


def remove_hidden(root: html.HtmlElement) -> None:
    """Take every hidden element out of the tree, and of each formula everything but its MathML."""
    for formula in list(root.iter("math")):
        _keep_once(formula)
    for link in list(root.iter("a")):
        if found := _COMMENT.fullmatch(link.get("href", "")):
            around = next(link.iterancestors("div" if found[1] else "sup"), root)
            if around is not root and (not found[1] or _opens(link, around)):
                drop(around)
    for element in list(root.iter("*")):
        if element is not root and element.tag != "math" and _is_hidden(element):
            drop(element)


def drop(element: html.HtmlElement) -> None:
    """Take ``element`` out of its tree; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def classes(element: html.HtmlElement) -> frozenset[str]:
    """The classes of ``element``, in lower case."""
    return frozenset(element.get("class", "").lower().split())


def _opens(element: html.HtmlElement, around: html.HtmlElement) -> bool:
    """Whether ``around`` begins with ``element``."""
    while element is not around:
        above = element.getparent()
        if element.getprevious() is not None or (above.text or "").strip():
            return False
        element = above
    return True


def _is_hidden(element: html.HtmlElement) -> bool:
    held = element.attrib
    if element.tag == "dialog" and "open" not in held:
        return True
    if element.tag == "div" and held.get("id") in _AROUND:
        return True
    if "hidden" in held and held["hidden"].lower() != "until-found":
        return held.get("role") not in _SHOWN_LATER
    if "style" in held and _HIDING.search(held["style"]) and element.find(".//math") is None:
        return True
    return "class" in held and not _FOR_SCREEN_READERS.isdisjoint(classes(element))


def _keep_once(formula: html.HtmlElement) -> None:
    """Of a formula that its renderer writes twice, keep the MathML, without the TeX that would show too."""
    doubled = (
        each
        for each in formula.iterancestors()
        if each.tag == "mjx-container" or not _FORMULAS.isdisjoint(classes(each))
    )
    around = next(doubled, None)
    if around is None:
        return
    for drawn in list(around.iter("*")):
        if drawn.get("aria-hidden") == "true" and drawn.find(".//math") is None:
            drop(drawn)
    for source in list(formula.iter("annotation")):
        if source.text and not formula.get("alttext"):
            formula.set("alttext", source.text.strip())
        drop(source)


SIGN = "attributes:"
"""How such a comment begins."""
CONTENTS = "contents"
"""The attribute of a comment in the place of a table of contents; its value is ``list`` in the place of a list."""
OF_BLOCK = "block"
"""The attribute of an attribute list behind a blank at the end of a line, which belongs to the block."""
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


def apply_attributes(comment: html.HtmlComment) -> None:
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


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PERMALINKS = frozenset(
    {
        *("headerlink", "header-link", "header-anchor", "anchor", "anchorjs-link", "anchor-link", "hash-link"),
        *("heading-anchor", "heading-link", "permalink", "direct-link", "zola-anchor", "anchor-heading"),
        *("headline-hash", "markdown-anchor", "heading-permalink", "hanchor", "deep-link", "section-link"),
    }
)
_SIGNS = "#§¶∞🔗⚓\u200b\u200c\u2060\ufeff\ufe0e\ufe0f "
_SPOKEN = frozenset({"permalink", "link", "anchor", "direct link", "link to heading", "link to this heading"})
_CONTENTS_NAMES = frozenset(
    {
        *("toc", "table-of-contents", "tableofcontents", "markdown-toc", "toc_container", "toc-container"),
        *("ez-toc-container", "toc-wrapper", "post-toc", "article-toc", "toc-list", "page-toc", "toc_list"),
    }
)
"""Ids and classes of tables of contents."""
NAMES = _FOR_SCREEN_READERS | _FORMULAS | _PERMALINKS | _CONTENTS_NAMES | {"doc-toc"}
"""The classes, ids and roles by which an element is known here."""
_HOLDERS = frozenset({"div", "nav", "ul", "ol", "details", "aside", "section"})
_TITLES = frozenset({"contents", "table of contents", "toc", "on this page", "inhalt", "inhaltsverzeichnis"})


def remove_navigation(root: html.HtmlElement) -> None:
    """Take out tables of contents with the heading above them, and the signs of permalinks."""
    for element in list(root.iter(*_HOLDERS)):
        if element is not root and _is_contents(element):
            drop_title(element)
            drop(element)
    for link in list(root.iter("a")):
        if link.get("href", "").rpartition("#")[1] and _is_permalink(link):
            _leave_id(link)
            drop(link)


def drop_title(contents: html.HtmlElement) -> None:
    """Take out the heading above ``contents`` that says no more than that a table of contents follows."""
    above = contents.getprevious()
    if above is None or above.tag not in _HEADINGS or (above.tail or "").strip():
        return
    if " ".join(above.text_content().split()).rstrip(":").lower() in _TITLES:
        drop(above)


def _is_contents(element: html.HtmlElement) -> bool:
    names = classes(element) | {element.get("id", "").lower()}
    is_named = not _CONTENTS_NAMES.isdisjoint(names) or element.get("role") == "doc-toc"
    if not is_named or element.getparent() is None:
        return False
    links = [link for link in element.iter("a") if "#" in link.get("href", "")]
    linked = sum(len(link.text_content().split()) for link in links)
    return bool(links) and 2 * linked >= len(element.text_content().split())


def _is_permalink(link: html.HtmlElement) -> bool:
    words = " ".join(link.text_content().split()).strip(_SIGNS)
    in_heading = any(each.tag in _HEADINGS for each in link.iterancestors())
    named = not _PERMALINKS.isdisjoint(classes(link))
    if words:
        return named and in_heading and words.lower() in _SPOKEN
    if link.find(".//img") is not None and not named:
        return False
    return named or (in_heading and link.get("href", "").startswith("#"))


def _leave_id(link: html.HtmlElement) -> None:
    """Give the heading the id by which others link to it, where only its permalink has one."""
    name = link.get("id") or link.get("name")
    heading = next((each for each in link.iterancestors() if each.tag in _HEADINGS), None)
    if name and heading is not None and not heading.get("id"):
        heading.set("id", clean_text(name))
