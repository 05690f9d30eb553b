"""Entries are written once for all feeds that hold them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml.etree import Element, SubElement, _Element

from feedsvc.core.errors import InvalidFeedError
from feedsvc.documents.feeds.formats import FORMATS, Format
from feedsvc.documents.feeds.fragments import EntryFragment, insert, write
from feedsvc.documents.feeds.model import Entry, Feed, Show
from feedsvc.documents.feeds.verification import rss_ids

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


def _item(*ids: str) -> _Element:
    item = Element("item")
    for each in ids:
        SubElement(item, "guid").text = each
    return item


def _channel() -> _Element:
    return SubElement(Element("rss"), "channel")


def test_an_entry_that_was_spoiled_goes_to_nobody(make_entry: Callable[..., Entry]) -> None:
    """It is read back when it is written; the error names its page and the ids."""
    with pytest.raises(InvalidFeedError, match=r"holds other entries than it should \(a, b\)"):
        write(_item("b"), _channel(), make_entry(id="a"), rss_ids)


def test_an_entry_is_written_as_deep_as_it_stands(make_entry: Callable[..., Entry]) -> None:
    """Whole lines, and nothing of what is around."""
    written = write(_item("a"), _channel(), make_entry(id="a"), rss_ids)
    assert written == EntryFragment(b"    <item>\n      <guid>a</guid>\n    </item>\n", frozenset())


FRAMES = {
    "no place": b"<rss><channel/></rss>",
    "two places": b"<rss><channel>\n<?feedsvc entries?>\n<?feedsvc entries?>\n</channel></rss>",
    "another document": b"<feed>\n<?feedsvc entries?>\n</feed>",
    "broken": b"<rss><channel>\n<?feedsvc entries?>\n</rss>",
    "entries already": b"<rss><channel><item/>\n<?feedsvc entries?>\n</channel></rss>",
    "a prefix that is not declared": b"<rss xmlns:y='z'><channel>\n<?feedsvc entries?>\n</channel></rss>",
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_frame_that_was_spoiled_goes_to_nobody(frame: bytes) -> None:
    """It is read back for each feed, and has to suit the entries."""
    with pytest.raises(InvalidFeedError, match="/x"):
        insert("/x", frame, [EntryFragment(b"<x:item/>\n", frozenset("x"))], rss_ids)
