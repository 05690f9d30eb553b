"""Tombstones (RFC 6721): the articles that were taken back, so that readers may take them back too."""

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.extension import FeedExtension, add
from feedsvc.documents.feeds.timestamps import rfc3339

TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
COMMENT = "This article was taken back."


class Tombstones(FeedExtension):
    """The deleted entries of an Atom feed."""

    def extend_ns(self) -> dict[str, str]:
        """Declares ``at`` where there are any."""
        return {"at": TOMBSTONES} if self.feed.tombstones else {}

    def extend_atom(self, element: _Element) -> _Element:
        """Adds an ``at:deleted-entry`` for each to ``<feed>`` (section 3)."""
        for stone in self.feed.tombstones:
            deleted = add(element, f"{{{TOMBSTONES}}}deleted-entry", ref=stone.id, when=rfc3339(stone.when))
            add(deleted, f"{{{TOMBSTONES}}}comment", COMMENT)
        return element
