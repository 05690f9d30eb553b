"""Feed history (RFC 5005): the links from a feed to its archive and along it, and the mark of a page."""

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.atom import ATOM
from feedsvc.documents.feeds.extensions.extension import FeedExtension, add, channel_of

HISTORY = "http://purl.org/syndication/history/1.0"


class FeedHistory(FeedExtension):
    """Of a feed or of a page of its archive; feedgen writes only one link of each feed in RSS."""

    def extend_ns(self) -> dict[str, str]:
        """Declares ``fh`` on the pages that are marked with it."""
        return {"fh": HISTORY} if self.feed.history.archived else {}

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
