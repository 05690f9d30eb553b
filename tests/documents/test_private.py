"""What of private articles becomes a document, and what such a feed leaves out."""

import json
from collections.abc import Callable
from dataclasses import replace

import feedparser
import pytest

from feedsvc.articles.article import MediaFile
from feedsvc.articles.record import Record
from feedsvc.channels.query import Query
from feedsvc.channels.select import select
from feedsvc.channels.site import Site
from feedsvc.documents.compose import compose
from feedsvc.documents.document import Document

SOUND = MediaFile("members/a.mp3", "/media/abcdefabcdefabcd/a.mp3", "audio/mpeg", 10, "ab" * 32)


@pytest.fixture(name="members")
def _members(site: Site) -> Site:
    """The site with a private channel, a hub, and a way to tell articles in short."""
    query = Query(
        "/members/", "For members", sections=("members",), extent="summary", footer="{url}", private=True
    )
    return replace(site, queries=(query,), hubs=("https://hub.example",), archive_size=5, feed_size=3, feed_days=0)


@pytest.fixture(name="documents")
def _documents(members: Site, make_record: Callable[..., Record]) -> dict[str, Document]:
    fields = {"section": "members", "tags": ("hush",), "aliases": ("/whispered",), "media": (SOUND,)}
    secret = [make_record(f"s{n:02}", path=f"members/s{n}.md", page=f"/members/s{n}", **fields) for n in range(12)]
    gone = make_record("old", path="members/old.md", page="/members/old", section="members", settled=True)
    public = (make_record("open"), *secret)
    channels = select(members, public, {record.id: record for record in public})
    recipes = compose(members, channels, public, [gone], lambda digest: f"<p>{digest}</p>")
    return {recipe.path: recipe.make() for recipe in recipes}


def test_nothing_that_can_be_asked_for_tells_of_them(documents: dict[str, Document]) -> None:
    """No feed, page, list, redirect, archive or tombstone; only the file, whose address cannot be guessed."""
    told = {path: document.content + repr(document).encode() for path, document in documents.items()}
    words = (b"members", b"hush", b"s01", b"whispered", b"For members")
    leaks = {path for path, content in told.items() if any(word in content for word in words)}
    assert {path for path in leaks if path.startswith("/")} == {SOUND.path}
    assert {path for path, document in documents.items() if document.private} == {*leaks}


def test_a_private_feed_names_no_address_of_its_own(documents: dict[str, Document]) -> None:
    """All its readers get the same bytes, and each has another address; and no hub may hand it on."""
    for file in ("rss.xml", "atom.xml"):
        feed = feedparser.parse(documents[f"private:members/{file}"].content).feed
        rels = {link.rel: link.href for link in feed.links}
        assert rels == {"alternate": "https://example.org/", "prev-archive": f"archive/3/{file}"}
    told = json.loads(documents["private:members/feed.json"].content)
    assert not {"feed_url", "hubs"} & told.keys()
    assert [link.rel for link in documents["private:members/atom.xml"].links] == ["alternate"]


def test_its_archive_is_found_from_whatever_address_it_has(documents: dict[str, Document]) -> None:
    """RFC 3986, 5.2: a relative reference leads below the same token."""
    page = feedparser.parse(documents["private:members/archive/2/atom.xml"].content).feed
    rels = {link.rel: link.href for link in page.links if link.rel != "alternate"}
    assert rels == {
        "current": "../../atom.xml",
        "prev-archive": "../../archive/1/atom.xml",
        "next-archive": "../../archive/3/atom.xml",
    }


def test_an_entry_is_told_in_full_and_leads_to_no_page(documents: dict[str, Document]) -> None:
    """There is none; RFC 4287, 4.1.2 asks for a link only where there is no content."""
    for file in ("rss.xml", "atom.xml"):
        entry = feedparser.parse(documents[f"private:members/{file}"].content).entries[0]
        assert (entry.get("links", []), entry.content[0].value) == ([], "<p>body of s00</p>\nhttps://example.org/")
    assert "url" not in json.loads(documents["private:members/feed.json"].content)["items"][0]
