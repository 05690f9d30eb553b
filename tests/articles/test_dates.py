"""Dates as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.dates import DateError, date_in_name, parse_date

BERLIN = ZoneInfo("Europe/Berlin")


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
        ("11-9-2017", "two ways"),
        ("11/9/17", "two ways"),
        ("11.9.2017 10:00", "two ways"),
        ("yesterday", "no date"),
        ("", "no date"),
        ("2024", "no date"),
        ("2024-05-01 and more", "no date"),
        ("2024-02-30", "no possible date"),
        ("2024-13-01", "no possible date"),
        ("2024-05-01 25:00", "no possible date"),
        ("2024-05-01 13:00 pm", "no possible date"),
        ("2024-05-01 10:00 +25:00", "no possible date"),
        ("3 Foo 2024", "no possible date"),
        ("0000-01-01", "no possible date"),
        ("0001-01-01 00:00 +02:00", "no possible date"),
        ("9999-12-31T23:59:59-02:00", "no possible date"),
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
        ("slug", None, "slug"),
        ("12024-05-01-slug", None, "12024-05-01-slug"),
        ("2024-05-012", None, "2024-05-012"),
    ],
)
def test_a_date_before_a_name_is_parted_from_it(stem: str, day: int | None, name: str) -> None:
    """Jekyll's habit and its cousins; a name that is only a date keeps it."""
    moment = None if day is None else datetime(2024, 5, day, tzinfo=UTC)
    assert date_in_name(stem, ZoneInfo("UTC")) == (moment, name)


def test_a_name_with_an_impossible_date_is_an_error() -> None:
    """``2024-02-31-slug`` is a slip that its author wants to know of."""
    with pytest.raises(DateError, match="no possible date"):
        date_in_name("2024-02-31-slug", ZoneInfo("UTC"))
