from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from lxml import etree

from feedsvc.articles.article import Author, Enclosure
from feedsvc.documents import Entry, Feed
from feedsvc.documents.rss import render

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def _texts(feed: Feed, path: str) -> list[str | None]:
    return [element.text for element in etree.fromstring(render(feed)).findall(path, NAMES)]


def _attributes(feed: Feed, path: str) -> list[dict[str, str]]:
    return [
        {str(name): str(value) for name, value in element.attrib.items()}
        for element in etree.fromstring(render(feed)).findall(path, NAMES)
    ]


def test_there_is_exactly_one_link_to_itself(make_feed: Callable[..., Feed]) -> None:
    """The profile asks for one ``atom:link`` to the feed's own address, with its type."""
    own = {"href": "https://example.org/the.feed", "rel": "self", "type": "application/rss+xml"}
    assert _attributes(make_feed(), "channel/atom:link") == [own]


def test_the_channel_links_to_its_page(make_feed: Callable[..., Feed]) -> None:
    """The link element names the page, not the feed."""
    assert _texts(make_feed(), "channel/link") == ["https://example.org/"]


def test_the_channel_has_the_date_of_its_newest_change(make_feed: Callable[..., Feed]) -> None:
    """The build date is the content's and no clock's."""
    feed = make_feed(updated=datetime(2026, 5, 2, 9, tzinfo=UTC))
    assert _texts(feed, "channel/lastBuildDate") == ["Sat, 02 May 2026 09:00:00 +0000"]


def test_a_channel_without_description_takes_its_title(make_feed: Callable[..., Feed]) -> None:
    """RSS 2.0 demands a description."""
    assert _texts(make_feed(description=""), "channel/description") == ["The Gazette"]


def test_the_channel_names_language_and_generator(make_feed: Callable[..., Feed]) -> None:
    """The generator has no version: a new one would change every feed's bytes."""
    assert _texts(make_feed(language="de"), "channel/language") == ["de"]
    assert _texts(make_feed(), "channel/generator") == ["feedsvc"]


def test_an_id_is_no_link(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """An id that looks like an address is still only an id."""
    feed = make_feed(make_entry(id="https://old.example.org/1"))
    assert _texts(feed, "channel/item/guid") == ["https://old.example.org/1"]
    assert _attributes(feed, "channel/item/guid") == [{"isPermaLink": "false"}]


def test_the_summary_is_written_as_html(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """Readers take a description for HTML, so ``<3`` has to be ``&lt;3`` once the XML is undone."""
    assert _texts(make_feed(make_entry(summary="I <3 R&B")), "channel/item/description") == ["I &lt;3 R&amp;B"]


def test_the_full_text_stands_beside_the_summary(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """``content:encoded`` has the whole, ``description`` the summary."""
    feed = make_feed(make_entry(content="<p>a]]&gt;b</p>"))
    assert _texts(feed, "channel/item/content:encoded") == ["<p>a]]&gt;b</p>"]
    assert _texts(feed, "channel/item/description") == ["All about the tide."]


def test_the_full_text_stays_in_its_place_without_a_summary(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """An article with nothing but an image has no summary, and none is made up."""
    feed = make_feed(make_entry(summary="", content='<img src="https://example.org/i.png">'))
    assert _texts(feed, "channel/item/content:encoded") == ['<img src="https://example.org/i.png">']
    assert _texts(feed, "channel/item/description") == []


def test_an_article_of_only_a_title_is_an_item(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """RSS 2.0: a title or a description is enough."""
    feed = make_feed(make_entry(summary="", content=""))
    assert _texts(feed, "channel/item/title") == ["The tide"]
    assert _texts(feed, "channel/item/content:encoded") == []


def test_every_author_is_named(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """Each has a ``dc:creator``; ``author`` is for e-mail addresses only."""
    feed = make_feed(make_entry(authors=(Author("Jo Doe"), Author("Ann Ü"))))
    assert _texts(feed, "channel/item/dc:creator") == ["Jo Doe", "Ann Ü"]
    assert _texts(feed, "channel/item/author") == []


def test_both_dates_are_told(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """``pubDate`` stays, ``atom:updated`` moves."""
    feed = make_feed(make_entry(updated=datetime(2026, 6, 1, tzinfo=UTC)))
    assert _texts(feed, "channel/item/pubDate") == ["Fri, 01 May 2026 08:30:00 +0000"]
    assert _texts(feed, "channel/item/atom:updated") == ["2026-06-01T00:00:00Z"]


@pytest.mark.parametrize("length", [7, 0], ids=["known", "unknown"])
def test_only_the_first_enclosure_is_told(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry], length: int
) -> None:
    """The profile: readers differ about a second one. An unknown length is 0."""
    first = Enclosure("https://example.org/a.mp3?x=1&y=2", "audio/mpeg", length)
    feed = make_feed(make_entry(enclosures=(first, Enclosure("https://example.org/b.mp3", "audio/mpeg", 1))))
    told = {"url": first.url, "type": "audio/mpeg", "length": str(length)}
    assert _attributes(feed, "channel/item/enclosure") == [told]
    assert _texts(feed, "channel/item/link") == ["https://example.org/news/tide"]
