"""The stylesheet of a feed (Associating Style Sheets with XML documents, https://www.w3.org/TR/xml-stylesheet/)."""

from urllib.parse import quote

from lxml.etree import ProcessingInstruction, _Element

from feedsvc.documents.feeds.extensions.extension import FeedExtension


class StyledFeed(FeedExtension):
    """How a browser that shows the feed itself is to show it; whatever else reads the feed passes over it."""

    def extend_rss(self, element: _Element) -> _Element:
        """Puts the instruction before the root."""
        if self.feed.style:
            href = quote(self.feed.style, safe="/%:@!$'()*+,;=-._~")
            element.addprevious(ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{href}"'))
        return element

    extend_atom = extend_rss
