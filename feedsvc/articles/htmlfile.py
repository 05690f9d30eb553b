"""HTML articles: what the head says becomes the header; ``<article>``, ``<main>`` or ``<body>`` the body."""

import re
from collections.abc import Iterator

from lxml import etree, html

from feedsvc.articles.excerpt import one_line
from feedsvc.articles.header import Entry, Header, Value, spelling
from feedsvc.articles.markdown import take_heading
from feedsvc.articles.rendering import Rendering
from feedsvc.articles.unreadable import Notes

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
"""What lxml refuses in text that is decoded already."""

_META = {
    "og:title": "title",
    "description": "description",
    "og:description": "description",
    "author": "author",
    "article:author": "author",
    "dc.creator": "author",
    "dcterms.creator": "author",
    "keywords": "keywords",
    "article:tag": "keywords",
    "article:published_time": "date",
    "date": "date",
    "dcterms.date": "date",
    "dc.date": "date",
    "article:modified_time": "updated",
    "dcterms.modified": "updated",
    "og:image": "image",
}
"""Name or property of a ``<meta>`` to the key it is in a header; the first that is found counts."""


def read_html(text: str, header: Header, notes: Notes) -> Rendering:
    """Read an HTML article, however broken.

    Args:
        text: What stands below the front matter, if there is any.
        header: The front matter; it counts before what the document's head says.
        notes: Names the file.

    Raises:
        Unreadable: There is nothing in the file but comments.
    """
    root = _parse(text, notes)
    told = header.over(Header({spelling(entry.key): entry for entry in reversed(list(_head(root)))}))
    return take_heading(_inner(_body(root)).strip(), told)


def _parse(text: str, notes: Notes) -> html.HtmlElement:
    parser = html.HTMLParser(no_network=True, remove_pis=True)
    try:
        return html.document_fromstring(_DECLARATION.sub("", text), parser=parser)
    except etree.ParserError as error:
        raise notes.unreadable(None, "the file holds no text", "write the article, or remove the file") from error


def _head(root: html.HtmlElement) -> Iterator[Entry]:
    """What the document says about itself, the sources that count more first."""
    title = root.find(".//head/title")
    if title is not None:
        yield from _entry("title", title.text_content(), title)
    if root.get("lang"):
        yield from _entry("lang", root.get("lang", ""), root)
    for meta in root.iter("meta"):
        key = _META.get((meta.get("property") or meta.get("name") or "").strip().lower())
        if key is not None:
            yield from _entry(key, meta.get("content") or "", meta)
    for time in root.iter("time"):
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished":
            yield from _entry("date", time.get("datetime") or time.text_content(), time)


def _entry(key: str, text: str, element: html.HtmlElement) -> Iterator[Entry]:
    value: Value = one_line(text)
    if value:
        yield Entry(key, value, element.sourceline)


def _body(root: html.HtmlElement) -> html.HtmlElement:
    articles = root.findall(".//article")
    if len(articles) == 1:  # several are a list of articles, and belong together
        return articles[0]
    for path in (".//main", ".//body"):
        found = root.find(path)
        if found is not None:
            return found
    return root


def _inner(element: html.HtmlElement) -> str:
    """The markup between the element's tags."""
    markup: str = html.tostring(element, encoding="unicode", with_tail=False)
    return markup[markup.index(">") + 1 : markup.rindex("<")]
