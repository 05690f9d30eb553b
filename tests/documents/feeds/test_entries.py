"""What an article is as an entry of feeds, and what the feeds of each channel show of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from feedsvc.articles.model import Author, Enclosure, Extent, Links, Picture
from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site
from feedsvc.documents.feeds.entries import EntryFactory, build_entry, decorate
from feedsvc.documents.feeds.model import Entry

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


PLAIN = Channel("T", "", "/", (), None)
SHORT = '<p>I &lt;3 it</p>\n<p><a href="https://example.org/news/tide">Read on</a></p>'


def test_an_entry_is_told_in_full_as_it_is(site: Site, make_entry: Callable[..., Entry]) -> None:
    """Nothing is copied where nothing changes."""
    entry = make_entry()
    assert decorate(entry, site, PLAIN) is entry


@pytest.mark.parametrize(
    ("channel", "article", "short"),
    [
        ("full", None, False),
        ("summary", None, True),
        ("summary", "full", False),
        ("full", "summary", True),
    ],
)
def test_how_much_is_told(
    site: Site, make_entry: Callable[..., Entry], channel: Extent, article: Extent | None, *, short: bool
) -> None:
    """The article decides, else the channel; a summary ends with a link to the whole."""
    entry = make_entry(summary="I <3 it", content="<p>All</p>", text="All", markdown="All", extent=article)
    told = decorate(entry, site, Channel("T", "", "/", (), None, extent=channel))
    expected = (SHORT, None, None) if short else ("<p>All</p>", "All", "All")
    assert (told.content, told.text, told.markdown) == expected


def test_a_summary_without_words_is_the_link(site: Site, make_entry: Callable[..., Entry]) -> None:
    """No empty paragraph stands before it."""
    told = decorate(make_entry(summary="", extent="summary"), site, PLAIN)
    assert told.content == '<p><a href="https://example.org/news/tide">Read on</a></p>'


def test_header_and_footer_stand_around_the_text(site: Site, make_entry: Callable[..., Entry]) -> None:
    """With what they name, escaped; a brace that names nothing stays."""
    channel = Channel(
        "T", "", "/", (), None, header="<p>By {author}</p>", footer='<a href="{url}">{title}</a> {x}'
    )
    entry = make_entry(title="<R&B>", authors=(Author("Jo"), Author("Ann")))
    told = decorate(entry, site, channel).content
    assert told.startswith("<p>By Jo, Ann</p>\n<p>It comes")
    assert told.endswith('href="https://example.org/news/tide">&lt;R&amp;B&gt;</a> {x}')


def test_header_and_footer_are_sanitised(site: Site, make_entry: Callable[..., Entry]) -> None:
    """Also what a title brings into them."""
    channel = Channel(
        "T", "", "/", (), None, footer='<script>x()</script><a href="javascript:x">{title}</a>{site}'
    )
    told = decorate(make_entry(title="<script>y()</script>"), site, channel).content
    assert "<script" not in told
    assert "javascript" not in told
    assert "The Gazette" in told
