"""On which day something was, as pages say it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.model import Picture
from feedsvc.channels.site import Site
from feedsvc.documents.pages.context import build_moment, page_body
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


QUAY = Picture("https://example.org/quay.png?a=1&b=2", "image/png", 1200, 500)
SRC = 'src="https://example.org/quay.png?a=1&amp;b=2"'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<pre>x</pre>", '<pre tabindex="0">x</pre>'),
        ('<pre lang="en"><code>x</code></pre>', '<pre tabindex="0" lang="en"><code>x</code></pre>'),
        ("<table><tr></tr></table>", '<table tabindex="0"><tr></tr></table>'),
        ("<p>&lt;pre&gt; &lt;table&gt;</p>", "<p>&lt;pre&gt; &lt;table&gt;</p>"),
        ('<a title="<pre x" href="#a">x</a>', '<a title="<pre x" href="#a">x</a>'),
        ('<a title="> <table>">x</a>', '<a title="> <table>">x</a>'),
        (f'<img {SRC} alt="Quay">', f'<img {SRC} alt="Quay">'),
        ('<img src="https://example.org/other.png">', '<img src="https://example.org/other.png">'),
        (f"<audio {SRC}></audio>", f"<audio {SRC}></audio>"),
    ],
)
def test_only_what_needs_it_is_changed(content: str, expected: str) -> None:
    """A tag is taken as a whole: what stands in a text or in an attribute is none."""
    assert page_body(content, QUAY) == expected


def test_a_picture_far_below_is_fetched_when_it_comes_into_sight() -> None:
    """HTML, 2.5.7; those of the first screen are not, nor is the lead picture, wherever it stands."""
    near, far, lead = (f'<img alt="" src="https://e.example/{name}.png">' for name in ("near", "far", "lead"))
    words = f"<p>{'words ' * 200}</p>"
    later = far.replace("<img", '<img loading="lazy"')
    assert (
        page_body(near + words + far + lead, Picture("https://e.example/lead.png")) == near + words + later + lead
    )
    assert page_body(near + words + far, None) == near + words + later
