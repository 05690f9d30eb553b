"""Dates as people write them."""

from datetime import UTC, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.frontmatter.dates import (
    Calendar,
    DateError,
    date_in_name,
    date_in_path,
    doubt,
    is_zero,
    parse_date,
    read_date,
)

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))
LONDON = Calendar(ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-09-29T12:08:18+02:00", "2019-09-29 10:08:18"),
        ("2019-09-29 12:08:18 +0200", "2019-09-29 10:08:18"),
        ("2019-09-29T12:08:18.987Z", "2019-09-29 12:08:18"),
        ("2019-09-29t12:08:18z", "2019-09-29 12:08:18"),
        ("2019-09-29 12:08:18 UTC", "2019-09-29 12:08:18"),
        ("2019-09-29 12:08:18 -07", "2019-09-29 19:08:18"),
        ("2019-9-3 7:05", "2019-09-03 05:05:00"),
        ("2019/09/03 07:05:09", "2019-09-03 05:05:09"),
        ("2019-12-03", "2019-12-02 23:00:00"),
        ("20191203", "2019-12-02 23:00:00"),
        ("20191203T101112Z", "2019-12-03 10:11:12"),
        ("20191203101112", "2019-12-03 09:11:12"),
        ("2019.12.03 07:05", "2019-12-03 06:05:00"),
        ("2019年12月3日 7:05", "2019-12-03 06:05:00"),
        ("2012-03-30 23:00:00 UTC-03:00", "2012-03-31 02:00:00"),
        ("2019-12-03 10:11 GMT+0100", "2019-12-03 09:11:00"),
        ("2019-12-03 10:11 Asia/Tokyo", "2019-12-03 01:11:00"),
        ("2019-12-03T10:11:12+01:00[Europe/Paris]", "2019-12-03 09:11:12"),
        ("2019-07-03 10:11 CEST", "2019-07-03 08:11:00"),
        ("2019-12-03T10:11:12.123456789Z", "2019-12-03 10:11:12"),
        ("Tue 2019-12-03 10:11 UTC", "2019-12-03 10:11:00"),
        ("Tuesday, December 3, 2019 10:11 UTC", "2019-12-03 10:11:00"),
        ("Tue Dec  3 10:11:12 2019", "2019-12-03 09:11:12"),
        ("Tue Dec  3 10:11:12 UTC 2019", "2019-12-03 10:11:12"),
        ("Tue Dec 03 2019 10:11:12 GMT+0100 (Central European Standard Time)", "2019-12-03 09:11:12"),
        ("3rd of December 2019", "2019-12-02 23:00:00"),
        ("3-Dec-2019", "2019-12-02 23:00:00"),
        ("13-9-2017", "2017-09-12 22:00:00"),
        ("9/13/2017", "2017-09-12 22:00:00"),
        ("11-9-2017", "2017-09-10 22:00:00"),
        ("11.9.2017 10:00", "2017-09-11 08:00:00"),
        ("@1575367872", "2019-12-03 10:11:12"),
        ("2019-12-03 7:05 PM", "2019-12-03 18:05:00"),
        ("2019-12-03 12:05 a.m.", "2019-12-02 23:05:00"),
        ("Tue, 03 Dec 2019 10:11:12 GMT", "2019-12-03 10:11:12"),
        ("3 Dec 19 10:11 EST", "2019-12-03 15:11:00"),
        ("03 Dec 99 10:11:12 +0000 (UTC)", "1999-12-03 10:11:12"),
        ("December 3, 2019", "2019-12-02 23:00:00"),
        ("Sept 3rd, 2019 at 10:00", "2019-09-03 08:00:00"),
        ("3. December 2019", "2019-12-02 23:00:00"),
        ("1575367872", "2019-12-03 10:11:12"),
        ("1575367872123", "2019-12-03 10:11:12"),
        ("  2019-12-03\n10:00 ", "2019-12-03 09:00:00"),
        ("2024-03-31 02:30", "2024-03-31 01:30:00"),
        ("2024-10-27 02:30", "2024-10-27 00:30:00"),
        ("0001-01-02T00:00:00Z", "0001-01-02 00:00:00"),
        ("9999-12-31T23:59:59Z", "9999-12-31 23:59:59"),
    ],
)
def test_a_date_is_a_moment_in_utc(text: str, expected: str) -> None:
    """Every usual spelling is read; what names no zone is in the site's; seconds are whole."""
    assert parse_date(text, BERLIN) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("11/9/17", "several ways"),
        ("13-13-2017", "not a date that exists"),
        ("31-2-2017", "not a date that exists"),
        ("Friday", "no date"),
        ("2024-05", "no date"),
        ("2024/05-01", "no date"),
        ("2024-05-01 10:00 Nowhere/Land", "time zone"),
        ("yesterday", "no date"),
        ("", "no date"),
        ("2024", "no date"),
        ("2024-05-01 and more", "no date"),
        ("2024-02-30", "not a date that exists"),
        ("2024-13-01", "not a date that exists"),
        ("2024-05-01 25:00", "not a date that exists"),
        ("2024-05-01 13:00 pm", "not a date that exists"),
        ("2024-05-01 10:00 +25:00", "not a date that exists"),
        ("3 Foo 2024", "not a date that exists"),
        ("0000-01-01", "not a date that exists"),
        ("0001-01-01 00:00 +02:00", "not a date that exists"),
        ("9999-12-31T23:59:59-02:00", "not a date that exists"),
        ("2024-05-01 10:00 XYZ", "time zone"),
    ],
)
def test_what_is_no_date_is_an_error_with_a_remedy(text: str, what: str) -> None:
    """An impossible or ambiguous date is never guessed, and never today."""
    with pytest.raises(DateError, match=what) as caught:
        parse_date(text, BERLIN)
    assert "write it" in caught.value.remedy


@pytest.mark.parametrize(
    ("stem", "day", "name"),
    [
        ("2024-05-01-slug", 1, "slug"),
        ("2024-5-1_my_slug", 1, "my_slug"),
        ("2024-05-02 slug", 2, "slug"),
        ("20240503-slug", 3, "slug"),
        ("2024-05-04", 4, "2024-05-04"),
        ("2024-05-04-", 4, "2024-05-04-"),
        ("20240504", None, "20240504"),
        ("20249999-parts", None, "20249999-parts"),
        ("2024_05_05_slug", 5, "slug"),
        ("6-5-2024-slug", 6, "slug"),
        ("7-5-2024", 7, "7-5-2024"),
        ("slug", None, "slug"),
        ("12024-05-01-slug", None, "12024-05-01-slug"),
        ("2024-05-012", None, "2024-05-012"),
    ],
)
def test_a_date_before_a_name_is_parted_from_it(stem: str, day: int | None, name: str) -> None:
    """Jekyll's habit and its cousins; a name that is only a date keeps it."""
    moment = None if day is None else datetime(2024, 5, day, tzinfo=UTC)
    assert date_in_name(stem, LONDON) == (moment, name)


def test_a_name_with_an_impossible_date_is_an_error() -> None:
    """``2024-02-31-slug`` is a slip that its author wants to know of."""
    with pytest.raises(DateError, match="not a date that exists"):
        date_in_name("2024-02-31-slug", LONDON)


@pytest.mark.parametrize(
    ("text", "first", "expected", "doubtful"),
    [
        ("11-9-2017", None, "2017-09-11", True),
        ("11/9/2017 10:00", None, "2017-09-11", True),
        ("11-9-2017", "day", "2017-09-11", False),
        ("11-9-2017", "month", "2017-11-09", False),
        ("11.9.2017", "month", "2017-09-11", False),
        ("13/9/2017", "month", "2017-09-13", False),
        ("9/13/2017", None, "2017-09-13", False),
        ("9-9-2017", None, "2017-09-09", False),
        ("2017-11-09", None, "2017-11-09", False),
    ],
)
def test_day_and_month_that_could_change_places(
    text: str, first: Literal["day", "month"] | None, expected: str, doubtful: bool
) -> None:
    """The day is read first unless the operator says otherwise, and the author is told where that is a guess."""
    calendar = Calendar(ZoneInfo("UTC"), first=first)
    assert parse_date(text, calendar).date().isoformat() == expected
    assert (doubt(text, calendar) is not None) is doubtful


def test_a_date_alone_means_the_time_of_day_that_the_site_has_set() -> None:
    """In headers, names and folders alike; a date with a time keeps its own."""
    calendar = Calendar(ZoneInfo("Europe/Berlin"), time(9, 30))
    half_past_nine = datetime(2024, 5, 1, 7, 30, tzinfo=UTC)
    assert parse_date("2024-05-01", calendar) == half_past_nine
    assert parse_date("1 May 2024", calendar) == half_past_nine
    assert date_in_name("2024-05-01-slug", calendar)[0] == half_past_nine
    assert date_in_path("2024/05/01/slug", calendar) == half_past_nine
    assert parse_date("2024-05-01 00:00", calendar) == datetime(2024, 4, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2024/05/01/slug", "2024-05-01"),
        ("/blog/2024/5/1/slug/", "2024-05-01"),
        ("2024/05/slug", "2024-05-01"),
        ("1999/01/2024/05/02/", "2024-05-02"),
        ("2024/13/slug", None),
        ("2024/02/31/", None),
        ("2024/slug", None),
        ("12024/05/slug", None),
        ("slug", None),
    ],
)
def test_folders_of_year_month_and_day_are_a_date(path: str, expected: str | None) -> None:
    """Without a day the first of the month; what makes no date is a folder like any other."""
    found = date_in_path(path, LONDON)
    assert (found and found.date().isoformat()) == expected


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2019-12-03", None),
        ("2019-12-03 10:11", None),
        ("2019-12-03T23:11:00-05:00", -5),
        ("2019-12-03 10:11 +0530", 5.5),
        ("2019-12-03 10:11 Asia/Tokyo", 9),
        ("2019-07-03 10:11 Europe/London", 1),
        ("Tue, 03 Dec 2019 10:11:12 EST", -5),
        ("2019-12-03T10:11:12+00:00", 0),
        ("2019-12-03T10:11:12-00:00", None),
        ("2019-12-03T10:11:12Z", None),
        ("Tue, 03 Dec 2019 10:11:12 GMT", None),
        ("2019-12-03 10:11 UTC", None),
        ("1575367872", None),
        ("20191203101112", None),
        ("20191203101112Z", None),
        ("2019-12-03 10:11 Europe/Berlin", None),
    ],
)
def test_by_whose_clock_it_is_told(text: str, hours: float | None) -> None:
    """UTC names a moment, and no place: programs write it for authors everywhere (RFC 9557, section 2)."""
    offset = read_date(text, BERLIN).utc_offset
    assert offset == (None if hours is None else hours * 3600)


@pytest.mark.parametrize(
    ("text", "zero"),
    [
        ("0001-01-01T00:00:00Z", True),
        ("0001-01-01", True),
        ("1970-01-01T00:00:00Z", True),
        ("1970-01-01 01:00:00 +0100", True),
        ("1980-01-01T00:00:00Z", True),
        ("1970-01-01", False),
        ("1980-01-01", False),
        ("1970-01-01T12:00:00Z", False),
        ("2000-01-01T00:00:00Z", False),
    ],
)
def test_the_zero_of_a_program_is_no_date(text: str, *, zero: bool) -> None:
    """Nobody meant it; a bare day may stand for a year of which no more is known."""
    assert is_zero(text, parse_date(text, LONDON)) is zero
