from datetime import UTC, datetime, timedelta, timezone

import pytest

from feedsvc.core.timestamps import from_unix_time, rfc822, rfc3339, unix_time, whole_seconds

SUMMER = timezone(timedelta(hours=2))

MOMENTS = [
    pytest.param(
        datetime(2026, 5, 1, 8, tzinfo=UTC), "2026-05-01T08:00:00Z", "Fri, 01 May 2026 08:00:00 +0000", id="utc"
    ),
    pytest.param(
        datetime(2026, 5, 1, 1, tzinfo=SUMMER),
        "2026-04-30T23:00:00Z",
        "Thu, 30 Apr 2026 23:00:00 +0000",
        id="zone",
    ),
    pytest.param(
        datetime(2026, 5, 1, 8, 0, 59, 999_999, tzinfo=UTC),
        "2026-05-01T08:00:59Z",
        "Fri, 01 May 2026 08:00:59 +0000",
        id="microseconds",
    ),
    pytest.param(
        datetime(800, 12, 25, tzinfo=UTC), "0800-12-25T00:00:00Z", "Mon, 25 Dec 0800 00:00:00 +0000", id="year-800"
    ),
]


@pytest.mark.parametrize(("moment", "internet", "mail"), MOMENTS)
def test_a_moment_is_written_in_utc_and_whole_seconds(moment: datetime, internet: str, mail: str) -> None:
    """Both notations say the same second, cut and not rounded, with a year of four digits."""
    assert (rfc3339(moment), rfc822(moment)) == (internet, mail)


def test_whole_keeps_a_moment_that_is_whole() -> None:
    """A second in UTC is what the documents hold already."""
    moment = datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert whole_seconds(moment) == moment


def test_a_moment_is_counted_in_whole_seconds_and_back() -> None:
    """Fractions are cut toward the past, before 1970 too, and no platform's calendar has a say."""
    for moment, seconds in (
        (datetime(2026, 1, 1, 1, 0, 0, 900_000, tzinfo=SUMMER), 1_767_222_000),
        (datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC), -1),
        (datetime(1, 1, 1, tzinfo=UTC), -62_135_596_800),
    ):
        assert unix_time(moment) == seconds
        assert from_unix_time(seconds) == whole_seconds(moment)
