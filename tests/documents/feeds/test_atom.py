from collections.abc import Callable
from datetime import UTC, datetime

from lxml import etree

from feedsvc.articles.model import Author, Enclosure, Links
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.xml_feeds import render_atom

NAMES = {"a": "http://www.w3.org/2005/Atom"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _texts(feed: Feed, path: str) -> list[str | None]:
    return [element.text for element in etree.fromstring(render_atom(feed)).findall(path, NAMES)]


def _attributes(feed: Feed, path: str) -> list[dict[str, str]]:
    return [
        {str(name): str(value) for name, value in element.attrib.items()}
        for element in etree.fromstring(render_atom(feed)).findall(path, NAMES)
    ]


def test_the_feed_links_once_to_itself_and_once_to_its_page(make_feed: Callable[..., Feed]) -> None:
    """RFC 4287, section 4.1.1: one self link, and no two alternate links of a type."""
    assert _attributes(make_feed(), "a:link") == [
        {"href": "https://example.org/the.feed", "rel": "self", "type": "application/atom+xml"},
        {"href": "https://example.org/", "rel": "alternate", "type": "text/html"},
    ]


def test_the_feeds_author_is_the_sites(make_feed: Callable[..., Feed]) -> None:
    """It stands for every entry that names none (section 4.2.1)."""
    assert _texts(make_feed(author=Author("Ines Vogt")), "a:author/a:name") == ["Ines Vogt"]


def test_a_feed_without_author_is_by_its_title(make_feed: Callable[..., Feed]) -> None:
    """An author is mandatory (section 4.1.1), so the site speaks for itself."""
    assert _texts(make_feed(author=None), "a:author/a:name") == ["The Gazette"]


def test_the_feed_has_its_own_date_and_id(make_feed: Callable[..., Feed]) -> None:
    """Neither comes from a clock or from the address of the format."""
    feed = make_feed(updated=datetime(2026, 5, 2, tzinfo=UTC))
    assert _texts(feed, "a:updated") == ["2026-05-02T00:00:00+00:00"]
    assert _texts(feed, "a:id") == ["https://example.org/"]


def test_a_subtitle_is_told_only_where_there_is_one(make_feed: Callable[..., Feed]) -> None:
    """An empty description makes no empty element."""
    assert _texts(make_feed(), "a:subtitle") == ["News of the harbour"]
    assert _texts(make_feed(description=""), "a:subtitle") == []


def test_the_generator_is_feedsvc_without_version(make_feed: Callable[..., Feed]) -> None:
    """A new version would change every feed's bytes."""
    assert _texts(make_feed(), "a:generator") == ["feedsvc"]
    assert _attributes(make_feed(), "a:generator") == [{}]


def test_an_entry_links_to_its_page_and_every_enclosure(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """Each link says what it is, or readers open the sound instead of the article (section 4.2.7)."""
    sound = Enclosure("https://example.org/a.mp3?x=1&y=2", "audio/mpeg", 7)
    paper = Enclosure("https://example.org/b.pdf", "application/pdf", 0)
    assert _attributes(make_feed(make_entry(enclosures=(sound, paper))), "a:entry/a:link") == [
        {"href": "https://example.org/news/tide", "rel": "alternate", "type": "text/html"},
        {"href": sound.url, "rel": "enclosure", "type": "audio/mpeg", "length": "7"},
        {"href": paper.url, "rel": "enclosure", "type": "application/pdf"},
    ]


def test_an_entry_links_to_what_it_is_about(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """A page elsewhere is related, once; where its author learned of it is via (section 4.2.7.2)."""
    links = Links("https://a.example/", ("https://b.example/",), ("https://c.example/", "https://a.example/"))
    assert _attributes(make_feed(make_entry(links=links)), "a:entry/a:link")[1:] == [
        {"href": "https://a.example/", "rel": "related"},
        {"href": "https://c.example/", "rel": "related"},
        {"href": "https://b.example/", "rel": "via"},
    ]


def test_a_feed_tells_what_the_site_says_of_itself(make_feed: Callable[..., Feed]) -> None:
    """Rights, pictures and hubs each have their element (section 4.2)."""
    feed = make_feed(
        copyright="© Ines", icon="https://e.org/i", logo="https://e.org/l", hubs=("https://h.example/",)
    )
    assert [_texts(feed, f"a:{name}") for name in ("rights", "icon", "logo")] == [
        ["© Ines"],
        ["https://e.org/i"],
        ["https://e.org/l"],
    ]
    assert {"href": "https://h.example/", "rel": "hub"} in _attributes(feed, "a:link")


def test_people_and_words_say_who_and_what_they_are(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """An author's page (section 3.2.2), a category's label (section 4.2.2.3)."""
    feed = make_feed(make_entry(authors=(Author("Jo", "https://jo.example/"),), tags=("Sea & air",)))
    assert _texts(feed, "a:entry/a:author/a:uri") == ["https://jo.example/"]
    assert _attributes(feed, "a:entry/a:category") == [{"term": "Sea & air", "label": "Sea & air"}]


def test_an_entrys_language_is_told_where_it_differs(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
) -> None:
    """``xml:lang`` of the feed holds for all it contains (section 2)."""
    feed = make_feed(make_entry(language="de"), make_entry())
    assert etree.fromstring(render_atom(feed)).get(LANG) == "en"
    assert _attributes(feed, "a:entry") == [{LANG: "de"}, {}]


def test_content_is_html_even_when_empty(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """The type says how to read the text (section 4.1.3)."""
    feed = make_feed(make_entry(content="<p>a]]&gt;b<br></p>"), make_entry(content="", summary=""))
    assert _texts(feed, "a:entry/a:content") == ["<p>a]]&gt;b<br></p>", None]
    assert _attributes(feed, "a:entry/a:content") == [{"type": "html"}] * 2
    assert _texts(feed, "a:entry/a:summary") == ["All about the tide."]
