from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from feedsvc.articles.model import Author, Enclosure, Links, Picture
from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site
from feedsvc.documents.feeds.builder import NEVER, EntryFactory, build_entry, build_feed

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_an_entry_has_the_ledgers_id_and_an_absolute_url(site: Site, make_record: Callable[..., Record]) -> None:
    """What the file's header says about its id does not count any more: the ledger has settled it."""
    entry = build_entry(site, make_record("tide"), "<p>x</p>")
    assert (entry.id, entry.url) == ("tag:example.org,2026:tide", "https://example.org/news/tide")


def test_an_entry_has_what_the_article_says(site: Site, make_record: Callable[..., Record]) -> None:
    """Whatever it says passes as it is; the body comes beside."""
    picture = Picture("https://e.org/i")
    sound = Enclosure("https://example.org/a.mp3", "audio/mpeg", 7)
    links = Links("https://a.example/")
    record = make_record(
        tags=("a",), authors=(Author("B"),), language="de", image=picture, enclosures=(sound,), links=links
    )
    entry = build_entry(site, record, "<p>x</p>")
    assert (entry.title, entry.summary) == ("The tide", "All about the tide.")
    assert (entry.tags, entry.authors, entry.language) == (("a",), (Author("B"),), "de")
    assert (entry.image, entry.enclosures, entry.links) == (picture, (sound,), links)


def test_an_entrys_dates_are_whole_seconds_in_utc(site: Site, make_record: Callable[..., Record]) -> None:
    """A zone or a fraction of a second never gets into a document."""
    odd = datetime(2026, 5, 1, 14, 0, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    entry = build_entry(site, make_record(published=odd, updated=odd), "")
    assert entry.published.isoformat() == entry.updated.isoformat() == "2026-05-01T12:00:00+00:00"


def test_a_feed_knows_its_page_and_itself(site: Site) -> None:
    """The id and the page follow the channel; the address of its own follows the format."""
    feed = build_feed(site, Channel("T", "D", "/news/", (), NOON), "/news/atom.xml", ())
    assert (feed.id, feed.url) == ("https://example.org/news/", "https://example.org/news/")
    assert feed.self_url == "https://example.org/news/atom.xml"
    assert (feed.title, feed.description, feed.language, feed.author) == ("T", "D", "en", Author("Ines Vogt"))


def test_a_feeds_date_is_its_channels(site: Site) -> None:
    """It holds the newest change, removals included, which no entry of the feed can tell."""
    assert build_feed(site, Channel("T", "", "/", (), NOON), "/atom.xml", ()).updated == NOON


def test_a_feed_that_never_held_anything_has_a_constant_date(site: Site) -> None:
    """No clock gets into a document: an empty feed made twice is the same."""
    assert build_feed(site, Channel("T", "", "/", (), None), "/atom.xml", ()).updated == NEVER


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<p>x</p>",
            '<p><img src="https://e.org/i?a=1&amp;b" alt="R&amp;B" width="64" height="48"></p>\n<p>x</p>',
        ),
        ('<p><img src="https://e.org/i?a=1&amp;b"></p>', '<p><img src="https://e.org/i?a=1&amp;b"></p>'),
    ],
    ids=["not in the text", "in the text"],
)
def test_the_lead_image_stands_in_the_text_once(
    site: Site, make_record: Callable[..., Record], body: str, expected: str
) -> None:
    """A reader that knows no Media RSS shows it too, and none shows it twice."""
    record = make_record(image=Picture("https://e.org/i?a=1&b", "image/png", 64, 48, "R&B"))
    assert build_entry(site, record, body).content == expected


def test_plain_text_is_told_as_such_too(site: Site, make_record: Callable[..., Record]) -> None:
    """Only where the article was written as plain text."""
    body = "<p>One &lt;3<br>two</p>\n<p>three</p>"
    assert build_entry(site, make_record(format="text"), body).text == "One <3\ntwo\n\nthree"
    assert build_entry(site, make_record(format="markdown"), body).text is None


def test_an_entry_tells_the_markdown_that_it_is_given(site: Site, make_record: Callable[..., Record]) -> None:
    """Only where there is some, which a setting decides."""
    texts = {"m": "*x*", "body of tide": "<em>x</em>", "body of ebb": ""}
    written, other = make_record("tide", markdown="m"), make_record("ebb")
    tell = EntryFactory(site, texts.__getitem__)
    assert (tell(written).markdown, tell(other).markdown) == ("*x*", None)
