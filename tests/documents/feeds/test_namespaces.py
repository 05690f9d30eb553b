"""A namespace is one row."""

from collections.abc import Callable

import pytest
from lxml import etree
from lxml.etree import _Element

from feedsvc.documents.feeds import namespaces
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.namespaces import NAMESPACES, Namespace, add
from feedsvc.documents.feeds.xml_feeds import render_atom, render_rss

GEO = "https://geo.example/ns"
PREFIXES = {"geo": GEO}


def _home(feed: Feed, parent: _Element) -> None:
    add(parent, f"{{{GEO}}}home", feed.title)


def _place(entry: Entry, parent: _Element) -> None:
    add(parent, f"{{{GEO}}}place", entry.title)


@pytest.mark.parametrize("render", [render_rss, render_atom], ids=["rss", "atom"])
def test_a_new_namespace_is_one_row(
    monkeypatch: pytest.MonkeyPatch,
    make_feed: Callable[..., Feed],
    make_entry: Callable[..., Entry],
    render: Callable[[Feed], bytes],
) -> None:
    """What the row names writes into the feed and into each entry, and the root declares the prefix once."""
    row = Namespace(("rss", "atom"), "geo", GEO, _home, _place)
    monkeypatch.setattr(namespaces, "NAMESPACES", (*NAMESPACES, row))
    content = render(make_feed(make_entry(id="tag:by-the-sea", title="Harbour"), title="Coast"))
    root = etree.fromstring(content)
    assert root.xpath("string(//geo:home)", namespaces=PREFIXES) == "Coast"
    assert root.xpath("string(//geo:place)", namespaces=PREFIXES) == "Harbour"
    assert content.count(GEO.encode()) == 1
