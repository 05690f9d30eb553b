"""Dublin Core (http://purl.org/dc/elements/1.1/): authors by name.

RSS ``author`` must be an e-mail address, so feedgen drops those without one.
"""

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.extension import EntryExtension, FeedExtension, add

DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"


class DublinCoreChannel(FeedExtension):
    """Declares the prefix."""

    def extend_ns(self) -> dict[str, str]:
        """Declares ``dc``."""
        return {"dc": DUBLIN_CORE}


class DublinCoreItem(EntryExtension):
    """The authors of an item."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds one ``dc:creator`` for each author."""
        for author in self.entry.authors:
            add(element, f"{{{DUBLIN_CORE}}}creator", author.name)
        return element
