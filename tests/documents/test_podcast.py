"""Podcast feeds: the elements that the Podcast Standards Project requires, and those beside them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import etree

from feedsvc.articles.model import Author, Enclosure, Episode, Picture
from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Podcast, Site
from feedsvc.documents.feeds.channel_feeds import build_feed
from feedsvc.documents.feeds.model import Entry, Feed, Show
from feedsvc.documents.feeds.xml_feeds import render_rss

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
SHOW = Show("917393e3-1b1e-5cef-ace4-edaa54e1f810", ("Arts > Books", "News"), False, "serial", True, "a@e.org")
SOUND = Enclosure("https://e.org/a.mp3", "audio/mpeg", 7, 95)
EPISODE = Episode(7, 2, "bonus", True, ("https://e.org/t.vtt", "https://e.org/t"), "https://e.org/c.json")

REQUIRED = {
    "title": "https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification#channel-title",
    "description": "…#channel-description",
    "link": "…#channel-link",
    "language": "…#channel-language",
    "itunes:category[@text]": "…#channel-itunes-category",
    "itunes:explicit": "…#channel-itunes-explicit",
    "itunes:image[@href]": "…#channel-itunes-image",
    "atom:link[@rel='self'][@href][@type='application/rss+xml']": "…#channel-atom-link",
    "podcast:guid": "…#channel-podcast-guid (recommended)",
    "podcast:locked": "…#channel-podcast-locked (recommended)",
    "item/title": "…#item-title",
    "item/enclosure[@url][@length][@type]": "…#item-enclosure",
    "item/guid": "…#item-guid",
    "item/pubDate": "…#item-pubdate (recommended)",
    "item/itunes:duration": "…#item-itunes-duration (recommended)",
}
"""What PSP-1 asks for, by where it says so."""


@pytest.fixture(name="told")
def _told(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> etree._Element:
    picture = Picture("https://e.org/i.png")
    entry = make_entry(enclosures=(SOUND,), episode=EPISODE, image=picture)
    feed = make_feed(entry, podcast=SHOW, logo="https://e.org/l.png", author=Author("Ines Vogt"))
    return etree.fromstring(render_rss(feed))[0]


@pytest.mark.parametrize("path", REQUIRED)
def test_what_the_standard_requires(told: etree._Element, path: str) -> None:
    """Every directory takes a feed that has these."""
    assert told.find(path, NAMES) is not None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("itunes:author", "Ines Vogt"),
        ("itunes:owner/itunes:email", "a@e.org"),
        ("itunes:explicit", "false"),
        ("itunes:type", "serial"),
        ("podcast:guid", SHOW.guid),
        ("podcast:locked", "yes"),
        ("podcast:medium", "podcast"),
        ("item/itunes:duration", "95"),
        ("item/itunes:season", "2"),
        ("item/itunes:episode", "7"),
        ("item/itunes:episodeType", "bonus"),
        ("item/itunes:explicit", "true"),
        ("item/podcast:season", "2"),
        ("item/podcast:episode", "7"),
    ],
)
def test_what_is_said_stands_in_its_element(told: etree._Element, path: str, expected: str) -> None:
    """In both namespaces where both have one."""
    assert told.findtext(path, namespaces=NAMES) == expected


def test_a_category_within_another(told: etree._Element) -> None:
    """Apple's list has two levels."""
    outer, other = told.findall("itunes:category", NAMES)
    assert (outer.get("text"), outer[0].get("text")) == ("Arts", "Books")
    assert (other.get("text"), len(other)) == ("News", 0)


def test_transcripts_and_chapters_have_types(told: etree._Element) -> None:
    """By the suffix; a page without one is plain text."""
    found = [dict(one.items()) for one in told.findall("item/podcast:transcript", NAMES)]
    assert found == [
        {"url": "https://e.org/t.vtt", "type": "text/vtt"},
        {"url": "https://e.org/t", "type": "text/plain"},
    ]
    chapters = told.find("item/podcast:chapters", NAMES)
    assert chapters is not None
    assert dict(chapters.items()) == {"url": "https://e.org/c.json", "type": "application/json+chapters"}


def test_a_show_may_be_told_in_few_words(make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]) -> None:
    """Nothing is made up: no owner, no picture, no duration, no number."""
    show = Show("x", ("News",), True, "episodic", False)
    silent = make_entry(enclosures=(Enclosure("https://e.org/a.mp3", "audio/mpeg", 0),))
    talk = make_entry(episode=EPISODE)
    channel = etree.fromstring(render_rss(make_feed(silent, talk, podcast=show)))[0]
    for path in (
        "itunes:owner",
        "itunes:image",
        "item/itunes:duration",
        "item/itunes:episode",
        "item/podcast:episode",
    ):
        assert channel.find(path, NAMES) is None
    assert channel.findtext("itunes:author", namespaces=NAMES) == "The Gazette"
    assert channel.findtext("podcast:locked", namespaces=NAMES) == "no"


def test_other_feeds_declare_no_podcast(make_feed: Callable[..., Feed]) -> None:
    """A namespace that is not used would only cost bytes."""
    assert b"itunes" not in render_rss(make_feed())


@pytest.mark.parametrize(("sounds", "expected"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_channel_is_a_podcast_when_most_of_it_is_heard(
    site: Site, make_record: Callable[..., Record], sounds: int, *, expected: bool
) -> None:
    """More than half of what the feed may hold; an empty channel is none."""
    records = [make_record(str(n), enclosures=(SOUND,) if n < sounds else ()) for n in range(3)]
    feed = build_feed(site, Channel("T", "", "/", (), None), "/rss.xml", records, ())
    assert (feed.podcast is not None) is expected
    assert build_feed(site, Channel("T", "", "/", (), None), "/rss.xml", (), ()).podcast is None
    assert site.podcast == Podcast()


def test_a_podcast_that_moves_says_where_to(site: Site, make_record: Callable[..., Record]) -> None:
    """Players follow itunes:new-feed-url to the same channel under the new base URL; else nothing is said."""
    channel = Channel("T", "D", "/news/", (make_record(enclosures=(SOUND,)),), None)
    shows = []
    for new_base_url in ("https://new.example", None):
        feed = build_feed(
            replace(site, podcast=Podcast(new_base_url=new_base_url)),
            channel,
            "/news/rss.xml",
            channel.records,
            (),
        )
        shows.append(etree.fromstring(render_rss(feed))[0].findtext("itunes:new-feed-url", namespaces=NAMES))
    assert shows == ["https://new.example/news/rss.xml", None]
