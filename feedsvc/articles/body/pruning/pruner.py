"""Pruning: HTML without what its page hides, repeats or puts around the text; the door of this package.

A tree costs as much as rendering, so HTML is parsed only where a tag shows one of the signs of something to prune.
"""

import re

from lxml import etree, html

from feedsvc.articles.body.pruning import attributes, hidden, line_numbers, navigation
from feedsvc.articles.source.decoding import clean_text

_CLASSES = (
    # Parts of the names that the other modules of this package know.
    *("sr-only", "visually", "screen", "show-for-sr", "katex", "mathjax", "mjx", "mwe-math", "a11y"),
    *("lineno", "lnt", "gutter", "line-number", "hljs-ln", '"ln"', "=ln", "blob-num"),
    *("headerlink", "anchor", "permalink", "hash", "header-link", "heading-link", "direct-link", "deep-link"),
    *("section-link",),
)
_STYLES = ("display", "visibility", "mso-hide")
_TAG = re.compile(r"<[a-z!](?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_SIGN_OF_PERMALINK = re.compile(r">\s*[#§¶∞🔗⚓]\s*</a>")


def pruned(text: str) -> str:
    """``text``, HTML of any kind, with everything taken out that :func:`prune` takes out."""
    if not _needs_tree(text.lower()):
        return text
    text = clean_text(text)
    root = html.fragment_fromstring(text, create_parent="div", parser=html.HTMLParser(remove_pis=True))
    prune(root, text)
    return inner(root)


def _needs_tree(folded: str) -> bool:
    """Whether something in ``folded``, HTML in lower case, may have to go; in most articles a few looks tell."""
    if f"<!--{attributes.SIGN}" in folded or "¶" in folded:
        return True
    if "#" in folded and "</a></h" in folded and _SIGN_OF_PERMALINK.search(folded):
        return True
    if not (_has_signs(folded) or folded.count("class=") != folded.count('class="language-')):
        return False
    tags = "".join(_TAG.findall(folded))
    if "hidden" in tags or "toc" in tags or "contents" in tags:
        return True
    if "style=" in tags and any(style in tags for style in _STYLES):
        return True
    return "class=" in tags and any(sign in tags for sign in _CLASSES)


def _has_signs(folded: str) -> bool:
    """Whether a tag has to be looked at, other than for its classes."""
    return "style=" in folded or "hidden" in folded or "toc" in folded or "contents" in folded


def prune(root: html.HtmlElement, source: str) -> None:
    """Take out of the tree what no reader is meant to read, and apply attribute lists.

    That is: attribute lists and places of tables of contents, which the Markdown reader left as comments; elements
    hidden from people, doubles of formulas, line numbers, permalink signs and tables of contents.

    Args:
        root: The tree; it is changed.
        source: The HTML that it was made of.
    """
    if "&#" in source:
        _drop_controls(root)
    comments = [node for node in root.iter(etree.Comment) if (node.text or "").startswith(attributes.SIGN)]
    for comment in comments:
        attributes.apply(comment)
    hidden.remove(root)
    line_numbers.remove(root)
    navigation.remove(root)


def _drop_controls(root: html.HtmlElement) -> None:
    """Take out what character references put in that XML forbids, since no text with it can be moved."""
    for node in root.iter():
        if node.text and isinstance(node.tag, str):
            node.text = clean_text(node.text)
        if node.tail:
            node.tail = clean_text(node.tail)


def inner(element: html.HtmlElement) -> str:
    """The markup between the element's tags."""
    markup: str = html.tostring(element, encoding="unicode", with_tail=False)
    return markup[markup.index(">") + 1 : markup.rindex("<")]
