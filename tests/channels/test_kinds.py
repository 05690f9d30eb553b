"""What is remembered of the channels that an article left."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import article

from feedsvc.articles.model import Author
from feedsvc.articles.record import Record
from feedsvc.channels.kinds import note_membership_changes
from feedsvc.channels.site import Query, Site

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NOW = NOON + timedelta(hours=1)
SITE = Site(
    "https://example.org", "The Gazette", "", "en", queries=(Query("/wet/", "All wet", tags=("Sea", "Rain")),)
)
NEWS, SEA, WET = ("section", "news", "News"), ("tag", "sea", "Sea"), ("query", "/wet/", "All wet")
MAKE = Callable[..., Record]
NOTE = Callable[..., Record]


@pytest.mark.parametrize(
    ("change", "crossed"),
    [
        ({}, []),
        ({"title": "other"}, []),
        ({"tags": ("SÉA",)}, []),
        ({"tags": ()}, [WET, SEA]),
        ({"tags": ("Rain",)}, [("tag", "rain", "Rain"), SEA]),
        ({"tags": ("Sea", "Rain")}, [("tag", "rain", "Rain")]),
        ({"authors": ()}, [("author", "jo", "Jo")]),
        ({"section": "", "path": "a.md"}, [NEWS]),
        ({"section": "news/sea", "path": "news/sea/a.md"}, [("section", "news/sea", "Sea")]),
    ],
    ids=str,
)
def test_every_channel_that_it_left_or_came_into_is_noted(
    make: MAKE, note: NOTE, change: dict[str, object], crossed: list[tuple[str, str, str]]
) -> None:
    """By what the channel is known by, not by a spelling; sorted."""
    noted = note(make(), make(**change))
    assert [(one.kind, one.key, one.label) for one in noted.membership_changes] == sorted(crossed)
    assert {one.when for one in noted.membership_changes} <= {NOW}


def test_what_leaves_the_feeds_leaves_all_channels(make: MAKE, note: NOTE) -> None:
    """As it stood in them, whatever its draft says now."""
    noted = note(make(), replace(make(tags=("secret",)), listed=False, changed=NOW))
    assert {(one.kind, one.key) for one in noted.membership_changes} == {
        ("author", "jo"),
        ("section", "news"),
        ("tag", "sea"),
        ("query", "/wet/"),
    }


def test_what_is_in_no_feed_leaves_no_channel(make: MAKE, note: NOTE) -> None:
    """A draft can be given tags and lose them without a trace."""
    drafts = [replace(make(tags=(tag,)), listed=False) for tag in ("secret", "other")]
    assert note(*drafts) is drafts[1]


def test_a_first_appearance_is_no_passage(make: MAKE, note: NOTE) -> None:
    """It is as old as it says itself, so that a ledger made anew tells the same."""
    for before in (None, replace(make(), listed=False, changed=None)):
        assert note(before, make()).membership_changes == ()


def test_one_channel_has_one_passage(make: MAKE, note: NOTE) -> None:
    """The latest; and never one before the newest change that the feeds have shown."""
    left = note(make(), make(tags=()))
    back = note(left, replace(make(changed=NOW + timedelta(hours=9)), membership_changes=left.membership_changes))
    assert {one.when for one in back.membership_changes} == {NOW + timedelta(hours=9)}
    assert len(back.membership_changes) == len(left.membership_changes) == 2


@pytest.fixture
def note() -> NOTE:
    """The record as a round leaves it, given it before and after."""

    def noted(before: Record | None, after: Record) -> Record:
        return note_membership_changes(SITE, {before.id: before} if before else {}, {after.id: after}, NOW)[
            after.id
        ]

    return noted


@pytest.fixture
def make() -> MAKE:
    """Makes a record that the feeds have shown."""

    def record(*, changed: datetime = NOON, **fields: object) -> Record:
        plain: dict[str, object] = {"section": "news", "tags": ("Sea",), "authors": (Author("Jo"),)}
        shown = article("a", **(plain | fields))
        return Record("a", shown, "", "", "/news/a", NOON, NOON, settled=True, listed=True, changed=changed)

    return record
