"""Entries are written once for all feeds that hold them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from feedsvc.documents import FORMATS, Entry, Feed, Format
from feedsvc.documents.feed import Show

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
