import html
import json
import locale
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import feedparser
import pytest

from feedsvc.articles.model import Author, Enclosure
from feedsvc.channels.site import Site
from feedsvc.documents.feeds.channel_feeds import FORMATS, Format, alternate_links
from feedsvc.documents.feeds.model import Entry, Feed


@dataclass(frozen=True)
class Told:
    """An entry as a reader of the feed sees it."""

    id: str
    url: str
    title: str
    summary: str
    content: str
    published: str
    updated: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]


def _expected(entry: Entry, form: Format) -> Told:
    seconds = [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (entry.published, entry.updated)]
    enclosures = entry.enclosures[:1] if form.name == "RSS" else entry.enclosures
    return Told(
        entry.id,
        entry.url or "",
        entry.title,
        entry.summary,
        entry.content,
        seconds[0],
        seconds[1],
        tuple(author.name for author in entry.authors),
        entry.tags,
        enclosures,
    )


def _read(document: bytes, form: Format) -> list[Told]:
    return _read_json(document) if form.name == "JSON Feed" else _read_xml(document, form)


def _read_json(document: bytes) -> list[Told]:
    return [
        Told(
            item["id"],
            item["url"],
            item["title"],
            item.get("summary", ""),
            item["content_html"],
            item["date_published"],
            item["date_modified"],
            tuple(author["name"] for author in item.get("authors", [])),
            tuple(item.get("tags", [])),
            tuple(
                Enclosure(one["url"], one["mime_type"], one.get("size_in_bytes", 0))
                for one in item.get("attachments", [])
            ),
        )
        for item in json.loads(document)["items"]
    ]


def _read_xml(document: bytes, form: Format) -> list[Told]:
    parsed = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    return [
        Told(
            item.id,
            item.link,
            item.title,
            html.unescape(item.summary) if form.name == "RSS" else item.summary,
            item.content[0].value,
            time.strftime("%Y-%m-%dT%H:%M:%SZ", item.published_parsed),
            time.strftime("%Y-%m-%dT%H:%M:%SZ", item.updated_parsed),
            tuple(author.name for author in item.get("authors", [])),
            tuple(tag.term for tag in item.get("tags", [])),
            tuple(Enclosure(one.href, one.type, int(one.get("length", 0))) for one in item.enclosures),
        )
        for item in parsed.entries
    ]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
class TestFormat:
    """The contract of a format: a reader of the feed gets back what the feed tells."""

    def test_every_entry_comes_back_whole_and_in_order(
        self, form: Format, make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
    ) -> None:
        """Id, address, words, dates, people, tags and enclosures, newest first as given."""
        sound = Enclosure("https://example.org/a.mp3?x=1&y=2", "audio/mpeg", 7)
        paper = Enclosure("https://example.org/b.pdf", "application/pdf", 0)
        later = datetime.fromisoformat("2026-06-07T08:09:10Z")
        entries = [
            make_entry(id="tag:e.org,2026:c", url="https://e.org/c", title="A < B & C", updated=later),
            make_entry(id="https://e.org/?b=1&c=2", enclosures=(sound, paper), tags=("sea & shore", "潮")),
            make_entry(
                id="a", authors=(Author("Jo Doe"), Author("Ann Ü")), content="<p>a &amp; b</p>\n<p>c]]&gt;d</p>"
            ),
        ]
        assert _read(form.render(make_feed(*entries)), form) == [_expected(entry, form) for entry in entries]

    @pytest.mark.parametrize(
        "text",
        [
            "a ]]> b",
            "&amp;amp;",
            "I <3 you",
            "<script>alert(1)</script>",
            "🌊👩‍👩‍👧 𝕊",
            "\u05e9\u05dc\u05d5\u05dd \u2014 \u200f\u0645\u0631\u062d\u0628\u0627",
            "one\ttab\nand a line",
            "\"quotes\" and 'others'",
            "long " * 2_000 + "end",
        ],
        ids=["cdata", "ampersands", "heart", "markup", "emoji", "rtl", "space", "quotes", "10-kB"],
    )
    def test_awkward_words_come_back_as_they_are(
        self, form: Format, text: str, make_feed: Callable[..., Feed], make_entry: Callable[..., Entry]
    ) -> None:
        """Each text is escaped exactly once, whichever place it stands in."""
        entry = make_entry(
            title=text, summary=text, authors=(Author(text),), tags=(text,), content=html.escape(text)
        )
        assert _read(form.render(make_feed(entry)), form) == [_expected(entry, form)]

    def test_an_empty_feed_is_valid(self, form: Format, make_feed: Callable[..., Feed]) -> None:
        """A site may have its first subscriber before its first article."""
        assert _read(form.render(make_feed()), form) == []

    def test_the_bytes_depend_on_the_feed_alone(
        self,
        form: Format,
        make_feed: Callable[..., Feed],
        make_entry: Callable[..., Entry],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The process's time zone does not count, nor the moment; and its locale is left as it was."""
        feed = make_feed(make_entry(tags=("b", "a")))
        before, setting = form.render(feed), locale.setlocale(locale.LC_ALL)
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        after = form.render(feed)
        monkeypatch.undo()
        time.tzset()
        assert (after, locale.setlocale(locale.LC_ALL)) == (before, setting)


def test_a_page_names_every_feed_of_its_channel() -> None:
    """Readers find a feed by the bare type of its link."""
    links = alternate_links(Site("https://example.org", "T", "", "en"), "/news/")
    assert [(link.href, link.rel, link.media_type) for link in links] == [
        ("https://example.org/news/rss.xml", "alternate", "application/rss+xml"),
        ("https://example.org/news/atom.xml", "alternate", "application/atom+xml"),
        ("https://example.org/news/feed.json", "alternate", "application/feed+json"),
    ]


def test_xml_names_its_charset_and_json_does_not() -> None:
    """RFC 7303, section 3, and RFC 8259, section 11."""
    assert [form.media_type for form in FORMATS] == [
        "application/rss+xml; charset=utf-8",
        "application/atom+xml; charset=utf-8",
        "application/feed+json",
    ]
