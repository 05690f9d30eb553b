from datetime import UTC, datetime, timedelta, timezone

import pytest

from feedsvc.documents.feeds.timestamps import rfc822, rfc3339, whole

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
    assert whole(moment) == moment
