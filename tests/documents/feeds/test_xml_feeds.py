"""Entries are written once for all feeds that hold them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cachetools import LRUCache
from feedgen.entry import FeedEntry

from feedsvc.core.errors import InvalidFeedError
from feedsvc.documents.feeds import xml_feeds
from feedsvc.documents.feeds.channel_feeds import FORMATS, Format
from feedsvc.documents.feeds.model import Entry, Feed, Show
from feedsvc.documents.feeds.namespaces import Kind
from feedsvc.documents.feeds.xml_feeds import fragments, insert, render_rss

FORMS = pytest.mark.parametrize("form", FORMATS, ids=[form.name for form in FORMATS])
SHOW = Show("guid", ("News",), explicit=False, order="episodic", locked=True)


@FORMS
def test_a_feed_does_not_change_when_another_holds_the_same_entry(
    form: Format, make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """What one feed got of an entry is not taken from it, nor marked by it."""
    entries = [make_entry(id=f"tag:example.org,2026:written-{number}") for number in range(3)]
    before = form.render(make_feed(*entries))
    form.render(make_feed(*reversed(entries), title="Another"))
    assert form.render(make_feed(*entries)) == before


@FORMS
def test_a_changed_entry_is_written_anew(
    form: Format, make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """An entry is known by all that it says, not by its id."""
    entry = make_entry(content="<p>Half past six.</p>")
    form.render(make_feed(entry))
    assert b"Quarter to seven" in form.render(make_feed(replace(entry, content="<p>Quarter to seven.</p>")))


def test_an_item_is_another_in_a_podcast(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """The same article may stand in a podcast and in a feed to be read."""
    rss = FORMATS[0].render
    plain = make_feed(make_entry())
    podcast = rss(replace(plain, podcast=SHOW))
    assert b"<itunes:" not in rss(plain)
    assert b"<itunes:title>" in podcast or podcast.count(b"<itunes:") > rss(plain).count(b"<itunes:")


@pytest.mark.parametrize(("form", "setter"), [(FORMATS[0], "guid"), (FORMATS[1], "id")], ids=["RSS", "Atom"])
def test_an_entry_that_was_spoiled_goes_to_nobody(
    form: Format,
    setter: str,
    monkeypatch: pytest.MonkeyPatch,
    make_feed: Callable[..., Feed],
    make_entry: Callable[..., Entry],
) -> None:
    """Entries are read back when they are written; the error names the page of the one concerned, and the ids."""
    write = getattr(FeedEntry, setter)

    def spoil(self: FeedEntry, entry_id: str, **options: bool) -> None:
        write(self, "tag:other" if entry_id == "tag:spoiled" else entry_id, **options)

    monkeypatch.setattr(FeedEntry, setter, spoil)
    feed = make_feed(make_entry(id="tag:whole"), make_entry(id="tag:spoiled", url="https://example.org/spoiled"))
    with pytest.raises(InvalidFeedError, match=r"example.org/spoiled holds other .* \(tag:other, tag:spoiled\)"):
        form.render(feed)


@pytest.mark.parametrize("kind", ["rss", "podcast", "atom"])
def test_an_entry_is_written_alike_alone_and_among_others(
    kind: Kind, monkeypatch: pytest.MonkeyPatch, make_entry: Callable[..., Entry]
) -> None:
    """Whole lines, as deep as they stand, and nothing of what is around."""
    entries = [make_entry(id=f"tag:{kind}-{number}", title=f"Tide {number}") for number in range(3)]
    together = fragments(kind, entries)
    monkeypatch.setattr(xml_feeds, "_FRAGMENTS", {kind: LRUCache(maxsize=1, getsizeof=len)})
    assert [fragments(kind, [entry])[0] for entry in entries] == together
    element = "entry" if kind == "atom" else "item"
    assert all(each.content.strip().startswith(f"<{element}>".encode()) for each in together)
    assert all(each.content.endswith(f"</{element}>\n".encode()) for each in together)


def test_entries_that_find_no_room_are_written_all_the_same(
    monkeypatch: pytest.MonkeyPatch, make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """A feed may hold more than is kept written."""
    entries = [make_entry(id=f"tag:many-{number}") for number in range(4)]
    before = render_rss(make_feed(*entries))
    for size in (1, len(before) // 2):
        monkeypatch.setattr(xml_feeds, "_FRAGMENTS", {"rss": LRUCache(maxsize=size, getsizeof=len)})
        assert render_rss(make_feed(*entries)) == before


ROOT = b"<rss xmlns:atom='a' xmlns:content='c'>"
FRAMES = {
    "no place": ROOT + b"<channel/></rss>",
    "two places": ROOT + b"<channel>\n<?feedsvc entries?>\n<?feedsvc entries?>\n</channel></rss>",
    "another document": b"<feed xmlns:atom='a' xmlns:content='c'>\n<?feedsvc entries?>\n</feed>",
    "broken": ROOT + b"<channel>\n<?feedsvc entries?>\n</rss>",
    "entries already": ROOT + b"<channel><item/>\n<?feedsvc entries?>\n</channel></rss>",
    "a prefix that is not declared": b"<rss xmlns:atom='a'><channel>\n<?feedsvc entries?>\n</channel></rss>",
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_frame_that_was_spoiled_goes_to_nobody(
    frame: bytes, make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """It is read back for each feed, and has to suit the entries."""
    feed = make_feed(make_entry())
    with pytest.raises(InvalidFeedError, match=r"the\.feed"):
        insert(feed, "rss", frame)
    assert insert(feed, "rss", ROOT + b"<channel>\n<?feedsvc entries?>\n</channel></rss>")
