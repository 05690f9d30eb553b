"""A kind of channels is one row of a table."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from every_document import every_document
from lxml import etree, html

from feedsvc.articles.record import Record
from feedsvc.channels import kinds
from feedsvc.channels.kinds import ChannelKind, note_membership_changes
from feedsvc.channels.selection import select
from feedsvc.channels.site import Site
from feedsvc.core.urls import RESERVED
from feedsvc.documents.model import Document

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LANGUAGE = ChannelKind(
    "language",
    lambda article: [(article.language, article.language.upper())] if article.language else [],
    lambda key: f"/languages/{key}/",
    "All in %(label)s, from %(site)s.",
    "Languages",
    "/languages/",
    advertised="all",
)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one more kind of channels."""
    monkeypatch.setattr(kinds, "KINDS", (*kinds.KINDS, LANGUAGE))


def _documents(site: Site, *public: Record) -> dict[str, Document]:
    return {path: served.make() for path, served in every_document(site, public).items()}


def _links(page: Document, path: str) -> Sequence[str]:
    return [str(each.get("href")) for each in html.fromstring(page.content).iterfind(path)]


def test_the_channels_of_a_new_kind_have_feeds_pages_and_a_line_in_the_opml(
    site: Site, make_record: Callable[..., Record]
) -> None:
    """What articles say makes the channels; nothing else in the program has to know of the kind."""
    found = _documents(site, make_record(language="fr", listed=True), make_record("ebb"))
    for file in ("rss.xml", "atom.xml"):
        told = feedparser.parse(found[f"/languages/fr/{file}"].content)
        assert (told.feed.title, [entry.title for entry in told.entries]) == ("FR · The Gazette", ["The tide"])
    assert b"All in FR, from The Gazette." in found["/languages/fr/rss.xml"].content
    assert b"Languages" in found["/languages/"].content
    assert "/languages/fr/" in _links(found["/languages/"], ".//main//a")
    assert "https://example.org/languages/fr/" in _links(found["/"], ".//main//a")
    outlines = etree.fromstring(found["/feeds.opml"].content).iterfind(".//outline[@category='/language']")
    assert [outline.get("xmlUrl") for outline in outlines] == ["https://example.org/languages/fr/atom.xml"]
    assert "https://example.org/languages/fr/atom.xml" in _links(found["/news/tide"], ".//head/link")


def test_an_article_leaves_and_enters_channels_of_a_new_kind(
    site: Site, make_record: Callable[..., Record]
) -> None:
    """The channel that it left stays, with the moment as its date, until it has been empty for long enough."""
    before = make_record(language="fr", listed=True, changed=NOON)
    after = replace(before, article=replace(before.article, language="de"))
    left = NOON + timedelta(hours=1)
    records = note_membership_changes(site, {before.id: before}, {after.id: after}, left)
    channels = {
        each.path: (each.updated, len(each.records)) for each in select(site, records.values(), now=left).channels
    }
    assert channels["/languages/fr/"] == (left, 0)
    assert channels["/languages/de/"] == (left, 1)
    dropped = select(site, records.values(), now=left + timedelta(days=100)).dropped
    assert [each.path for each in dropped] == ["/languages/fr/"]


def test_the_directories_of_all_kinds_are_reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder or article takes the address of a page that lists channels."""
    monkeypatch.undo()
    assert {kind.directory.strip("/") for kind in kinds.KINDS if kind.directory} <= RESERVED
