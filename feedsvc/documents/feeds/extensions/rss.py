"""Plain RSS 2.0 where feedgen gets it wrong (https://www.rssboard.org/rss-profile)."""

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.extension import EntryExtension, add
from feedsvc.documents.feeds.timestamps import rfc822


class RssItem(EntryExtension):
    """The date: feedgen switches the locale of the process to write one, and the year 800 with three digits."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``pubDate``."""
        add(element, "pubDate", rfc822(self.entry.published))
        return element
