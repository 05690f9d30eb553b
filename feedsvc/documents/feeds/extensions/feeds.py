"""Elements of feeds that feedgen lacks: hubs, history, tombstones, the time to ask again, and a stylesheet."""

from urllib.parse import quote

from lxml.etree import ProcessingInstruction, _Element

from feedsvc.core.timestamps import rfc3339
from feedsvc.documents.feeds.extensions.entries import ATOM
from feedsvc.documents.feeds.extensions.extension import FeedExtension, add, channel_of

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
