"""HTML articles: the head becomes the header; ``<article>``, marked content, ``<main>`` or ``<body>`` the body.

An article of any other format is rendered as HTML too (:class:`Rendering`), with the title that its text gives.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree, html

from feedsvc.articles.body.pruner import inner, prune
from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, field_of, keeps_from_feeds, spelling
from feedsvc.articles.markup.plain_words import one_line, plain_text
from feedsvc.articles.problems import Notes

_HEADING = re.compile(r"<h1(?:\s[^<>]*)?>")
_NOTHING = re.compile(r"\s*(?:(?:<!--[^>]*-->|<(?:div|header|section|article|hgroup)(?:\s[^<>]*)?>)\s*)*")
"""What may stand above the heading that opens a text: comments, and the tags of the parts that it opens."""


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


_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
"""The declaration that lxml refuses in text that is decoded already."""

_REFRESH = re.compile(r"\s*[0-5]\s*[;,]\s*url\s*=\s*[\"']?([^\"'\s]+)[\"']?\s*", re.IGNORECASE)
"""A refresh to another page within seconds, by which generators write redirects (HTML, "pragma directives")."""
_META = {
    "og:title": "title",
    "description": "description",
    "og:description": "description",
    "author": "author",
    "article:author": "author",
    "dc.creator": "author",
    "dcterms.creator": "author",
    "authors": "authors",
    "keywords": "keywords",
    "article:tag": "keywords",
    "tags": "tags",
    "category": "category",
    "summary": "summary",
    "slug": "slug",
    "lang": "lang",
    "article:published_time": "date",
    "date": "date",
    "dcterms.date": "date",
    "dc.date": "date",
    "modified": "modified",
    "article:modified_time": "updated",
    "dcterms.modified": "updated",
    "article:expiration_time": "expires",
    "og:image": "image",
}
"""Name or property of a ``<meta>`` (Open Graph's, Dublin Core's, Pelican's) to the key it is in a header. The
first that is found counts; of tags and authors, all. Keys that hide articles are taken besides (:mod:`.keys`)."""


_TIMES = {
    "dt-published": "date",
    "datePublished": "date",
    "dt-updated": "updated",
    "dateModified": "updated",
}
_CONTENT = frozenset({"e-content", "articleBody"})
"""The names of the content of an article (microformats2, h-entry; schema.org, Article)."""
_OF_OTHERS = frozenset({"h-cite", "u-comment", "p-comment", "comment"})
"""The names of what others wrote, on the page or elsewhere (microformats2, h-cite; schema.org, Comment)."""
_ENTRY = frozenset({"h-entry", "hentry"})
"""The names of an article, of which a page may list others (microformats2, h-entry)."""
_YEAR = re.compile(r"\d{4}")
_NAME_OF_SITE = re.compile(r"\s*([|·»])\s|\s*[•–—:-]\s+(.+)")
"""What may follow the title of a page: the name of its site, behind a sign that parts nothing else, or another."""


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
    body = _body(root)
    entries = _entries(root, body)
    prune(body, text)
    return split_title(inner(body).strip(), header.over(Header(entries, "document")))


def _parse(text: str, notes: Notes) -> html.HtmlElement:
    parser = html.HTMLParser(no_network=True, remove_pis=True)
    try:
        return html.document_fromstring(_DECLARATION.sub("", text), parser=parser)
    except etree.ParserError as error:
        raise notes.unreadable(None, "the file holds no text", "write the article, or remove the file") from error


def _entries(root: html.HtmlElement, body: html.HtmlElement) -> dict[str, HeaderEntry]:
    found: dict[str, HeaderEntry] = {}
    for entry in (*_head(root), *_times(root, body)):
        name = spelling(entry.key)
        first = found.setdefault(name, entry)
        if first is not entry and field_of(name) in {"tags", "authors"}:
            values = first.value if isinstance(first.value, list) else [first.value]
            found[name] = replace(first, value=[*values, entry.value])
    return found


def _head(root: html.HtmlElement) -> Iterator[HeaderEntry]:
    """What the document says about itself, the sources that count more first."""
    title, social = root.find(".//head/title"), root.find(".//meta[@property='og:title']")
    if title is not None and not (social is not None and _adds_site(root, title, social)):
        yield from _entry("title", title.text_content(), title)
    if root.get("lang"):
        yield from _entry("lang", root.get("lang", ""), root)
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        for entry in _entry(_META.get(name, name), meta.get("content") or "", meta):
            # Pages use names like status for much else; only a value that hides the article is meant.
            if name in _META or keeps_from_feeds(entry):
                yield entry
    yield from _refreshes(root)
    for link in root.iterfind(".//head/link[@href]"):
        if "canonical" in link.get("rel", "").lower().split():
            yield from _entry("canonical", link.get("href", ""), link)


def _times(root: html.HtmlElement, body: html.HtmlElement) -> Iterator[HeaderEntry]:
    """The times that the page gives the article, and not what others wrote or what it is listed with."""
    own = {body, *body.iterancestors()} | _only_entry(body)
    beside: list[HeaderEntry] = []
    for time in filter(_is_own, root.iter("time")):
        key = next((_TIMES[name] for name in _names(time) if name in _TIMES), None)
        date = time.get("datetime") or time.text_content()
        if not (key or time.get("pubdate") is not None) or not _YEAR.search(date):  # "three days ago"
            continue
        around = list(time.iterancestors())
        entry = next((each for each in around if not _ENTRY.isdisjoint(_names(each))), None)
        if (entry is None or entry in own) and not any(each.tag == "nav" for each in around):
            found = _entry(key or "date", date, time)
            if not any(each.tag == "aside" for each in around):
                yield from found
            elif body.tag == "article" and body in around:
                beside += found
    yield from beside  # what stands aside may be about other articles, so it counts last


def _only_entry(body: html.HtmlElement) -> set[html.HtmlElement]:
    """The only entry in the body, if it holds most of its words, and so is what the page is about."""
    if any(not _ENTRY.isdisjoint(_names(each)) for each in (body, *body.iterancestors())):
        return set()
    entries = [each for each in body.iterdescendants("*") if not _ENTRY.isdisjoint(_names(each))]
    if len(entries) != 1 or 2 * len(entries[0].text_content()) <= len(body.text_content()):
        return set()
    return set(entries)


def _adds_site(root: html.HtmlElement, title: html.HtmlElement, social: html.HtmlElement) -> bool:
    """Whether ``title`` is that for social networks and the name of the site, which many pages add to the one."""
    own, whole = one_line(social.get("content") or ""), one_line(title.text_content())
    behind = _NAME_OF_SITE.match(whole, len(own)) if own and whole.startswith(own) else None
    if behind is None or behind[1]:
        return behind is not None
    site = root.find(".//meta[@property='og:site_name']")
    return site is not None and behind[2].strip() == one_line(site.get("content") or "")


def _is_own(element: html.HtmlElement) -> bool:
    """Whether the element stands in nothing that others wrote."""
    return all(_OF_OTHERS.isdisjoint(_names(each)) for each in (element, *element.iterancestors()))


def _names(element: html.HtmlElement) -> list[str]:
    """What microformats and microdata call the element."""
    return [*element.get("class", "").split(), *element.get("itemprop", "").split()]


def _refreshes(root: html.HtmlElement) -> Iterator[HeaderEntry]:
    for meta in root.iter("meta"):
        to = _REFRESH.fullmatch(meta.get("content") or "")
        if to is not None and (meta.get("http-equiv") or "").lower() == "refresh":
            yield from _entry("redirect_to", to[1], meta)


def _entry(key: str, text: str, element: html.HtmlElement) -> Iterator[HeaderEntry]:
    value: Value = one_line(text)
    if value:
        yield HeaderEntry(key, value, element.sourceline)


def _body(root: html.HtmlElement) -> html.HtmlElement:
    articles = [each for each in root.findall(".//article") if _is_own(each)]
    if len(articles) != 1:  # several are a list of articles, and belong together
        marked = (each for each in root.iter("div", "section", "article") if not _CONTENT.isdisjoint(_names(each)))
        articles = list(filter(_is_own, marked))
    if len(articles) == 1:
        return articles[0]
    for path in (".//main", ".//body"):
        found = root.find(path)
        if found is not None:
            return found
    return root
