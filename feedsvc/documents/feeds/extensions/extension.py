"""An extension of feedgen: what adds elements of one namespace to a feed or an entry."""

from collections.abc import Mapping

from lxml.etree import SubElement, _Element

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
