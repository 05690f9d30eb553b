"""A namespace is one row of the registry."""

from collections.abc import Callable

import pytest
from lxml import etree
from lxml.etree import _Element

from feedsvc.documents.feeds import atom, rss
from feedsvc.documents.feeds.extensions import registry
from feedsvc.documents.feeds.extensions.elements import EntryExtension, FeedExtension, add, channel_of
from feedsvc.documents.feeds.model import Entry, Feed

GEO = "https://geo.example/ns"
_NAMESPACES = {"geo": GEO}


class GeoFeed(FeedExtension):
    """Where a feed is at home."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``geo:home``."""
        add(channel_of(element), f"{{{GEO}}}home", self.feed.title)
        return element

    def extend_atom(self, element: _Element) -> _Element:
        """Adds ``geo:home``."""
        add(element, f"{{{GEO}}}home", self.feed.title)
        return element


class GeoEntry(EntryExtension):
    """Where an entry plays."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``geo:place``."""
        add(element, f"{{{GEO}}}place", self.entry.title)
        return element

    extend_atom = extend_rss


@pytest.mark.parametrize("render", [rss.render, atom.render], ids=["rss", "atom"])
def test_a_new_namespace_is_one_row(
    monkeypatch: pytest.MonkeyPatch,
    make_feed: Callable[..., Feed],
    make_entry: Callable[..., Entry],
    render: Callable[[Feed], bytes],
) -> None:
    """What the row names writes into the feed and into each entry, and the root declares the prefix once."""
    row = registry.Namespace("geo", ("rss", "atom"), "geo", GEO, GeoFeed, GeoEntry)
    monkeypatch.setattr(registry, "NAMESPACES", (*registry.NAMESPACES, row))
    content = render(make_feed(make_entry(id="tag:by-the-sea", title="Harbour"), title="Coast"))
    root = etree.fromstring(content)
    assert root.xpath("string(//geo:home)", namespaces=_NAMESPACES) == "Coast"
    assert root.xpath("string(//geo:place)", namespaces=_NAMESPACES) == "Harbour"
    assert content.count(GEO.encode()) == 1
