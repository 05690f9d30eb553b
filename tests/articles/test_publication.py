from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.articles.article import Article
from feedsvc.articles.publication import newest_change, release
from feedsvc.articles.record import Record

MakeArticle = Callable[..., Article]
MakeRecord = Callable[..., Record]

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def make_record(make_article: MakeArticle) -> MakeRecord:
    """Make a record that goes public an hour before NOW, with some fields changed."""

    def make(*, draft: bool = False, **changes: object) -> Record:
        article = make_article(draft=draft)
        published = NOW - HOUR
        record = Record("id", article, "stamp", "source", "/a", published, published)
        return replace(record, **changes)  # type: ignore[arg-type]  # each test names fields of the record

    return make


NEW: dict[str, object] = {}
OUT: dict[str, object] = {"settled": True}
AWAY: dict[str, object] = {"settled": True, "withdrawn": NOW - HOUR}
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
    ("records", "expected"),
    [
        pytest.param([], None, id="nothing yet"),
        pytest.param([{"updated": NOW}], None, id="nothing public yet"),
        pytest.param([OUT | {"updated": NOW - HOUR}, OUT | {"updated": NOW}], NOW, id="an update"),
        pytest.param([OUT, AWAY | {"withdrawn": NOW}], NOW, id="a removal"),
        pytest.param([AWAY | {"withdrawn": NOW}], NOW, id="the last one removed"),
        pytest.param([AWAY | {"updated": NOW}], NOW, id="an update ahead of the clock, then a removal"),
        pytest.param([OUT, {"updated": NOW}], NOW - HOUR, id="a draft's changes do not count"),
    ],
)
def test_newest_change(
    make_record: MakeRecord, records: list[dict[str, object]], expected: datetime | None
) -> None:
    """The newest update or removal that a subscriber could have seen."""
    made = {str(number): make_record(id=str(number), **record) for number, record in enumerate(records)}
    assert newest_change(made) == expected
