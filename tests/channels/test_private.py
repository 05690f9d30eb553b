"""What a private channel holds is nowhere else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ledgers import record

from feedsvc.articles.article import Author
from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.passages import note_passages
from feedsvc.channels.query import Query
from feedsvc.channels.select import select
from feedsvc.channels.site import Site

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
MEMBERS = Query("/members/", "For members", sections=("members",), private=True)
EVERYTHING = Query("/all/", "All")
SITE = Site("https://example.org", "The Gazette", "News", "en", queries=(MEMBERS, EVERYTHING))
SHOWN = {"published": NOON, "updated": NOON, "listed": True, "changed": NOON}
OPEN = record("open", tags=("sea",), **SHOWN)
SECRET = record("secret", section="members", path="members/a.md", tags=("sea",), authors=(Author("Ann"),), **SHOWN)


def _channels(*records: Record, site: Site = SITE) -> dict[str, Channel]:
    listed = [each for each in records if each.listed]
    return {channel.path: channel for channel in select(site, listed, {each.id: each for each in records})}


def _held(channels: dict[str, Channel]) -> dict[str, tuple[str, ...]]:
    return {path: tuple(each.article.slug for each in channel.records) for path, channel in channels.items()}


def test_a_private_article_stands_in_its_private_channels_alone() -> None:
    """Not in the site's, a tag's, an author's, a folder's, or another one that would fit it."""
    assert _held(_channels(OPEN, SECRET)) == {
        "/": ("open",),
        "/members/": ("secret",),
        "/all/": ("open",),
        "/tags/sea/": ("open",),
    }


def test_its_removal_is_told_there_alone() -> None:
    """A tombstone in a public feed would tell its id, and that it ever was."""
    gone = replace(SECRET, present=False, listed=False, withdrawn=LATER, changed=LATER)
    (after,) = note_passages(SITE, {SECRET.id: SECRET}, {gone.id: gone}, LATER).values()
    channels = _channels(OPEN, after)
    assert {path for path, channel in channels.items() if channel.gone} == {"/members/"}
    assert channels["/"].updated == NOON


def test_what_becomes_private_moves_the_date_of_what_it_leaves() -> None:
    """So does what comes back: a feed that lost or got an entry is newer, also the site's."""
    public = replace(SECRET, article=replace(SECRET.article, section="news", path="news/a.md"))
    for before, after in ((public, SECRET), (SECRET, public)):
        (noted,) = note_passages(SITE, {before.id: before}, {after.id: after}, LATER).values()
        channels = _channels(OPEN, noted)
        assert {channels[path].updated for path in ("/", "/members/", "/tags/sea/")} == {LATER}
        assert not channels["/"].gone


def test_the_documents_of_a_private_channel_have_no_path_that_can_be_asked_for() -> None:
    """RFC 9112, 3.2: a request target begins with a slash."""
    channels = _channels(OPEN, SECRET)
    assert (channels["/members/"].place, channels["/all/"].place) == ("private:members/", "/all/")
