"""What the placeholders of a pattern stand for, and which addresses of a header count."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from builders import record
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.identity.addresses import settle_addresses
from feedsvc.articles.identity.wanted_address import AddressRules, wanted_address
from feedsvc.articles.model import Author
from feedsvc.core.address_pattern import PLACEHOLDERS, read_pattern
from feedsvc.core.reserved_paths import RESERVED, is_reserved

MOMENT = datetime(2026, 1, 4, 23, 30, 7, tzinfo=UTC)
"""In Berlin the first Monday of the year."""
VALUES = {
    "section": "notes/sea",
    "top_section": "notes",
    "slug": "a-tide",
    "name": "A-Tide_1",
    "lower_name": "a-tide_1",
    "title": "what-the-tide-brought",
    "name_or_title": "A-Tide_1",
    "id": "42",
    "year": "2026",
    "month": "01",
    "day": "05",
    "hour": "00",
    "minute": "30",
    "second": "07",
    "short_year": "26",
    "short_month": "1",
    "short_day": "5",
    "year_day": "005",
    "month_name": "January",
    "month_abbreviation": "Jan",
    "week_year": "2026",
    "week": "02",
    "week_day": "1",
    "categories": "salt-water/küste",
    "category": "salt-water",
    "author": "ada-low",
    "language": "fr",
}
POST = record(
    "tide",
    id="42",
    path="notes/sea/2026-01-05-A Tide_1.md",
    section="notes/sea",
    slug="a-tide",
    title="What the tide brought",
    categories=("Salt Water", "Küste"),
    authors=(Author("Ada Low"),),
    language="fr",
    published=MOMENT,
)


def rules(pattern: str) -> AddressRules:
    """Of a site in Berlin."""
    return AddressRules(read_pattern(pattern), "https://example.org", ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_each_placeholder_stands_for_something(name: str) -> None:
    """By the clock of the site."""
    assert wanted_address(POST, rules(f"/{{{name}}}/{{id}}")) == f"/{VALUES[name]}/42"


IDS = [
    ("42", "42"),
    ("https://example.org/?p=123", "123"),
    ("https://example.org/?page_id=9", "9"),
    ("tag:example.org,2026:tide", "24fed782"),
]


@pytest.mark.parametrize(("written", "shown"), IDS)
def test_an_id_is_a_part_of_a_path(written: str, shown: str) -> None:
    """As it is, as WordPress's number, or as a digest."""
    assert wanted_address(record("tide", id=written), rules("/{id}/")) == f"/{shown}/"


HERE, THERE = "/{year}/{slug}/", "https://www.example.com/{year}/{slug}/"
DECLARED = [
    (HERE, ("/about/",), "/about/"),
    (HERE, ("about/us.html",), "/about/us.html"),
    (HERE, ("/a/../b//c/.",), "/b/c"),
    (HERE, ("/a%20b/%C3%BC",), "/a b/ü"),
    (HERE, ("https://example.org/own/",), "/own/"),
    (HERE, ("https://example.org",), "/"),
    (HERE, ("https://example.organic/own/",), "/2026/a-tide/"),
    (HERE, ("https://other.example/x",), "/2026/a-tide/"),
    (HERE, ("https://other.example/x", "/mine/"), "/mine/"),
    (HERE, ("/:year/:month/:categories/:title.html",), "/2026/05/A-Tide_1.html"),
    (HERE, ("/:salt/:title.html",), "/2026/a-tide/"),
    (HERE, ("http://[",), "/2026/a-tide/"),
    (THERE, (), "https://www.example.com/2026/a-tide/"),
    (THERE, ("/about/ü",), "https://www.example.com/about/%C3%BC"),
    (THERE, ("https://cms.example/x?y=1",), "https://cms.example/x?y=1"),
]


@pytest.mark.parametrize(("pattern", "declared", "address"), DECLARED)
def test_the_address_of_a_header_counts_where_it_can_be_the_articles(
    pattern: str, declared: tuple[str, ...], address: str
) -> None:
    """A path, a pattern, an address of the site; of another one only where the articles are on another."""
    post = record("tide", path="A-Tide_1.md", slug="a-tide", declared_addresses=declared)
    assert wanted_address(post, AddressRules(read_pattern(pattern), "https://example.org")) == address


FREE = ["/search.html", "/archives/1", "/feeds-i-read", "/styles/x", "/x/feed", "/tagsoup/", "/robot.txt"]
TAKEN = [
    "/",
    "/index.html",
    "/404.html",
    "/rss.xml",
    "/feed",
    "/feed/x",
    "/tags/",
    "/robots.txt",
    "/.git/x",
    "/media/a",
]


@pytest.mark.parametrize("path", FREE)
def test_what_is_not_the_sites_own_is_free(path: str) -> None:
    """A name that only looks like one of the site's is a name like any other."""
    assert not is_reserved(path)


@pytest.mark.parametrize("path", [*TAKEN, *(f"/{name}/" for name in RESERVED)])
def test_what_is_the_sites_own_is_reserved(path: str) -> None:
    """Its pages, its feeds, and what it may need."""
    assert is_reserved(path)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12), st.booleans())
def test_no_two_articles_that_are_published_have_one_address(
    articles: list[tuple[str, bool]], other: bool
) -> None:
    """Whoever was there first stays; each public article keeps every address it had."""
    before = {
        made.id: made
        for number, (slug, settled) in enumerate(articles)
        for made in [record(f"n{number}", slug=slug, settled=settled, page=f"/{slug if other else 'n'}{number}")]
    }
    found = settle_addresses(before, rules("/{slug}"), frozenset())
    pages = [each.page for key, each in found.records.items() if key not in found.held]
    assert max(Counter(pages).values(), default=1) == 1
    for key, each in found.records.items():
        assert not each.settled or {before[key].page} <= {each.page, *each.former_pages}
    assert settle_addresses(found.records, rules("/{slug}"), frozenset()).records == found.records
