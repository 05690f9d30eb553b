"""When an article is public, and dates that lie in the future."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.articles.model import Article
from feedsvc.articles.record import (
    EARLIEST_CLOCK,
    MembershipChange,
    Record,
    future_updates,
    release,
    without_future_dates,
)

MakeArticle = Callable[..., Article]
MakeRecord = Callable[..., Record]

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def make_record(make_article: MakeArticle) -> MakeRecord:
    """Make a record that goes public an hour before NOW, with some fields of it or its article changed."""

    def make(**changes: object) -> Record:
        article = make_article(**{name: value for name, value in changes.items() if name in SAID})
        published = NOW - HOUR
        record = Record("id", article, "stamp", "source", "/a", published, published)
        own = {name: value for name, value in changes.items() if name not in SAID}
        return replace(record, **own)  # type: ignore[arg-type]  # each test names fields of the record

    return make


SAID = {"draft", "expires", "unlisted"}
"""What the article says; all else stands in the record."""
NEW: dict[str, object] = {}
OUT: dict[str, object] = {"settled": True, "listed": True, "changed": NOW - HOUR}
AWAY: dict[str, object] = {"settled": True, "withdrawn": NOW - HOUR, "changed": NOW - HOUR}
GONE: dict[str, object] = {"present": False}
DRAFT: dict[str, object] = {"draft": True}


@pytest.mark.parametrize(
    ("record", "public", "settled", "withdrawn", "next_moment"),
    [
        pytest.param(NEW, True, True, None, None, id="new"),
        pytest.param(OUT, True, True, None, None, id="public already"),
        pytest.param(DRAFT, False, False, None, None, id="draft"),
        pytest.param({"published": NOW + HOUR}, False, False, None, NOW + HOUR, id="scheduled"),
        pytest.param({"published": NOW + SECOND}, False, False, None, NOW + SECOND, id="due in a second"),
        pytest.param({"published": NOW}, True, True, None, None, id="due"),
        pytest.param({"published": NOW - SECOND}, True, True, None, None, id="overdue"),
        pytest.param(DRAFT | {"published": NOW + HOUR}, False, False, None, None, id="scheduled draft"),
        pytest.param(OUT | GONE, False, True, NOW, None, id="removed"),
        pytest.param(OUT | DRAFT, False, True, NOW, None, id="made a draft"),
        pytest.param(AWAY | GONE, False, True, NOW - HOUR, None, id="removed long ago"),
        pytest.param(AWAY | DRAFT, False, True, NOW - HOUR, None, id="made a draft long ago"),
        pytest.param(AWAY, True, True, None, None, id="restored, or no draft any more"),
        pytest.param(OUT | {"published": NOW + HOUR}, True, True, None, None, id="the clock was set back"),
        pytest.param(OUT | GONE | {"published": NOW + HOUR}, False, True, NOW, None, id="set back, and removed"),
        pytest.param({"expires": NOW + HOUR}, True, True, None, NOW + HOUR, id="to expire"),
        pytest.param(OUT | {"expires": NOW + SECOND}, True, True, None, NOW + SECOND, id="expires in a second"),
        pytest.param(OUT | {"expires": NOW}, False, True, NOW, None, id="expires"),
        pytest.param({"expires": NOW}, False, False, None, None, id="expired when it came"),
        pytest.param(AWAY | {"expires": NOW - HOUR}, False, True, NOW - HOUR, None, id="expired long ago"),
        pytest.param(
            AWAY | {"withdrawn": NOW + HOUR, "expires": NOW + HOUR},
            False,
            True,
            NOW,
            None,
            id="expired, and the clock set back",
        ),
        pytest.param(AWAY | {"expires": NOW + HOUR}, True, True, None, NOW + HOUR, id="expired, and put off"),
        pytest.param(
            {"published": NOW + SECOND, "expires": NOW + HOUR},
            False,
            False,
            None,
            NOW + SECOND,
            id="a window to come",
        ),
        pytest.param(
            {"published": NOW + HOUR, "expires": NOW + SECOND},
            False,
            False,
            None,
            None,
            id="expires before it comes",
        ),
        pytest.param(DRAFT | {"expires": NOW + HOUR}, False, False, None, None, id="draft to expire"),
    ],
)
def test_situation(
    make_record: MakeRecord,
    record: dict[str, object],
    *,
    public: bool,
    settled: bool,
    withdrawn: datetime | None,
    next_moment: datetime | None,
) -> None:
    """A draft never goes out, nothing goes out early, and what leaves notes when, once."""
    released = release({"id": make_record(**record)}, NOW)
    after = released.records["id"]
    assert (bool(released.public), after.settled, after.withdrawn) == (public, settled, withdrawn)
    assert released.next_moment == next_moment
    assert release(released.records, NOW + timedelta(microseconds=1)) == released


def test_newest_comes_first_and_equal_dates_go_by_id(make_record: MakeRecord) -> None:
    """The order is the same on every host."""
    dates = {
        "old": NOW - 3 * HOUR,
        "b": NOW - HOUR,
        "new": NOW,
        "a": NOW - HOUR,
        "roman": datetime(33, 4, 3, tzinfo=UTC),
    }
    records = {name: make_record(id=name, published=date) for name, date in dates.items()}
    public = release(records, NOW).public
    assert [record.id for record in public] == ["new", "a", "b", "old", "roman"]
    assert all(record.settled for record in public)


def test_next_moment_is_the_earliest_of_all(make_record: MakeRecord) -> None:
    """One job is armed for it."""
    hours = (3, 1, 2)
    records = {str(hour): make_record(id=str(hour), published=NOW + hour * HOUR) for hour in hours}
    assert release(records, NOW).next_moment == NOW + HOUR


def test_moments_are_whole_seconds(make_record: MakeRecord) -> None:
    """What is told in feeds has no fractions; an article is not due before its second has begun."""
    records = {"out": make_record(id="out", **(OUT | GONE)), "due": make_record(id="due", published=NOW)}
    early = release(records, NOW - timedelta(microseconds=1))
    assert (early.public, early.next_moment) == ((), NOW)
    assert release(records, NOW + timedelta(microseconds=999_999)).records["out"].withdrawn == NOW


@pytest.mark.parametrize(
    ("record", "public", "next_moment"),
    [
        pytest.param(NEW, False, None, id="due"),
        pytest.param({"published": NOW + HOUR}, False, NOW + HOUR, id="scheduled"),
        pytest.param(OUT, True, None, id="public already"),
        pytest.param(OUT | {"expires": NOW + HOUR}, True, NOW + HOUR, id="public, to expire"),
        pytest.param(OUT | {"expires": NOW}, False, None, id="expires"),
        pytest.param(AWAY, True, None, id="away"),
    ],
)
def test_what_cannot_be_understood_now(
    make_record: MakeRecord, record: dict[str, object], *, public: bool, next_moment: datetime | None
) -> None:
    """It goes on by its last good reading if it was public, and waits if it never was."""
    released = release({"id": make_record(**record)}, NOW, held={"id"})
    assert (bool(released.public), released.next_moment) == (public, next_moment)


@pytest.mark.parametrize(
    ("record", "public", "listed"),
    [
        pytest.param(NEW, True, True, id="new"),
        pytest.param({"unlisted": True}, True, False, id="unlisted"),
        pytest.param(OUT | {"unlisted": True}, True, False, id="listed before"),
        pytest.param(OUT | {"listed": False}, True, True, id="unlisted before"),
        pytest.param({"unlisted": True, "draft": True}, False, False, id="unlisted draft"),
        pytest.param(OUT | GONE, False, False, id="removed"),
    ],
)
def test_unlisted(make_record: MakeRecord, record: dict[str, object], *, public: bool, listed: bool) -> None:
    """It has a page, and stands in no feed."""
    released = release({"id": make_record(**record)}, NOW)
    assert (bool(released.public), bool(released.listed)) == (public, listed)
    assert released.records["id"].listed == listed


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(DRAFT | {"updated": NOW}, None, id="nothing public yet"),
        pytest.param({"updated": NOW - HOUR}, NOW - HOUR, id="new"),
        pytest.param(OUT | {"updated": NOW}, NOW, id="an update"),
        pytest.param(OUT | {"updated": NOW - 2 * HOUR}, NOW - HOUR, id="an update dated back"),
        pytest.param(OUT | GONE, NOW, id="a removal"),
        pytest.param(AWAY | GONE, NOW - HOUR, id="an old removal"),
        pytest.param(AWAY, NOW, id="back"),
        pytest.param(OUT | GONE | {"changed": NOW + HOUR}, NOW, id="a removal by a clock that was set back"),
        pytest.param(AWAY | {"changed": NOW + HOUR}, NOW, id="back by a clock that was set back"),
        pytest.param({"unlisted": True, "updated": NOW}, None, id="unlisted"),
        pytest.param(OUT | {"unlisted": True}, NOW, id="taken off the lists"),
        pytest.param(OUT | {"listed": False, "changed": None, "updated": NOW}, NOW, id="put on the lists"),
        pytest.param(OUT | {"listed": False}, NOW, id="put on the lists again"),
        pytest.param(
            AWAY | GONE | {"unlisted": True, "changed": None}, None, id="a removal of what no feed has shown"
        ),
    ],
)
def test_what_the_feeds_have_shown(
    make_record: MakeRecord, record: dict[str, object], expected: datetime | None
) -> None:
    """The newest thing that came, was updated, left or came back in the feeds; it never goes backward."""
    released = release({"id": make_record(**record)}, NOW)
    assert released.records["id"].changed == expected
    assert release(released.records, NOW).records == released.records


JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAST, BEFORE = JUNE - timedelta(days=9), JUNE - timedelta(days=5)
AHEAD, FURTHER = datetime(2200, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC)


def record_of(article: Article, **values: object) -> Record:
    """A public article, which was published and updated in the past."""
    told = {"published": PAST, "updated": PAST, "settled": True, "listed": True, "changed": PAST} | values
    return Record("id", article, "", "", "/a", **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("says", "values", "published", "updated", "changed"),
    [
        pytest.param({}, {}, PAST, PAST, PAST, id="nothing is ahead"),
        pytest.param({}, {"updated": JUNE, "changed": JUNE}, PAST, JUNE, JUNE, id="now is not ahead"),
        pytest.param(
            {}, {"updated": AHEAD, "changed": AHEAD}, PAST, JUNE, JUNE, id="edited by a clock that was ahead"
        ),
        pytest.param(
            {"updated": AHEAD}, {"updated": AHEAD, "changed": AHEAD}, PAST, PAST, JUNE, id="its header is ahead"
        ),
        pytest.param(
            {"updated": BEFORE},
            {"updated": AHEAD, "changed": AHEAD},
            PAST,
            JUNE,
            JUNE,
            id="edited by such a clock after the update that its header names",
        ),
        pytest.param(
            {"published": BEFORE},
            {"published": AHEAD, "updated": AHEAD, "changed": AHEAD},
            BEFORE,
            JUNE,
            JUNE,
            id="published by such a clock, with a date of its own",
        ),
        pytest.param(
            {"published": AHEAD},
            {"published": AHEAD, "updated": AHEAD, "changed": AHEAD},
            JUNE,
            JUNE,
            JUNE,
            id="let out by such a clock before its date",
        ),
        pytest.param(
            {}, {"published": AHEAD, "updated": AHEAD, "changed": None}, JUNE, JUNE, None, id="stands in no feed"
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
    mended = without_future_dates(record_of(make_article(**says), **values), JUNE)
    assert (mended.published, mended.updated, mended.changed) == (published, updated, changed)
    assert without_future_dates(mended, JUNE + timedelta(hours=1)) is mended


def test_what_left_by_such_a_clock_left_now(make_article: MakeArticle) -> None:
    """Tombstones and the dates of channels are told by these; what has expired by the clock does not come back."""
    change = MembershipChange("tag", "a", "A", FURTHER)
    record = record_of(make_article(expires=AHEAD), withdrawn=FURTHER, membership_changes=(change,))
    mended = without_future_dates(record, JUNE)
    assert (mended.withdrawn, mended.membership_changes[0].when, mended.article.expires) == (JUNE, JUNE, JUNE)


def test_a_clock_that_was_never_set_mends_nothing(make_article: MakeArticle) -> None:
    """A small computer begins in 1970 until it has asked the network; by then every date is still to come."""
    record = record_of(make_article())
    assert without_future_dates(record, datetime(1970, 1, 1, tzinfo=UTC)) is record
    assert without_future_dates(record_of(make_article(), updated=AHEAD), EARLIEST_CLOCK).updated == EARLIEST_CLOCK


@pytest.mark.parametrize(
    ("says", "values", "warned"),
    [
        ({"updated": AHEAD}, {}, True),
        ({"updated": JUNE}, {}, False),
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
    assert [warning.place for warning in future_updates([record], JUNE)] == ["a.md:4"] * warned
