"""Source (http://source.scripting.com/): the Markdown that an RSS item was written in."""

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.extension import EntryExtension, FeedExtension, add

SOURCE = "http://source.scripting.com/"


class SourceChannel(FeedExtension):
    """Nothing of the channel itself."""

    def extend_ns(self) -> dict[str, str]:
        """Declares ``source`` where an item tells its Markdown."""
        return {"source": SOURCE} if any(entry.markdown for entry in self.feed.entries) else {}


class SourceItem(EntryExtension):
    """An item's own words, for programs that render or edit Markdown."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``source:markdown``."""
        if self.entry.markdown:
            add(element, f"{{{SOURCE}}}markdown", self.entry.markdown)
        return element
