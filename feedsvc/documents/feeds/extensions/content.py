"""Content (http://purl.org/rss/1.0/modules/content/): the full text of an RSS item."""

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.extension import EntryExtension, add

CONTENT = "http://purl.org/rss/1.0/modules/content/"


class ContentItem(EntryExtension):
    """feedgen declares the prefix, and makes the full text of an item without summary its description."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``content:encoded``."""
        if self.entry.content:
            add(element, f"{{{CONTENT}}}encoded", self.entry.content)
        return element
