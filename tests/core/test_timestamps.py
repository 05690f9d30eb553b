from datetime import UTC, datetime, timedelta, timezone

import pytest

from feedsvc.core.timestamps import (
    from_unix_time,
    http_date,
    parse_http_date,
    rfc822,
    rfc3339,
    unix_time,
    whole_seconds,
)

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


NOW = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
SHOWN = int(datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"Sun, 06 Nov 1994 08:49:37 GMT", id="IMF-fixdate"),
        pytest.param(b"Sunday, 06-Nov-94 08:49:37 GMT", id="RFC 850"),
        pytest.param(b"Sun Nov  6 08:49:37 1994", id="asctime"),
        pytest.param(b"Sun Nov 06 08:49:37 1994", id="asctime with a zero"),
        pytest.param(b" Sun, 06 Nov 1994 08:49:37 GMT ", id="white space around"),
    ],
)
def test_all_three_formats_are_read(value: bytes) -> None:
    """RFC 9110, 5.6.7: a recipient accepts the two obsolete formats as well."""
    assert parse_http_date(value, NOW) == SHOWN


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"0",
        b"yesterday",
        b"Sun, 06 Nov 1994 08:49:37",
        b"Sun, 06 Nov 1994 08:49:37 UTC",
        b"Sun, 06 Nov 1994 08:49:37 +0000",
        b"Sun, 6 Nov 1994 08:49:37 GMT",
        b"sun, 06 nov 1994 08:49:37 gmt",
        b"Wed, 30 Feb 1994 08:49:37 GMT",
        b"Sun, 06 Nov 1994 24:49:37 GMT",
        b"Sun, 06 Nov 1994 08:49:61 GMT",
        b"Sun, 06 Nov 0000 08:49:37 GMT",
        b"1994-11-06T08:49:37Z",
        b"Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        b"Sun, 06 Nov 1994 08:49:37 GMT; length=1234",
        "Sun, 06 Nov 199４ 08:49:37 GMT".encode(),
        b"x" * 100_000,
    ],
)
def test_anything_else_is_no_date(value: bytes) -> None:
    """RFC 9110, 13.1.3: an invalid date is ignored, so it must not be taken for a valid one."""
    assert parse_http_date(value, NOW) is None


@pytest.mark.parametrize(
    ("digits", "year"),
    [("26", 2026), ("27", 2027), ("76", 2076), ("77", 1977), ("99", 1999), ("00", 2000)],
)
def test_two_digits_mean_the_nearest_century(digits: str, year: int) -> None:
    """RFC 9110, 5.6.7: more than 50 years ahead means the past."""
    seconds = parse_http_date(f"Monday, 01-Jan-{digits} 00:00:00 GMT".encode(), NOW)
    assert seconds == int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def test_a_leap_second_is_a_date() -> None:
    """RFC 9110, 5.6.7 allows second 60."""
    expected = int(datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
    assert parse_http_date(b"Sat, 31 Dec 2016 23:59:60 GMT", NOW) == expected


def test_what_is_written_can_be_read() -> None:
    """Senders write IMF-fixdate only."""
    assert http_date(SHOWN) == b"Sun, 06 Nov 1994 08:49:37 GMT"
    assert parse_http_date(http_date(NOW), NOW) == NOW
