from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from feedsvc.articles.identity.paths import Translation
from feedsvc.articles.model import Article, Author, Enclosure, Episode, Links, Picture
from feedsvc.articles.record import MembershipChange, Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Podcast, Site
from feedsvc.documents.fingerprints import PartOfRecord, channel_part, code_version, key, record_part, site_part

LATER = datetime(2027, 1, 1, tzinfo=UTC)
SOUND = Enclosure("https://example.org/a.mp3", "audio/mpeg", 7)

SHOWN = {
    "id": "other",
    "page": "/other",
    "published": LATER,
    "updated": LATER,
    "title": "other",
    "summary": "other",
    "tags": ("other",),
    "authors": (Author("other"),),
    "language": "fr",
    "image": Picture("https://example.org/other.png"),
    "enclosures": (SOUND,),
    "meaning": "other",
    "body": "other",
    "format": "text",
    "extent": "summary",
    "episode": Episode(number=7),
    "markdown": "other",
    "utc_offset": 3600,
    "links": Links("https://other.example/"),
}
NOT_SHOWN = {
    "stamp": "other",
    "source": "other",
    "settled": True,
    "present": False,
    "withdrawn": LATER,
    "path": "other",
    "section": "other",
    "slug": "other",
    "draft": True,
    "hollow": True,
    "leads_to": "https://example.org/elsewhere",
    "media": (),
    "expires": LATER,
    "unlisted": True,
    "updated_line": 7,
    "original": "other",
    "section_key": "other",
    "held_by": ("_index.md",),
    "aliases": ("/other",),
    "headed": True,
    "placed": True,
    "listed": True,
    "changed": LATER,
    "former_pages": ("/other",),
    "declared_addresses": ("/other/",),
    "categories": ("other",),
    "linked_articles": (("/other", "other.md"),),
    "address_pattern": "/{year}/{slug}/",
    "membership_changes": (MembershipChange("tag", "other", "Other", LATER),),
}


@pytest.mark.parametrize("field", SHOWN)
def test_what_a_document_shows_moves_its_key(make_record: Callable[..., Record], field: str) -> None:
    """Or a subscriber would keep on seeing the old."""
    article_level = field in Article.__slots__ and field not in Record.__slots__
    record = make_record()
    value = {field: SHOWN[field]}
    changed = (
        replace(record, article=replace(record.article, **value))  # type: ignore[arg-type]  # the table decides
        if article_level
        else replace(record, **value)  # type: ignore[arg-type]  # the table decides
    )
    assert record_part(changed) != record_part(record)


@pytest.mark.parametrize("field", NOT_SHOWN)
def test_what_no_document_shows_leaves_its_key(make_record: Callable[..., Record], field: str) -> None:
    """A touched or renamed file makes no document anew."""
    assert record_part(make_record(**{field: NOT_SHOWN[field]})) == record_part(make_record())


def test_every_field_was_thought_of() -> None:
    """A new field of an article has to be put on one of the two lists."""
    names = {field.name for kind in (Record, Article) for field in fields(kind)}
    assert names == SHOWN.keys() | NOT_SHOWN.keys() | {"article"}


@pytest.mark.parametrize("part", ["url", "media_type", "length"])
def test_an_enclosure_counts_whole(make_record: Callable[..., Record], part: str) -> None:
    """Its type and length are told as well as its address."""
    other = replace(SOUND, **{part: 8 if part == "length" else "other"})  # type: ignore[arg-type]  # one of three
    assert record_part(make_record(enclosures=(other,))) != record_part(make_record(enclosures=(SOUND,)))


AMOUNTS = {"feed_size", "feed_days", "feed_bytes", "archive_size", "tombstone_days", "empty_channel_days"}
"""How much documents hold. What they do hold counts."""


@pytest.mark.parametrize(
    "field",
    [
        field.name
        for field in fields(Site)
        # Who names what a document shows for caches changes its key by that (documents/cachekeys.py).
        if field.name
        not in {
            *AMOUNTS,
            "moved",
            "podcast",
            "queries",
            "sections",
            "extent",
            "header",
            "footer",
            "key_field",
            "content_signal",
        }
    ],
)
def test_what_the_site_says_of_itself_counts(site: Site, field: str) -> None:
    """Each value stands in some document."""
    assert site_part(replace(site, **{field: "other"})) != site_part(site)  # type: ignore[arg-type]  # all are text


def test_what_the_site_says_of_its_podcasts_counts(site: Site) -> None:
    """All of it stands in a feed that is one."""
    assert site_part(replace(site, podcast=Podcast(owner="a@e.org"))) != site_part(site)


def test_how_much_a_feed_may_hold_does_not_count(site: Site) -> None:
    """What it does hold counts, so a longer feed of few articles is the same feed."""
    assert site_part(replace(site, feed_size=7)) == site_part(site)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "other"},
        {"description": "other"},
        {"extent": "summary"},
        {"header": "x"},
        {"footer": "x"},
        {"path": "/other/"},
        {"updated": None},
    ],
    ids=str,
)
def test_what_a_channel_says_of_itself_counts(change: dict[str, object]) -> None:
    """Its date as well, which moves when an article is taken back."""
    channel = Channel("T", "D", "/", (), LATER)
    assert channel_part(replace(channel, **change)) != channel_part(channel)  # type: ignore[arg-type]  # a table


def test_the_same_moment_in_another_zone_is_the_same(make_record: Callable[..., Record]) -> None:
    """A store may give a time back in its own zone."""
    there = LATER.astimezone(timezone(timedelta(hours=9)))
    assert record_part(make_record(updated=there)) == record_part(make_record(updated=LATER))


def test_parts_do_not_run_into_each_other() -> None:
    """What ends one value cannot pass for the beginning of the next."""
    assert len({key("a", "b"), key("ab"), key("a,b"), key(["a"], "b"), key("a", ["b"]), key("a", None)}) == 6


def test_the_code_counts() -> None:
    """A new release of feedsvc makes its documents anew."""
    assert key("a") != key("a", code_version())
    assert len(code_version()) == 64


def test_the_translations_of_an_article_count(make_record: Callable[..., Record]) -> None:
    """Every document that shows it names them; of an article without any its part is all there is."""
    record = make_record()
    french = Translation("fr", "/fr/tide")
    told = PartOfRecord({record.id: (french,)})(record)
    assert PartOfRecord()(record) == record_part(record)
    assert len({told, record_part(record), PartOfRecord({record.id: (replace(french, page="/x"),)})(record)}) == 3
