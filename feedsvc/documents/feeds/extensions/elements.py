"""The elements that feedgen lacks: of RSS, Atom, Content, Dublin Core, Source, Syndication, history, tombstones.

An extension of feedgen adds elements of one namespace to a feed or to an entry. Those of media are in
:mod:`.media`.
"""

from collections.abc import Mapping
from urllib.parse import quote

from lxml.etree import ProcessingInstruction, SubElement, _Element

from feedsvc.core.timestamps import rfc822, rfc3339
from feedsvc.documents.feeds.model import Entry, Feed


class FeedExtension:
    """Adds to a whole feed; this one adds nothing."""

    feed: Feed
    namespaces: Mapping[str, str]
    """Those that the root element has to declare for the extension, by prefix."""

    def extend_ns(self) -> Mapping[str, str]:
        """The namespaces that the root element has to declare."""
        return self.namespaces

    def extend_rss(self, element: _Element) -> _Element:
        """Adds to what is in ``<rss>``."""
        return element

    def extend_atom(self, element: _Element) -> _Element:
        """Adds to ``<feed>``."""
        return element


class EntryExtension:
    """Adds to an entry; this one adds nothing."""

    entry: Entry

    def extend_rss(self, element: _Element) -> _Element:
        """Adds to ``<item>``."""
        return element

    def extend_atom(self, element: _Element) -> _Element:
        """Adds to ``<entry>``."""
        return element


def channel_of(rss: _Element) -> _Element:
    """The ``<channel>`` in ``<rss>``."""
    return rss[0]


def add(parent: _Element, tag: str, text: str | None = None, /, **attributes: str | int | None) -> _Element:
    """A new last child with a text and with those attributes that have a value."""
    given = {name: str(value) for name, value in attributes.items() if value is not None}
    child = SubElement(parent, tag, given)
    child.text = text
    return child


ATOM = "http://www.w3.org/2005/Atom"
"""RFC 4287."""
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
SOURCE = "http://source.scripting.com/"
"""For programs that render or edit Markdown."""
XML = "http://www.w3.org/XML/1998/namespace"


class RssItem(EntryExtension):
    """The date of an RSS item (https://www.rssboard.org/rss-profile).

    feedgen switches the locale of the process to write one, and writes the year 800 with three digits.
    """

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``pubDate``."""
        add(element, "pubDate", rfc822(self.entry.published))
        return element


class ContentItem(EntryExtension):
    """The full text of an RSS item; feedgen would make that of an item without summary its description."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``content:encoded``."""
        if self.entry.content:
            add(element, f"{{{CONTENT}}}encoded", self.entry.content)
        return element


class DublinCoreItem(EntryExtension):
    """The authors of an RSS item by name; ``author`` must hold an e-mail address, or feedgen drops it."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds one ``dc:creator`` for each author."""
        for author in self.entry.authors:
            add(element, f"{{{DUBLIN_CORE}}}creator", author.name)
        return element


class SourceItem(EntryExtension):
    """The Markdown that an RSS item was written in."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``source:markdown``."""
        if self.entry.markdown:
            add(element, f"{{{SOURCE}}}markdown", self.entry.markdown)
        return element


class AtomInItem(EntryExtension):
    """The date of the last change of an RSS item."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``atom:updated``."""
        add(element, f"{{{ATOM}}}updated", rfc3339(self.entry.updated))
        return element


class AtomEntry(EntryExtension):
    """Links and language of an Atom entry; feedgen drops ``rel``, ``type`` and ``length`` of a link.

    There is no ``xml:base``: every address is absolute, and feedparser, which many readers use, would go on with
    the base of one entry's content in the next entries, and turn an id like ``tide-7`` into another.
    """

    def extend_atom(self, element: _Element) -> _Element:
        """Adds the links (RFC 4287, section 4.2.7) and ``xml:lang`` (section 2)."""
        entry = self.entry
        add(element, "link", rel="alternate", type="text/html", href=entry.url)
        # Some readers take the first of the alternates and others the last; both are the entry's own page.
        for language, href in entry.translations:
            add(element, "link", rel="alternate", type="text/html", hreflang=language, href=href)
        for file in entry.enclosures:
            add(
                element,
                "link",
                rel="enclosure",
                type=file.media_type,
                href=file.url,
                length=file.length or None,
                title=file.title,
            )
        for href in dict.fromkeys(filter(None, (entry.links.external, *entry.links.related))):
            add(element, "link", rel="related", href=href)
        for href in entry.links.via:
            add(element, "link", rel="via", href=href)
        if entry.language:
            element.set(f"{{{XML}}}lang", entry.language)
        return element


COMMENT = "This article was withdrawn."
HISTORY = "http://purl.org/syndication/history/1.0"
"""RFC 5005."""
SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
"""RFC 6721."""


class AtomInChannel(FeedExtension):
    """The hubs of an RSS channel, of whose links feedgen writes only the first to itself."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds one ``atom:link`` for each hub (WebSub, section 4)."""
        for hub in self.feed.hubs:
            add(channel_of(element), f"{{{ATOM}}}link", href=hub, rel="hub")
        return element


class SyndicationChannel(FeedExtension):
    """How often it is worth to ask for an RSS channel again."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``sy:updatePeriod`` and ``sy:updateFrequency``: so many times an hour, a day at the least."""
        if self.feed.ttl:
            hourly = self.feed.ttl <= 60
            times = max((60 if hourly else 24 * 60) // self.feed.ttl, 1)
            channel = channel_of(element)
            add(channel, f"{{{SYNDICATION}}}updatePeriod", "hourly" if hourly else "daily")
            add(channel, f"{{{SYNDICATION}}}updateFrequency", str(times))
        return element


class FeedHistory(FeedExtension):
    """The links from a feed to its archive and along it, and the mark of a page of an archive."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``fh:archive`` and the links to ``<channel>``, the links as elements of Atom (section 4)."""
        self._extend(channel_of(element), f"{{{ATOM}}}link", "application/rss+xml")
        return element

    def extend_atom(self, element: _Element) -> _Element:
        """Adds ``fh:archive`` and the links to ``<feed>``."""
        self._extend(element, "link", "application/atom+xml")
        return element

    def _extend(self, element: _Element, link: str, media_type: str) -> None:
        history = self.feed.history
        links = (("current", history.current), ("prev-archive", history.previous), ("next-archive", history.next))
        for rel, href in links:
            if href:
                add(element, link, rel=rel, type=media_type, href=href)
        if history.archived:
            add(element, f"{{{HISTORY}}}archive")


class StyledFeed(FeedExtension):
    """The stylesheet by which a browser shows the feed itself (https://www.w3.org/TR/xml-stylesheet/)."""

    def extend_rss(self, element: _Element) -> _Element:
        """Puts the instruction before the root."""
        if self.feed.style:
            href = quote(self.feed.style, safe="/%:@!$'()*+,;=-._~")
            element.addprevious(ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{href}"'))
        return element

    extend_atom = extend_rss


class Tombstones(FeedExtension):
    """The deleted entries of an Atom feed."""

    def extend_atom(self, element: _Element) -> _Element:
        """Adds an ``at:deleted-entry`` for each to ``<feed>`` (section 3)."""
        for stone in self.feed.tombstones:
            deleted = add(element, f"{{{TOMBSTONES}}}deleted-entry", ref=stone.id, when=rfc3339(stone.when))
            add(deleted, f"{{{TOMBSTONES}}}comment", COMMENT)
        return element
