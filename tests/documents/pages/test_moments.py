"""On which day something was, as pages say it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedsvc.channels.site import Site
from feedsvc.documents.pages.context import build_moment
from feedsvc.documents.pages.renderer import PageRenderer

LATE = datetime(2026, 3, 4, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "utc_offset", "moment", "day"),
    [
        ("UTC", None, LATE, "March 4, 2026"),
        ("Europe/Berlin", None, LATE, "March 5, 2026"),
        ("Europe/Berlin", -5 * 3600, LATE, "March 4, 2026"),
        ("America/New_York", 9 * 3600, LATE, "March 5, 2026"),
        ("Europe/Berlin", 0, LATE, "March 4, 2026"),
        ("America/New_York", None, datetime(1, 1, 1, tzinfo=UTC), "January 1, 1"),
        ("Asia/Tokyo", None, datetime(9999, 12, 31, 23, tzinfo=UTC), "December 31, 9999"),
    ],
    ids=["in UTC", "in Berlin", "of a traveller", "of an author far away", "of one in London", "first", "last"],
)
def test_the_day_is_the_one_that_the_author_meant(
    zone: str, utc_offset: int | None, moment: datetime, day: str
) -> None:
    """The clock that the header names counts it, else that of the site; machines get the exact moment in UTC."""
    site = Site("https://example.org", "News", "All of it.", "en", zone=ZoneInfo(zone))
    told = build_moment(site, moment, utc_offset)
    assert (told.day, told.machine) == (day, moment.isoformat().replace("+00:00", "Z"))


def test_every_page_is_made_anew_when_the_site_moves_to_another_zone() -> None:
    """Its key says by which clock it was made."""
    sites = (Site("https://e.org", "News", "", "en", zone=ZoneInfo(name)) for name in ("UTC", "Europe/Berlin"))
    first, second = (PageRenderer(site).key("page", "a") for site in sites)
    assert first != second
