from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from lxml import etree

from feedsvc.articles.model import Author, Enclosure, Picture
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.namespaces import SOURCE
from feedsvc.documents.feeds.xml_feeds import render_rss

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def _texts(feed: Feed, path: str) -> list[str | None]:
    return [element.text for element in etree.fromstring(render_rss(feed)).findall(path, NAMES)]


def _attributes(feed: Feed, path: str) -> list[dict[str, str]]:
    return [
        {str(name): str(value) for name, value in element.attrib.items()}
        for element in etree.fromstring(render_rss(feed)).findall(path, NAMES)
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


def test_markdown_is_told_where_there_is_some(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """``source:markdown`` beside the full text; its namespace is declared only where it is used."""
    words = "It *comes* &amp; <b>goes</b> ]]>"
    feed = make_feed(make_entry(markdown=words), make_entry())
    assert _texts(feed, f"channel/item/{{{SOURCE}}}markdown") == [words]
    assert SOURCE.encode() not in render_rss(make_feed(make_entry()))


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


def test_a_channel_tells_what_the_site_says_of_itself(make_feed: Callable[..., Feed]) -> None:
    """Rights, a picture with its title and link, and the hubs beside the link to itself."""
    feed = make_feed(copyright="© Ines", logo="https://e.org/l.png", hubs=("https://h.example/",))
    assert _texts(feed, "channel/copyright") == ["© Ines"]
    assert _texts(feed, "channel/image/*") == ["https://e.org/l.png", "The Gazette", "https://example.org/"]
    assert [link["rel"] for link in _attributes(feed, "channel/atom:link")] == ["self", "hub"]


@pytest.mark.parametrize(
    ("ttl", "told"),
    [
        (1, ("1", "hourly", "60")),
        (20, ("20", "hourly", "3")),
        (60, ("60", "hourly", "1")),
        (1440, ("1440", "daily", "1")),
    ],
)
def test_a_channel_says_how_often_to_ask(make_feed: Callable[..., Feed], ttl: int, told: tuple[str, ...]) -> None:
    """In the two ways in which readers know it."""
    feed = make_feed(ttl=ttl)
    paths = ("channel/ttl", "channel/sy:updatePeriod", "channel/sy:updateFrequency")
    assert [_texts(feed, path) for path in paths] == [[one] for one in told]
    assert [_texts(make_feed(), path) for path in paths] == [[], [], []]


def test_the_lead_image_has_size_and_words(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """Media RSS: ``media:content`` with its description, and ``media:thumbnail``."""
    picture = Picture("https://e.org/i.png", "image/png", 64, 48, "R&B <3", 700)
    feed = make_feed(make_entry(image=picture))
    size = {"width": "64", "height": "48"}
    assert _attributes(feed, "channel/item/media:content") == [
        {"url": picture.url, "type": "image/png", "medium": "image", "fileSize": "700", **size}
    ]
    assert _attributes(feed, "channel/item/media:thumbnail") == [{"url": picture.url, **size}]
    assert _texts(feed, "channel/item/media:content/media:description") == ["R&B <3"]


def test_an_image_elsewhere_has_no_size(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """Nothing is fetched, and nothing made up."""
    feed = make_feed(make_entry(image=Picture("https://e.org/i")))
    assert _attributes(feed, "channel/item/media:content") == [{"url": "https://e.org/i", "medium": "image"}]
    assert _texts(feed, "channel/item/media:content/media:description") == []


def test_every_sound_and_film_is_told(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """Media RSS has room for all of them, and for how long they last."""
    files = (
        Enclosure("https://e.org/a.mp3", "audio/mpeg", 7, 95, "The bell"),
        Enclosure("https://e.org/b.mp4", "video/mp4", 0),
        Enclosure("https://e.org/c.pdf", "application/pdf", 5),
    )
    feed = make_feed(make_entry(enclosures=files))
    sound = {"url": files[0].url, "type": "audio/mpeg", "medium": "audio", "fileSize": "7", "duration": "95"}
    film = {"url": files[1].url, "type": "video/mp4", "medium": "video"}
    assert _attributes(feed, "channel/item/media:content") == [sound, film]
    assert _texts(feed, "channel/item/media:content/media:title") == ["The bell"]
