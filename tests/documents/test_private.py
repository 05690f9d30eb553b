"""What the feeds of a private site leave out."""

import json
from collections.abc import Callable
from dataclasses import replace

import feedparser
import pytest
from every_document import every_document

from feedsvc.articles.model import Enclosure
from feedsvc.articles.record import Record
from feedsvc.channels.site import Podcast, Site
from feedsvc.documents.model import Document

SOUND = Enclosure("https://example.org/media/ab/a.mp3", "audio/mpeg", 10)


@pytest.fixture(name="documents")
def _documents(site: Site, make_record: Callable[..., Record]) -> dict[str, Document]:
    """Of a private podcast that has moved, with an archive."""
    podcast = Podcast(new_base_url="https://new.example")
    site = replace(site, private=True, podcast=podcast, archive_size=5, feed_size=3, feed_days=0)
    records = [make_record(f"s{n:02}", page=f"/s{n}", enclosures=(SOUND,)) for n in range(12)]
    return {path: served.make() for path, served in every_document(site, records).items()}


def test_a_feed_names_no_address_of_its_own(documents: dict[str, Document]) -> None:
    """All readers get the same bytes, and each may have another address."""
    for file in ("rss.xml", "atom.xml"):
        feed = feedparser.parse(documents[f"/{file}"].content).feed
        rels = {link.rel: link.href for link in feed.links}
        assert rels == {"alternate": "https://example.org/", "prev-archive": f"archive/3/{file}"}
    assert "feed_url" not in json.loads(documents["/feed.json"].content)
    assert [link.rel for link in documents["/atom.xml"].links] == ["alternate"]


def test_its_archive_is_found_from_whatever_address_it_has(documents: dict[str, Document]) -> None:
    """RFC 3986, 5.2: a relative reference leads below the same token."""
    page = feedparser.parse(documents["/archive/2/atom.xml"].content).feed
    rels = {link.rel: link.href for link in page.links if link.rel != "alternate"}
    assert rels == {
        "current": "../../atom.xml",
        "prev-archive": "../../archive/1/atom.xml",
        "next-archive": "../../archive/3/atom.xml",
    }


def test_directories_of_podcasts_are_told_to_keep_out(documents: dict[str, Document]) -> None:
    """And no address is named to which all should go on: there, too, each has another one."""
    content = documents["/rss.xml"].content
    assert b"<itunes:block>Yes</itunes:block>" in content
    assert b"new-feed-url" not in content


def test_its_entries_lead_to_their_pages(documents: dict[str, Document]) -> None:
    """Which ask for name and token."""
    (first, *_) = feedparser.parse(documents["/rss.xml"].content).entries
    assert first.link == "https://example.org/s0"
    assert "/s0" in documents
