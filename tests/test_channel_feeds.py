"""The feeds of channels as a running service sends them, and as feed readers and podcast players parse them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import feedparser
import podcastparser
import pytest
from lxml import etree
from read_here import ReadHere
from serving import Service, wait_for, write

from feedsvc.articles.options import ReadOptions
from feedsvc.channels.site import Site
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.round import publish
from feedsvc.store.store import open_store

ARTICLES = {
    "news/2026-03-01-slip.md": "---\ntitle: The slip\ntags: [Hafen]\nauthors: [Runa, Odd]\n---\nIt *slips*.\n",
    "news/2026-03-02-crane.txt": "The crane turns\n\nAll day long.\n",
    "2026-03-03-buoy.md": "---\ntitle: A bell & a buoy\ntags: hafen\nlink: https://b.example/7\n---\nFar out.\n",
    "radio/2026-03-04-tide.md": "---\ntitle: Tide talk\naudio:\n  url: https://cdn.example/tide.mp3\n"
    "  length: 7100\n  duration: 1:05\nepisode: 1\n---\nHigh and low.\n",
    "radio/2026-03-05-wind.md": "---\ntitle: Wind talk\naudio:\n  url: https://cdn.example/wind.mp3\n"
    "  length: 8200\n  duration: 2:00\nepisode: 2\n---\nFrom the west.\n",
}
TITLES = {
    "/news/": ["The crane turns", "The slip"],
    "/tags/hafen/": ["A bell & a buoy", "The slip"],
    "/authors/runa/": ["The slip"],
    "/radio/": ["Wind talk", "Tide talk"],
}
"""A channel and what it holds, newest first."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on those articles, with a setting that is off by default."""
    home: Path = tmp_path_factory.mktemp("home")
    articles = write(home / "articles", ARTICLES)
    with Service(home, articles, "--port", 0, settings={"feeds__markdown_source": "true"}) as running:
        yield running.ready()


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml"])
@pytest.mark.parametrize("channel", TITLES)
def test_the_feed_of_a_channel_parses_without_a_fault(service: Service, channel: str, file: str) -> None:
    """A section, a tag under all its spellings, an author, a podcast: bozo 0, and what belongs there."""
    answer = service.get(channel + file)
    feed = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})
    assert (answer.status_code, feed.bozo) == (200, False)
    assert [entry.title for entry in feed.entries] == TITLES[channel]
    self_links = [link.href for link in feed.feed.links if link.rel == "self"]
    assert self_links == [service.url + channel + file]


@pytest.mark.parametrize("channel", TITLES)
def test_all_formats_of_a_channel_tell_the_same(service: Service, channel: str) -> None:
    """The same ids in the same order."""
    rss, atom = ([entry.id for entry in service.feed(channel + file).entries] for file in ("rss.xml", "atom.xml"))
    assert rss == atom == [item["id"] for item in service.get(f"{channel}feed.json").json()["items"]]


def test_a_podcast_plays(service: Service) -> None:
    """A parser of podcast players finds each file, its size and how long it is."""
    content = service.get("/radio/rss.xml").content
    podcast = podcastparser.parse(f"{service.url}/radio/rss.xml", BytesIO(content))
    assert [
        (each["title"], each["enclosures"][0]["url"], each["enclosures"][0]["file_size"], each["total_time"])
        for each in podcast["episodes"]
    ] == [
        ("Wind talk", "https://cdn.example/wind.mp3", 8200, 120),
        ("Tide talk", "https://cdn.example/tide.mp3", 7100, 65),
    ]


def test_a_link_post_leads_to_what_it_is_about(service: Service) -> None:
    """From the header of a file to the wire."""
    entry = service.feed("/tags/hafen/atom.xml").entries[0]
    assert [link.href for link in entry.links if link.rel == "related"] == ["https://b.example/7"]
    (item, _) = service.get("/tags/hafen/feed.json").json()["items"]
    assert item["external_url"] == "https://b.example/7"


def test_markdown_reaches_the_wire_where_a_setting_asks_for_it(service: Service) -> None:
    """Of the article that is Markdown and not of the one that is text."""
    root = etree.fromstring(service.get("/news/rss.xml").content)
    assert [found.text for found in root.iter("{http://source.scripting.com/}markdown")] == ["It *slips*."]


SEA = [f"/tags/sea{file}" for file in ("", "/", "/rss.xml", "/atom.xml", "/feed.json", "/archive/1/atom.xml")]


def _run_rounds(home: Path, articles: Path, rounds: Mapping[datetime, str]) -> str:
    """Rounds of the past, each over one article as it was then; gives the id of the article."""
    site = Site("http://127.0.0.1", "News", "All of it.", "en", archive_size=1)
    plan = RoundOptions(articles, site, ReadOptions(site.base_url, ZoneInfo("UTC"), 10_000), "example.org")
    store = open_store(f"sqlite:///{home}/feedsvc.db")
    for now, text in rounds.items():
        write(articles, {"one.md": text})
        outcome = publish(
            plan,
            store.publisher,
            store.publisher.state(),
            now,
            afresh=True,
            progress=lambda *_: None,
            readers=ReadHere(),
        )
    store.close()
    (record_id,) = outcome.state.records
    return record_id


@pytest.mark.slow
def test_a_channel_is_gone_when_it_has_been_empty_for_long_and_comes_back_where_it_was(tmp_path: Path) -> None:
    """By the clock, without any event; it stays gone over a restart, and has its archive again."""
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    tagged, plain = ("---\ntitle: One\ndate: 2020-01-01\n" + rest for rest in ("tags: [sea]\n---\n", "---\n"))
    moments = {end - timedelta(days=95): tagged, end - timedelta(days=90): plain}
    record_id = _run_rounds(tmp_path, tmp_path / "articles", moments)
    settings = {"feeds__archive_size": "1"}
    with Service(tmp_path, "articles", "--port", 0, "--interval", 3600, settings=settings) as service:
        service.ready()
        wait_for(lambda: service.get("/tags/sea/atom.xml").status_code == 410, "the end of the channel")
        assert {path: service.get(path).status_code for path in SEA} == dict.fromkeys(SEA, 410)
        assert "/tags/sea/" not in service.get("/feeds.opml").text + service.get("/").text
    with Service(tmp_path, "articles", "--port", 0, "--interval", 3600, settings=settings) as service:
        service.ready()
        assert {path: service.get(path).status_code for path in SEA} == dict.fromkeys(SEA, 410)
        write(tmp_path / "articles", {"one.md": tagged})
        service.scan()
        for path in SEA[3], SEA[5]:
            assert [entry.id for entry in service.feed(path).entries] == [record_id]
        assert "/tags/sea/atom.xml" in service.get("/feeds.opml").text
