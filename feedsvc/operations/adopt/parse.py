"""Parse the feeds of other platforms: RSS 0.9x to 2.0, RSS 1.0, Atom, JSON Feed.

Only what a move needs is read, and ids to the byte. The libraries that read any feed resolve ids as if they were
links, and trim them; so they are of no use here.
"""

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from feedsvc.articles.frontmatter.dates import Calendar, DateError, is_zero, parse_date
from feedsvc.articles.source.decoding import clean_text
from feedsvc.core.errors import FeedError


@dataclass(frozen=True, slots=True)
class OldEntry:
    """One entry of the existing feed, as its subscribers have it."""

    id: str
    """The id, byte for byte: by it a feed reader recognises the entry. The link if the entry has no id."""
    link: str
    """The absolute URL; empty if the entry has none."""
    title: str
    published: datetime | None
    updated: datetime | None
    content: str
    """The content or summary as HTML; empty if the feed has neither."""


@dataclass(frozen=True, slots=True)
class OldFeedPage:
    """One document of a feed."""

    entries: tuple[OldEntry, ...]
    older: tuple[str, ...] = ()
    """The absolute URLs of documents with older entries."""
    paged: bool = False
    """Whether the feed is made by WordPress, which has older entries at ``?paged=2``."""


_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}date"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_OLDER = ("prev-archive", "next")
"""The link relations to older entries (RFC 5005, sections 4 and 3)."""
_CALENDAR = Calendar(ZoneInfo("UTC"))
_FIRST_YEAR, _LAST_YEAR = 1000, 9000
"""A date beyond these stands for none (year 1), or was never meant."""
_REMEDY = "give the address or file of the feed itself: RSS, Atom or JSON Feed"


def parse(content: bytes, address: str) -> OldFeedPage:
    """Read one document of a feed.

    Args:
        content: Its bytes.
        address: Where it was found, by which relative links are resolved.

    Raises:
        FeedError: It is no feed.
    """
    try:
        page = _page(content, address)
    except UnicodeDecodeError as error:  # a lenient parser lets through what is no text
        raise FeedError(f"{address} has bytes that are no text ({error.reason})", _REMEDY) from error
    return replace(page, entries=tuple(map(_carried, page.entries)))


def _carried(entry: OldEntry) -> OldEntry:
    """The entry without characters that neither XML nor a database can carry; no reader has shown them either."""
    texts = {name: clean_text(getattr(entry, name)) for name in ("id", "link", "title", "content")}
    return replace(entry, **texts)  # type: ignore[arg-type] # all of them are texts


def _page(content: bytes, address: str) -> OldFeedPage:
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_page(content, address)
    root = _root(content, address)
    kind = _tag(root)[1].lower()
    if kind == "feed":
        return _atom_page(root, address)
    if kind in {"rss", "rdf"}:
        return _rss_page(root, address)
    raise FeedError(f"{address} is no feed, but a document that begins with <{kind}>", _REMEDY)


def _root(content: bytes, address: str) -> etree._Element:
    """The root of an XML document; what is slightly broken is read as far as it goes, as readers do."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise FeedError(f"{address} is no feed ({error})", _REMEDY) from error
    if root is None:
        raise FeedError(f"{address} is no feed", _REMEDY)
    return root


def _rss_page(root: etree._Element, address: str) -> OldFeedPage:
    items = [each for each in root.iter("*") if _name(each) == "item"]
    channel = next((each for each in root.iter("*") if _name(each) == "channel"), root)
    generator = _text(channel, "generator")
    return OldFeedPage(
        tuple(_rss_entry(item, address) for item in items),
        tuple(_older(channel, address)),
        paged="wordpress.org" in generator,
    )


def _rss_entry(item: etree._Element, address: str) -> OldEntry:
    link = _text(item, "link").strip()
    guid = next((each for each in item.iterchildren("*") if _name(each) == "guid"), None)
    permanent = guid is not None and guid.get("isPermaLink", "true").lower() == "true"
    own = (guid.text or "") if guid is not None else ""
    # RSS 2.0: a guid is a permanent link unless it says otherwise; RSS 1.0 names items by rdf:about.
    link = link or (own.strip() if permanent else "") or item.get(_ABOUT, "")
    return OldEntry(
        id=own or item.get(_ABOUT, "") or link,
        link=_joined(address, link),
        title=_title(_text(item, "title")),
        published=_date(_text(item, "pubDate") or item.findtext(_DUBLIN_CORE, "")),
        updated=_date(item.findtext(f"{{{_ATOM}}}updated", "")),
        content=item.findtext(_CONTENT, "") or _text(item, "description"),
    )


def _atom_page(root: etree._Element, address: str) -> OldFeedPage:
    base = _joined(address, root.get(_BASE, "")) or address
    entries = [each for each in root.iterchildren("*") if _name(each) == "entry"]
    return OldFeedPage(tuple(_atom_entry(entry, base) for entry in entries), tuple(_older(root, base)))


def _atom_entry(entry: etree._Element, base: str) -> OldEntry:
    base = _joined(base, entry.get(_BASE, "")) or base
    links = [
        each
        for each in entry.iterchildren("*")
        if _name(each) == "link" and each.get("rel", "alternate") == "alternate"
    ]
    link = links[0].get("href", "").strip() if links else ""
    published = _date(_text(entry, "published") or _text(entry, "issued"))
    updated = _date(_text(entry, "updated") or _text(entry, "modified"))
    return OldEntry(
        id=_text(entry, "id") or link,
        link=_joined(base, link),
        title=_title(_text(entry, "title")),
        published=published or updated,
        updated=updated,
        content=_text(entry, "content") or _text(entry, "summary"),
    )


def _json_page(content: bytes, address: str) -> OldFeedPage:
    try:
        feed = json.loads(content)
    except RecursionError as error:
        raise FeedError(f"{address} is no feed (its values are nested too deep)", _REMEDY) from error
    except ValueError as error:
        raise FeedError(f"{address} is no feed ({error})", _REMEDY) from error
    items = feed.get("items")
    if not isinstance(items, list):
        raise FeedError(f"{address} is no JSON Feed, it has no items", _REMEDY)
    older = feed.get("next_url")
    entries = tuple(_json_entry(item, address) for item in items if isinstance(item, dict))
    older = _joined(address, older) if isinstance(older, str) else ""
    return OldFeedPage(entries, (older,) if older else ())


def _json_entry(item: dict[str, object], address: str) -> OldEntry:
    values = {name: str(value) for name, value in item.items() if isinstance(value, str | int)}
    link = values.get("url", "")
    return OldEntry(
        id=values.get("id", "") or link,
        link=_joined(address, link),
        title=_title(values.get("title", "")),
        published=_date(values.get("date_published", "")),
        updated=_date(values.get("date_modified", "")),
        content=values.get("content_html", "") or html.escape(values.get("content_text", "")),
    )


def _older(channel: etree._Element, base: str) -> Iterator[str]:
    """The URL of older entries: that of an archive, which never changes, before that of a page."""
    links = [each for each in channel.iterchildren("*") if each.tag == f"{{{_ATOM}}}link"]
    for rel in _OLDER:
        for link in links:
            if link.get("rel") == rel and (older := _joined(base, link.get("href", "").strip())):
                yield older


def _joined(base: str, reference: str) -> str:
    """The absolute URL of ``reference``; empty if there is none, or if it is invalid, such as ``http://[``."""
    try:
        return urlsplit(urljoin(base, reference)).geturl() if reference else ""
    except ValueError:
        return ""


def _name(element: etree._Element) -> str:
    """The name of an element of the feed's own vocabulary, whichever version; empty for an extension's."""
    namespace, name = _tag(element)
    return name if namespace in _OWN else ""


def _tag(element: etree._Element) -> tuple[str, str]:
    """Namespace, empty where there is none, and local name; also of names that only a lenient parser lets pass."""
    namespace, _, name = str(element.tag).removeprefix("{").rpartition("}")
    return namespace, name


_OWN = {
    "",
    _ATOM,
    "http://purl.org/atom/ns#",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/rss2",
}
"""Namespaces of Atom 1.0 and 0.3, RSS 1.0, 0.90 and, as some write it, 2.0."""


def _text(element: etree._Element, name: str) -> str:
    """The text of the first child of that name, with that of what it holds (Atom's XHTML)."""
    found = next((each for each in element.iterchildren("*") if _name(each) == name), None)
    if found is None:
        return ""
    if len(found):
        return "".join([found.text or "", *(etree.tostring(each, encoding="unicode") for each in found)])
    return found.text or ""


def _title(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _date(text: str) -> datetime | None:
    """The date, or None: an entry without a date is still known by its link."""
    if not text.strip():
        return None
    try:
        found = parse_date(text, _CALENDAR).astimezone(UTC)
    except (DateError, OverflowError):
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR and not is_zero(text, found) else None
