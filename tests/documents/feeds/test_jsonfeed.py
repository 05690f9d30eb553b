import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from feedsvc.articles.model import Author, Enclosure, Links, Picture
from feedsvc.documents.feeds.jsonfeed import render
from feedsvc.documents.feeds.model import Entry, Feed


def test_a_feed_names_its_version_and_addresses(make_feed: Callable[..., Feed]) -> None:
    """What JSON Feed 1.1 demands, and only what has a value."""
    assert json.loads(render(make_feed(description="", author=None))) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Gazette",
        "home_page_url": "https://example.org/",
        "feed_url": "https://example.org/the.feed",
        "language": "en",
        "items": [],
    }


def test_a_feed_names_description_and_author(make_feed: Callable[..., Feed]) -> None:
    """Where the site has them."""
    feed = json.loads(render(make_feed(author=Author("Ines Vogt"))))
    assert (feed["description"], feed["authors"]) == ("News of the harbour", [{"name": "Ines Vogt"}])


def test_an_item_has_only_what_has_a_value(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """No empty list and no null; but a content is mandatory, even an empty one."""
    (item,) = json.loads(render(make_feed(make_entry(summary="", content=""))))["items"]
    assert item == {
        "id": "tag:example.org,2026:tide",
        "url": "https://example.org/news/tide",
        "title": "The tide",
        "date_published": "2026-05-01T08:30:00Z",
        "date_modified": "2026-05-01T08:30:00Z",
        "content_html": "",
    }


def test_an_item_has_all_there_is(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """People, tags, language, image, the date of the last change, and every attachment."""
    sounds = tuple(Enclosure(f"https://example.org/{n}.mp3", "audio/mpeg", n) for n in (0, 7))
    entry = make_entry(
        authors=(Author("Jo"), Author("Ann", "https://example.org/ann")),
        tags=("a", "b"),
        language="de",
        image=Picture("https://example.org/i.png"),
        updated=datetime(2026, 6, 1, tzinfo=UTC),
        enclosures=sounds,
    )
    (item,) = json.loads(render(make_feed(entry)))["items"]
    assert (item["authors"], item["tags"]) == (
        [{"name": "Jo"}, {"name": "Ann", "url": "https://example.org/ann"}],
        ["a", "b"],
    )
    assert (item["language"], item["image"]) == ("de", "https://example.org/i.png")
    assert (item["date_modified"], item["summary"]) == ("2026-06-01T00:00:00Z", "All about the tide.")
    assert item["attachments"] == [
        {"url": "https://example.org/0.mp3", "mime_type": "audio/mpeg"},
        {"url": "https://example.org/7.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 7},
    ]


def test_the_text_is_utf_8_and_ends_with_a_newline(make_feed: Callable[..., Feed]) -> None:
    """RFC 8259, section 8.1; and people look at feeds in terminals."""
    document = render(make_feed(title="Гавань 🌊"))
    assert "Гавань 🌊".encode() in document
    assert document.endswith(b"}\n")


def test_a_feed_tells_its_pictures_and_hubs(make_feed: Callable[..., Feed]) -> None:
    """The large picture is ``icon``, the small one ``favicon``; a hub says of what kind it is."""
    feed = json.loads(
        render(make_feed(icon="https://e.org/i", logo="https://e.org/l", hubs=("https://h.example/",)))
    )
    assert (feed["icon"], feed["favicon"]) == ("https://e.org/l", "https://e.org/i")
    assert feed["hubs"] == [{"type": "WebSub", "url": "https://h.example/"}]


@pytest.mark.parametrize(
    ("width", "height", "banner"), [(150, 100, True), (149, 100, False), (None, None, False)], ids=str
)
def test_a_wide_image_is_a_banner(
    make_feed: Callable[..., Feed],
    make_entry: Callable[..., Entry],
    width: int | None,
    height: int | None,
    *,
    banner: bool,
) -> None:
    """A reader may show it across the page."""
    entry = make_entry(image=Picture("https://e.org/i.png", "image/png", width, height))
    (item,) = json.loads(render(make_feed(entry)))["items"]
    assert (item["image"], "banner_image" in item) == ("https://e.org/i.png", banner)


def test_an_attachment_has_title_and_duration(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """Where they are known."""
    file = Enclosure("https://e.org/a.mp3", "audio/mpeg", 7, 95, "The bell")
    (item,) = json.loads(render(make_feed(make_entry(enclosures=(file,)))))["items"]
    assert item["attachments"] == [
        {
            "url": file.url,
            "mime_type": "audio/mpeg",
            "title": "The bell",
            "size_in_bytes": 7,
            "duration_in_seconds": 95,
        }
    ]


def test_plain_text_stands_beside_the_html(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """Of an article that was written so."""
    (item,) = json.loads(render(make_feed(make_entry(text="I <3 you"))))["items"]
    assert (item["content_text"], item["content_html"]) == ("I <3 you", "<p>It comes and goes.</p>")


def test_an_item_names_the_page_elsewhere_that_it_is_about(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """Its own address stays that of the article, which is what ``url`` is for."""
    (item,) = json.loads(render(make_feed(make_entry(links=Links("https://a.example/")))))["items"]
    assert (item["url"], item["external_url"]) == ("https://example.org/news/tide", "https://a.example/")
