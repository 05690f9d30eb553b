from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from archive_walk import walk
from every_document import Served, every_document
from lxml import etree

from feedsvc.articles.model import Author, Enclosure
from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site
from feedsvc.documents.feeds.channel_feeds import NEVER, build_feed, fit
from feedsvc.documents.feeds.model import Entry, Feed

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FEEDS = ("rss.xml", "atom.xml", "feed.json")
MakeRecord = Callable[..., Record]
Composed = dict[str, Served]


def _composed(site: Site, *records: Record, words: int = 1, since: datetime | None = None) -> Composed:
    """What the site serves of ``records``; each body is so many words long."""
    listed = sorted((record for record in records if record.listed), key=lambda each: each.published, reverse=True)
    withdrawn = [record for record in records if record.withdrawn]
    return every_document(
        site, listed, withdrawn=withdrawn, body=lambda digest: f"<p>{digest} " * words, since=since
    )


def _stories(make: MakeRecord, count: int) -> list[Record]:
    return [
        make(
            f"s{number:02}",
            published=NOON + number * DAY,
            listed=True,
            changed=NOON,
            section="",
            path=f"s{number}",
        )
        for number in range(count)
    ]


def _get(found: Composed, site: Site) -> Callable[[str], bytes]:
    return lambda url: found[url.removeprefix(site.base_url)].make().content


@pytest.mark.parametrize("file", FEEDS)
class TestArchive:
    def test_the_walk_finds_all(self, site: Site, make_record: MakeRecord, file: str) -> None:
        """From the feed through the pages of the archive, back to the first article."""
        small = replace(site, feed_size=5, feed_days=0, archive_size=4)
        steps = walk(_get(_composed(small, *_stories(make_record, 18)), small), f"https://example.org/{file}")
        assert [len(step.ids) for step in steps] == [5, 4, 4, 4, 4]
        assert {each for step in steps for each in step.ids} == {
            f"tag:example.org,2026:s{n:02}" for n in range(18)
        }
        assert [step.archived for step in steps] == [False] + ([True] * 4 if file != "feed.json" else [False] * 4)

    def test_pages_know_their_neighbours(self, site: Site, make_record: MakeRecord, file: str) -> None:
        """Each tells where the feed is, and the page before and after it, as far as the format can."""
        small = replace(site, feed_size=2, feed_days=0, archive_size=2)
        found = _composed(small, *_stories(make_record, 6))
        page = walk(_get(found, small), f"https://example.org/archive/2/{file}")[0]
        told = {"prev-archive": "/archive/1/"}
        if file != "feed.json":
            told |= {"current": "/", "next-archive": "/archive/3/"}
        assert page.links == {rel: f"https://example.org{path}{file}" for rel, path in told.items()}

    def test_a_full_page_keeps_its_bytes(self, site: Site, make_record: MakeRecord, file: str) -> None:
        """From the moment it is full, whatever is added."""
        small = replace(site, feed_size=2, feed_days=0, archive_size=4)
        stories = _stories(make_record, 12)
        path = f"/archive/1/{file}"
        pages = [_composed(small, *stories[:count])[path] for count in range(3, 13)]
        assert pages[0].key != pages[1].key
        assert len({recipe.key for recipe in pages[1:]}) == 1
        assert len({recipe.make().content for recipe in pages[1:]}) == 1

    def test_a_full_page_keeps_its_bytes_when_the_channel_becomes_a_podcast(
        self, site: Site, make_record: MakeRecord, file: str
    ) -> None:
        """Whether it is one itself is decided by the articles on it."""
        small = replace(site, feed_size=2, feed_days=0, archive_size=4)
        stories = _stories(make_record, 12)
        talks = [*stories[:6], *(_with_sound(story) for story in stories[6:])]
        before, after = _composed(small, *stories[:6]), _composed(small, *talks)
        assert before[f"/archive/1/{file}"].key == after[f"/archive/1/{file}"].key
        assert before[f"/archive/1/{file}"].make() == after[f"/archive/1/{file}"].make()
        heard = {path for path in after if path.endswith(file) and b"itunes:" in after[path].make().content}
        assert heard == ({"/rss.xml", "/archive/3/rss.xml"} if file == "rss.xml" else set())

    def test_no_archive_where_the_feed_holds_all(self, site: Site, make_record: MakeRecord, file: str) -> None:
        """Ten articles always are in the feed, so nothing more is needed, and no link leads to it."""
        found = _composed(site, *_stories(make_record, 10), words=20_000)
        assert not [path for path in found if "archive" in path]
        assert not walk(_get(found, site), f"https://example.org/{file}")[0].links

    def test_what_is_too_large_for_the_feed_is_in_the_archive(
        self, site: Site, make_record: MakeRecord, file: str
    ) -> None:
        """The feed is cut to its size in bytes, and goes on with the page that is still being filled."""
        found = _composed(site, *_stories(make_record, 40), words=2000)
        first, *rest = walk(_get(found, site), f"https://example.org/{file}")
        assert 10 < len(first.ids) < 40
        assert len(found[f"/{file}"].make().content) <= site.feed_bytes
        assert [(len(step.ids), step.archived) for step in rest] == [(40, False)]

    def test_an_edit_moves_the_page_that_holds_it(self, site: Site, make_record: MakeRecord, file: str) -> None:
        """And no other page of the archive."""
        small = replace(site, feed_size=2, feed_days=0, archive_size=4)
        stories = _stories(make_record, 12)
        edited = replace(stories[5], article=replace(stories[5].article, body="edited"))
        before, after = _composed(small, *stories), _composed(small, *stories[:5], edited, *stories[6:])
        moved = {path for path in before if before[path].key != after[path].key and path.endswith(file)}
        assert moved == {f"/archive/2/{file}"}


def _with_sound(story: Record) -> Record:
    sound = Enclosure("https://cdn.example/a.mp3", "audio/mpeg", 7, 95)
    return replace(story, article=replace(story.article, enclosures=(sound,)))


class TestTombstones:
    def test_atom_tells_what_was_taken_back(self, site: Site, make_record: MakeRecord) -> None:
        """Id and moment (RFC 6721, section 3), the latest first."""
        gone = [
            make_record(name, withdrawn=NOON + day * DAY, changed=NOON + day * DAY, section="", path=name)
            for name, day in (("a", 1), ("b", 2))
        ]
        content = _composed(site, *gone)["/atom.xml"].make().content
        assert _deleted(content) == [
            ("tag:example.org,2026:b", "2026-05-03T12:00:00Z"),
            ("tag:example.org,2026:a", "2026-05-02T12:00:00Z"),
        ]
        assert not feedparser.parse(content).bozo

    def test_it_is_told_for_a_while(self, site: Site, make_record: MakeRecord) -> None:
        """Not for what was taken back before the moment given."""
        gone = make_record("a", withdrawn=NOON, changed=NOON, section="", path="a")
        early, late = (_composed(site, gone, since=since)["/atom.xml"] for since in (NOON - DAY, NOON))
        assert early.key != late.key
        assert (len(_deleted(early.make().content)), len(_deleted(late.make().content))) == (1, 0)

    def test_what_is_merely_unlisted_is_not_taken_back(self, site: Site, make_record: MakeRecord) -> None:
        """It still has its page."""
        unlisted = make_record("a", changed=NOON, section="", path="a")
        assert not _deleted(_composed(site, unlisted)["/atom.xml"].make().content)


def _deleted(content: bytes) -> list[tuple[str | None, str | None]]:
    found = etree.fromstring(content).iterfind("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    return [(each.get("ref"), each.get("when")) for each in found]


@pytest.mark.parametrize(("file", "expected"), [("rss.xml", 1), ("atom.xml", 1), ("feed.json", 0)])
def test_a_feed_names_a_stylesheet_for_browsers(
    site: Site, make_record: MakeRecord, file: str, expected: int
) -> None:
    """Before the root element (xml-stylesheet, section 2), without a host or a version; it can be left out."""
    below = replace(site, base_url="https://example.org/a b", archive_size=1)
    records = _stories(make_record, 2)
    for path in (f"/{file}", f"/archive/1/{file}"):
        content = _composed(below, *records)[path].make().content
        assert content.count(b'<?xml-stylesheet type="text/css" href="/a%20b/feed.css"?>') == expected
        assert b"xml-stylesheet" not in _composed(replace(below, styled=False), *records)[path].make().content


@pytest.mark.parametrize("previewed", [True, False])
def test_every_feed_says_whether_browsers_get_a_page(site: Site, make_record: MakeRecord, previewed: bool) -> None:
    """Those of an archive, too."""
    found = _composed(replace(site, previewed=previewed, archive_size=1), *_stories(make_record, 2))
    documents = [found[path].make() for path in found if path.endswith(FEEDS)]
    assert {document.traits.preview is not None for document in documents if document.traits.kind == "feed"} == {
        previewed
    }


def _asks(content: bytes) -> tuple[str | None, ...]:
    """What an RSS feed asks for: minutes, period and times in a period."""
    root, syndication = etree.fromstring(content), "{http://purl.org/rss/1.0/modules/syndication/}"
    names = ("ttl", f"{syndication}updatePeriod", f"{syndication}updateFrequency")
    return tuple(root.findtext(f"channel/{name}") for name in names)


def test_a_feed_asks_to_be_asked_as_often_as_its_channel_changes(site: Site, make_record: MakeRecord) -> None:
    """A page of the archive asks for nothing: its bytes stay, and whoever has it need not come again."""
    small = replace(site, feed_size=2, feed_days=0, archive_size=4)
    stories = _stories(make_record, 6)
    weekly = [replace(each, published=NOON + 7 * at * DAY) for at, each in enumerate(stories)]
    assert _asks(_composed(small, *stories)["/rss.xml"].make().content) == ("720", "daily", "2")
    assert _asks(_composed(small, *weekly)["/rss.xml"].make().content) == ("1440", "daily", "1")
    assert _asks(_composed(small, *stories)["/archive/1/rss.xml"].make().content) == (None, None, None)


def _size(feed: Feed) -> bytes:
    """A hundred bytes and ten for each entry."""
    return b"." * (100 + 10 * len(feed.entries))


@pytest.mark.parametrize(
    ("most", "limit", "count"),
    [
        pytest.param(50, 1000, 50, id="all fit"),
        pytest.param(50, 600, 50, id="all fit to the byte"),
        pytest.param(50, 599, 49, id="one too many"),
        pytest.param(50, 250, 15, id="some fit"),
        pytest.param(50, 209, 10, id="never fewer than ten"),
        pytest.param(11, 209, 10, id="one more than ten"),
        pytest.param(4, 100, 4, id="there are no ten"),
        pytest.param(0, 50, 0, id="nothing is too large"),
    ],
)
def test_as_many_as_fit(
    make_feed: Callable[..., Feed], make_entry: Callable[..., Entry], most: int, limit: int, count: int
) -> None:
    """The most entries within the limit, ten at least."""
    entries = [make_entry(id=str(number)) for number in range(most)]
    feed, content = fit(lambda first: make_feed(*entries[:first]), _size, most=most, least=10, limit=limit)
    assert feed.entries == tuple(entries[:count])
    assert content == _size(feed)


def test_a_feed_knows_its_page_and_itself(site: Site) -> None:
    """The id and the page follow the channel; the address of its own follows the format."""
    feed = build_feed(site, Channel("T", "D", "/news/", (), NOON), "/news/atom.xml", (), ())
    assert (feed.id, feed.url) == ("https://example.org/news/", "https://example.org/news/")
    assert feed.self_url == "https://example.org/news/atom.xml"
    assert (feed.title, feed.description, feed.language, feed.author) == ("T", "D", "en", Author("Ines Vogt"))


def test_a_feeds_date_is_its_channels(site: Site) -> None:
    """It holds the newest change, removals included, which no entry of the feed can tell."""
    assert build_feed(site, Channel("T", "", "/", (), NOON), "/atom.xml", (), ()).updated == NOON


def test_a_feed_that_never_held_anything_has_a_constant_date(site: Site) -> None:
    """No clock gets into a document: an empty feed made twice is the same."""
    assert build_feed(site, Channel("T", "", "/", (), None), "/atom.xml", (), ()).updated == NEVER
