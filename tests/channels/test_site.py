"""What a site is set up with: named channels, a podcast, and how much a feed holds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from builders import article as make_article

from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.identity.paths import read_path
from feedsvc.articles.model import Article, Author
from feedsvc.articles.record import Record
from feedsvc.channels.site import Podcast, Query, Site, newest, podcast_guid

MAKE = Callable[..., Article]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, True),
        ({"sections": ("news",)}, True),
        ({"sections": ("news/harbour",)}, True),
        ({"sections": ("new",)}, False),
        ({"sections": ("arts", "news")}, True),
        ({"tags": ("SÉA",)}, True),
        ({"tags": ("air",)}, False),
        ({"authors": ("jo doe",)}, True),
        ({"authors": ("Jo",)}, False),
        ({"languages": ("de",)}, True),
        ({"languages": ("DE-at",)}, True),
        ({"languages": ("de-CH", "en")}, False),
        ({"languages": ("d",)}, False),
        ({"tags": ("sea",), "languages": ("en",)}, False),
        ({"tags": ("sea",), "authors": ("Jo Doe",), "sections": ("news",), "languages": ("de",)}, True),
    ],
    ids=str,
)
def test_every_field_has_to_fit_by_one_of_its_values(
    article: Article, query: dict[str, tuple[str, ...]], *, expected: bool
) -> None:
    """An empty field fits everything; names fit in any spelling, languages with their regions."""
    told = Query("/x/", "X", **query)  # type: ignore[arg-type]  # a table
    assert told.fits(article, "en") is expected


@pytest.mark.parametrize(
    ("wanted", "path", "expected"),
    [
        ("Members", "members/a.md", True),
        ("members", "Members/a.md", True),
        ("/members/", "members/a.md", True),
        ("für mitglieder", "für mitglieder/a.md", True),
        ("fur-mitglieder", "für mitglieder/deep/a.md", True),
        ("_posts/members", "_posts/members/a.md", True),
        ("members", "_posts/members/a.md", True),
        ("_posts/members", "members/_drafts/a.md", True),
        ("posts/members", "posts/members/a.md", True),
        ("posts/members", "members/a.md", False),
        ("Members", "membership/a.md", False),
        ("members", "members/index.md", True),
        ("Members", "Members/INDEX.html", True),
        ("members/plan", "members/plan/index.md", True),
        ("members", "members/plan/index.md", True),
        ("members", "index.md", False),
        ("members/index", "members/index.md", False),
        ("members", "other/index.md", False),
    ],
)
def test_a_folder_is_named_as_on_disk_or_as_in_addresses(
    article_in: MAKE, wanted: str, path: str, *, expected: bool
) -> None:
    """Else a channel would hold nothing for a capital letter."""
    section = read_path(path, Calendar(ZoneInfo("UTC"))).section
    article = replace(article_in(None), path=path, section=section)
    assert Query("/x/", "X", sections=(wanted,)).fits(article, "en") is expected


def test_an_article_without_language_has_the_sites(article_in: MAKE) -> None:
    """Most articles name none."""
    assert Query("/x/", "X", languages=("en",)).fits(article_in(None), "en-GB")
    assert not Query("/x/", "X", languages=("de",)).fits(article_in(None), "en-GB")


@pytest.fixture
def article(article_in: MAKE) -> Article:
    """A German one."""
    return article_in("de-AT")


@pytest.fixture
def article_in() -> MAKE:
    """Makes an article in a language."""

    def make(language: str | None) -> Article:
        return make_article(
            "a",
            path="news/harbour/a.md",
            section="news/harbour",
            tags=("Sea",),
            authors=(Author("Jo Doe"),),
            language=language,
        )

    return make


KEPT = "917393e3-1b1e-5cef-ace4-edaa54e1f810"


def test_the_id_is_that_of_the_namespace() -> None:
    """Its own example: the address without scheme, hashed (podcasting2.org, tag "guid")."""
    assert podcast_guid(Podcast(), "https://mp3s.nashownotes.com", "/pc20") == KEPT
    assert podcast_guid(Podcast(), "https://e.org", "/") == podcast_guid(Podcast(), "http://e.org", "/")


@pytest.mark.parametrize("path", ["/", "/tags/sea/"])
def test_a_kept_id_outlives_the_address(path: str) -> None:
    """The site's channel has it, and every other one an id made of it."""
    show = Podcast(guid=KEPT)
    here, there = (podcast_guid(show, f"https://{host}", path) for host in ("a.example", "b.example"))
    assert here == there
    assert (here == KEPT) is (path == "/")


SITE = Site("https://example.org", "The Gazette", "News of the harbour", "en", feed_size=3, feed_days=7)
TODAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def _records(ages: Sequence[float]) -> list[Record]:
    """Records, as far as they count here: they were published so many days ago."""
    return [cast("Record", SimpleNamespace(published=TODAY - timedelta(days=age))) for age in ages]


@pytest.mark.parametrize(
    ("ages", "count"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([0, 100], 2, id="fewer than a feed holds"),
        pytest.param([0, 100, 200, 300], 3, id="the newest, however old"),
        pytest.param([0, 1, 2, 3, 6.9, 7, 8], 5, id="all of seven days"),
        pytest.param([50, 51, 52, 53, 60], 4, id="seven days before the newest, not before today"),
    ],
)
def test_a_feed_holds_so_many(ages: Sequence[float], count: int) -> None:
    """The newest three, and more if more came within seven days of the newest."""
    records = _records(ages)
    assert list(newest(SITE, records)) == records[:count]


@pytest.mark.parametrize(("size", "count"), [(50, 10), (3, 3)])
def test_size_never_leaves_fewer_than_ten(size: int, count: int) -> None:
    """Unless the operator asks for fewer."""
    assert replace(SITE, feed_size=size).least == count
