"""What feedgen asks of an extension, and what one is told."""

from lxml.etree import SubElement, _Element

from feedsvc.documents.feeds.model import Entry, Feed


class Extension:
    """An extension that adds nothing."""

    def extend_ns(self) -> dict[str, str]:
        """Gives the namespaces, by prefix, that the root element has to declare."""
        return {}

    def extend_rss(self, element: _Element) -> _Element:
        """Adds to ``<item>``, or to what is in ``<rss>``."""
        return element

    def extend_atom(self, element: _Element) -> _Element:
        """Adds to ``<entry>``, or to ``<feed>``."""
        return element


class FeedExtension(Extension):
    """One that tells of the whole feed."""

    feed: Feed


class EntryExtension(Extension):
    """One that tells of an entry."""

    entry: Entry


def channel_of(rss: _Element) -> _Element:
    """The ``<channel>`` in ``<rss>``."""
    return rss[0]


def add(parent: _Element, tag: str, text: str | None = None, /, **attributes: str | int | None) -> _Element:
    """A new last child with a text and with those attributes that have a value."""
    told = {name: str(value) for name, value in attributes.items() if value is not None}
    child = SubElement(parent, tag, told)
    child.text = text
    return child
