"""Dates that a clock or a header set ahead."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.articles.model import Article
from feedsvc.articles.policy.publication import EARLIEST_CLOCK, future_updates, without_future_dates
from feedsvc.articles.record import MembershipChange, Record

MakeArticle = Callable[..., Article]

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAST, BEFORE = NOW - timedelta(days=9), NOW - timedelta(days=5)
AHEAD, FURTHER = datetime(2200, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC)


def record_of(article: Article, **values: object) -> Record:
    """A public article, which was published and updated in the past."""
    told = {"published": PAST, "updated": PAST, "settled": True, "listed": True, "changed": PAST} | values
    return Record("id", article, "", "", "/a", **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("says", "values", "published", "updated", "changed"),
    [
        pytest.param({}, {}, PAST, PAST, PAST, id="nothing is ahead"),
        pytest.param({}, {"updated": NOW, "changed": NOW}, PAST, NOW, NOW, id="now is not ahead"),
        pytest.param(
            {}, {"updated": AHEAD, "changed": AHEAD}, PAST, NOW, NOW, id="edited by a clock that was ahead"
        ),
        pytest.param(
            {"updated": AHEAD}, {"updated": AHEAD, "changed": AHEAD}, PAST, PAST, NOW, id="its header is ahead"
        ),
        pytest.param(
            {"updated": BEFORE},
            {"updated": AHEAD, "changed": AHEAD},
            PAST,
            NOW,
            NOW,
            id="edited by such a clock after the update that its header names",
        ),
        pytest.param(
            {"published": BEFORE},
            {"published": AHEAD, "updated": AHEAD, "changed": AHEAD},
            BEFORE,
            NOW,
            NOW,
            id="published by such a clock, with a date of its own",
        ),
        pytest.param(
            {"published": AHEAD},
            {"published": AHEAD, "updated": AHEAD, "changed": AHEAD},
            NOW,
            NOW,
            NOW,
            id="let out by such a clock before its date",
        ),
        pytest.param(
            {}, {"published": AHEAD, "updated": AHEAD, "changed": None}, NOW, NOW, None, id="stands in no feed"
        ),
    ],
)
def test_no_date_is_still_to_come(  # noqa: PLR0917 - a table
    make_article: MakeArticle,
    says: dict[str, datetime],
    values: dict[str, datetime],
    published: datetime,
    updated: datetime,
    changed: datetime,
) -> None:
    """What a header says counts where it can be true; all else happened at the latest now."""
    mended = without_future_dates(record_of(make_article(**says), **values), NOW)
    assert (mended.published, mended.updated, mended.changed) == (published, updated, changed)
    assert without_future_dates(mended, NOW + timedelta(hours=1)) is mended


def test_what_left_by_such_a_clock_left_now(make_article: MakeArticle) -> None:
    """Tombstones and the dates of channels are told by these; what has expired by the clock does not come back."""
    change = MembershipChange("tag", "a", "A", FURTHER)
    record = record_of(make_article(expires=AHEAD), withdrawn=FURTHER, membership_changes=(change,))
    mended = without_future_dates(record, NOW)
    assert (mended.withdrawn, mended.membership_changes[0].when, mended.article.expires) == (NOW, NOW, NOW)


def test_a_clock_that_was_never_set_mends_nothing(make_article: MakeArticle) -> None:
    """A small computer begins in 1970 until it has asked the network; by then every date is still to come."""
    record = record_of(make_article())
    assert without_future_dates(record, datetime(1970, 1, 1, tzinfo=UTC)) is record
    assert without_future_dates(record_of(make_article(), updated=AHEAD), EARLIEST_CLOCK).updated == EARLIEST_CLOCK


@pytest.mark.parametrize(
    ("says", "values", "warned"),
    [
        ({"updated": AHEAD}, {}, True),
        ({"updated": NOW}, {}, False),
        ({"updated": AHEAD, "draft": True}, {}, False),
        ({"updated": AHEAD}, {"present": False}, False),
        ({"updated": BEFORE}, {"published": AHEAD}, False),
        ({"updated": AHEAD}, {"published": AHEAD}, False),
        ({"updated": FURTHER}, {"published": AHEAD}, True),
    ],
    ids=["to come", "now", "a draft", "gone", "to appear later", "updated when it appears", "after it appears"],
)
def test_an_update_to_come_is_named_with_its_line(
    make_article: MakeArticle, says: dict[str, object], values: dict[str, object], *, warned: bool
) -> None:
    """Its author mends it; one that waits for its own day is no mistake."""
    record = record_of(make_article(path="a.md", updated_line=4, **says), **values)
    assert [warning.place for warning in future_updates([record], NOW)] == ["a.md:4"] * warned
