"""Pruning: HTML without what its page hides, repeats or puts around the text, such as line numbers of code.

A tree costs as much as rendering, so HTML is parsed only where a tag shows a sign of something to prune.
"""

import re

from lxml import etree, html

from feedsvc.articles.body import hidden_elements
from feedsvc.articles.body.hidden_elements import classes, drop
from feedsvc.articles.body.sanitizer import with_placeholders
from feedsvc.articles.source.decoding import clean_text

_IN_CODE = frozenset({"ln", "lnt", "lineno", "linenos", "line-number", "line-numbers-rows", "hljs-ln-n", "linenr"})
"""Classes of a number in a line, or of all numbers beside it."""
_GUTTERS = frozenset({"gutter", "linenos", "lineno", "linenodiv", "hljs-ln-numbers", "blob-num"})
"""Classes of the table cell that holds the numbers; Chroma's has none of its own."""
_TABLES = frozenset({"lntable", "rouge-table", "highlighttable", "codehilitetable", "hljs-ln"})
_PARTS = (
    *("sr-only", "visually", "screen", "show-for-sr", "katex", "mathjax", "mjx", "mwe-math", "a11y"),
    *("lineno", "lnt", "gutter", "line-number", "hljs-ln", '"ln"', "'ln'", "=ln", "blob-num"),
    *("headerlink", "anchor", "permalink", "hash", "header-link", "heading-link", "direct-link", "deep-link"),
    *("section-link", "contents", "toc"),
)
_CLASSES = _PARTS + tuple(
    name
    for name in sorted(hidden_elements.NAMES | _IN_CODE | _GUTTERS | _TABLES)
    if not any(part.strip("\"'=") in name for part in _PARTS)
)
"""The search terms: parts of many classes at once, and each class that has none of these parts."""
_SIGNS = ("hidden", "contents", "toc")
_STYLES = ("display", "visibility", "mso-hide", "mso-element:comment")
_TAG = re.compile(r"<(?:!|[a-z][a-z0-9-]*+[\s/])(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+'|(?!))*+>")
_ANYWHERE = (f"<!--{hidden_elements.SIGN}", "¶", "<dialog")
_COMMENT = re.compile(r"=[\"']?#cmnt(?:_ref)?\d")
_SIGN_OF_PERMALINK = re.compile(r">\s*[#§¶∞🔗⚓]\s*</a>")


def pruned(text: str) -> str:
    """``text``, HTML of any kind, with everything taken out that :func:`prune` takes out."""
    if not needs_tree(text.lower()):
        return text
    text = with_placeholders(clean_text(text))
    root = html.fragment_fromstring(text, create_parent="div", parser=html.HTMLParser(remove_pis=True))
    prune(root, text)
    return inner(root)


def needs_tree(folded: str) -> bool:
    """Whether something in ``folded``, HTML in lower case, may have to go; a few searches tell of most.

    The tree writes some characters otherwise, which changes the digest of an article: words of text are no sign.
    """
    if any(sign in folded for sign in _ANYWHERE) or ("#cmnt" in folded and _COMMENT.search(folded)):
        return True
    if "#" in folded and "</a></h" in folded and _SIGN_OF_PERMALINK.search(folded):
        return True
    has_signs = "style=" in folded or any(sign in folded for sign in _SIGNS)
    if not has_signs and folded.count("class=") == folded.count('class="language-'):
        return False
    tags = "".join(_TAG.findall(folded))
    if any(sign in tags for sign in _SIGNS) or ("style=" in tags and any(style in tags for style in _STYLES)):
        return True
    return "class=" in tags and any(sign in tags for sign in _CLASSES)


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
    comments = [node for node in root.iter(etree.Comment) if (node.text or "").startswith(hidden_elements.SIGN)]
    for comment in comments:
        hidden_elements.apply_attributes(comment)
    hidden_elements.remove_hidden(root)
    remove_line_numbers(root)
    hidden_elements.remove_navigation(root)


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


def remove_line_numbers(root: html.HtmlElement) -> None:
    """Take the numbers out of every block of code; a table that only set them beside the code becomes the code."""
    for table in list(root.iter("table")):
        if _numbers_lines(table):
            _unwrap(table)
    for block in list(root.iter("pre")):
        for element in list(block.iter("span", "a", "td", "div")):
            if not _IN_CODE.isdisjoint(classes(element)):
                drop(element)


def _numbers_lines(table: html.HtmlElement) -> bool:
    if not _TABLES.isdisjoint(classes(table)):
        return True
    around = table.getparent()
    is_code = around is not None and around.tag in {"figure", "div"} and "highlight" in classes(around)
    return is_code and any("gutter" in classes(cell) for cell in table.iter("td"))


def _unwrap(table: html.HtmlElement) -> None:
    """Put the code of ``table`` in its place."""
    cells = [cell for cell in table.iter("td") if not _is_gutter(cell)]
    blocks = [block for cell in cells for block in cell.iter("pre")]
    within = next((each for each in table.iterancestors() if each.tag == "pre"), None)
    if within is None and len(blocks) == 1:
        code = blocks[0]
        code.tail = None
        code.tail = table.tail
        table.getparent().replace(table, code)
        return
    texts = (cell.text_content() for cell in cells)
    words = "".join(text if text.endswith("\n") else f"{text}\n" for text in texts)
    if within is None:
        code = html.Element("pre")
        code.text, code.tail = words, table.tail
        table.getparent().replace(table, code)
    else:
        table.tail = words + (table.tail or "")
        drop(table)


def _is_gutter(cell: html.HtmlElement) -> bool:
    if any(not _GUTTERS.isdisjoint(classes(each)) for each in cell.iter("td", "div", "pre")):
        return True
    return cell.find(".//span[@class='lnt']") is not None
