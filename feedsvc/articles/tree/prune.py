"""Pruning: HTML without what its page hides, repeats or puts around the text; the door of this package.

A tree costs as much as rendering, so HTML is parsed only where a tag shows one of the signs of something to prune.
"""

import re

from lxml import etree, html

from feedsvc.articles.tree import attributes, hidden, line_numbers, navigation

_CLASSES = (
    # Parts of the names that the other modules of this package know.
    *("sr-only", "visually", "screen", "show-for-sr", "katex", "mathjax", "mjx", "mwe-math", "a11y"),
    *("lineno", "lnt", "gutter", "line-number", "hljs-ln", '"ln"', "=ln", "blob-num"),
    *("headerlink", "anchor", "permalink", "hash", "header-link", "heading-link", "direct-link", "deep-link"),
    *("section-link",),
)
_SIGNS = ("class=", "style=", "hidden", "toc", "contents")
"""Without one of these no tag has to be looked at."""
_STYLES = ("display", "visibility", "mso-hide")
_TAG = re.compile(r"<[a-z!](?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_SIGN_OF_PERMALINK = re.compile(r">\s*[#§¶∞🔗⚓]\s*</a>")


def pruned(text: str) -> str:
    """``text``, HTML of any kind, with everything taken out that :func:`prune` takes out."""
    folded = text.lower()
    if not _needs_tree(folded):
        return text
    root = html.fragment_fromstring(text, create_parent="div", parser=html.HTMLParser(remove_pis=True))
    prune(root)
    return inner(root)


def _needs_tree(folded: str) -> bool:
    """Whether something in ``folded``, HTML in lower case, may have to go; in most articles a few looks tell."""
    if f"<!--{attributes.SIGN}" in folded or "¶" in folded:
        return True
    if "#" in folded and "</a></h" in folded and _SIGN_OF_PERMALINK.search(folded):
        return True
    if not any(sign in folded for sign in _SIGNS):
        return False
    tags = "".join(_TAG.findall(folded))
    if "hidden" in tags or "toc" in tags or "contents" in tags:
        return True
    if "style=" in tags and any(style in tags for style in _STYLES):
        return True
    return "class=" in tags and any(sign in tags for sign in _CLASSES)


def prune(root: html.HtmlElement) -> None:
    """Take out of the tree what no reader is meant to read, and apply attribute lists.

    That is: attribute lists and places of tables of contents, which the Markdown reader left as comments; elements
    hidden from people, doubles of formulas, line numbers, permalink signs and tables of contents.
    """
    comments = [node for node in root.iter(etree.Comment) if (node.text or "").startswith(attributes.SIGN)]
    for comment in comments:
        attributes.apply(comment)
    hidden.remove(root)
    line_numbers.remove(root)
    navigation.remove(root)


def inner(element: html.HtmlElement) -> str:
    """The markup between the element's tags."""
    markup: str = html.tostring(element, encoding="unicode", with_tail=False)
    return markup[markup.index(">") + 1 : markup.rindex("<")]
