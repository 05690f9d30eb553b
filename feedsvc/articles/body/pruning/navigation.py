"""Navigation within a page: permalink signs of headings and tables of contents, which lead nowhere in a feed."""

from lxml import html

from feedsvc.articles.body.pruning.hidden import classes, drop
from feedsvc.articles.source.decoding import clean_text

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
_LISTS = frozenset(
    {
        *("toc", "table-of-contents", "tableofcontents", "markdown-toc", "toc_container", "toc-container"),
        *("ez-toc-container", "toc-wrapper", "post-toc", "article-toc", "toc-list", "page-toc", "toc_list"),
    }
)
"""Ids and classes of tables of contents."""
_HOLDERS = frozenset({"div", "nav", "ul", "ol", "details", "aside", "section"})
_TITLES = frozenset({"contents", "table of contents", "toc", "on this page", "inhalt", "inhaltsverzeichnis"})


def remove(root: html.HtmlElement) -> None:
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
    is_told = not _LISTS.isdisjoint(names) or element.get("role") == "doc-toc"
    if not is_told or element.getparent() is None:
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
