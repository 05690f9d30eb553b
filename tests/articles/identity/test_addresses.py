"""The placeholders of a pattern, the addresses of a header, and the ids and pages of new articles."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from builders import record
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.identity.addresses import IdAllocator, settle_addresses
from feedsvc.articles.identity.wanted_address import AddressRules, alias_paths, wanted_address
from feedsvc.articles.model import Article, Author, ReadArticle
from feedsvc.articles.problems import Notes
from feedsvc.articles.record import Record
from feedsvc.core.address_pattern import PLACEHOLDERS, read_pattern
from feedsvc.core.urls import RESERVED, is_reserved
from feedsvc.documents.redirects import REDIRECTS

BASE = "https://example.org/blog"
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


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("/old", "/old"),
        ("/old/", "/old"),
        ("/old/index.html", "/old/index.html"),
        ("old", "/news/city/old"),
        ("../old", "/news/old"),
        ("../../../../old", "/old"),
        ("//example.org/blog/old", "/old"),
        ("https://example.org/blog/old/", "/old"),
        ("http://EXAMPLE.org/blog/old?p=1#x", "/old"),
        ("https://example.org/blog", "/"),
        ("/%C3%BCber uns", "/über uns"),
        ("/a\u0008b%08", "/ab"),
        ("//example.org", "/"),
    ],
)
def test_an_alias_is_a_path_of_this_site(alias: str, expected: str) -> None:
    """Relative ones stand in the article's folder, as Hugo has them; scheme and slash at the end do not matter."""
    notes = Notes("a.md")
    assert alias_paths([alias], "news/city", BASE, notes) == (expected,)
    assert notes.warnings == []


@pytest.mark.parametrize("alias", ["https://other.example/a", "mailto:a@b.example", "?p=1", "#x", "http://[::1/a"])
def test_what_is_no_address_of_this_site_is_a_warning(alias: str) -> None:
    """The article is published without it."""
    notes = Notes("a.md")
    assert alias_paths([alias, "/old"], "", BASE, notes) == ("/old",)
    assert [note.severity for note in notes.warnings] == ["warning"]


def test_an_alias_written_twice_is_one() -> None:
    """In the order of the header."""
    assert alias_paths(["/b", "/a", "b/"], "", BASE, Notes("a.md")) == ("/b", "/a")


MakeArticle = Callable[..., Article]
MakeRecord = Callable[..., Record]

NOW = datetime(2026, 5, 4, 12, 30, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def give(make_article: MakeArticle) -> MakeRecord:
    """Make the record of a new article at NOW, in a site where some ids and pages are taken."""

    def make(
        ids: Iterable[str] = (), pages: Iterable[str] = (), modified: datetime = NOW - HOUR, **says: object
    ) -> Record:
        taken = ReadArticle(make_article(**says), "stamp", "source", modified)
        return IdAllocator("example.org,2026", ids, pages).record(taken, NOW)

    return make


def test_id_is_a_tag_of_first_date_and_page(give: MakeRecord) -> None:
    """RFC 4151: authority, date, and what the authority makes of it; no base URL, so that none can spoil it."""
    record = give(section="news/town", slug="bridge", published=NOW - 24 * HOUR)
    assert record.id == "tag:example.org,2026,2026-05-03:news/town/bridge"
    assert record.page == "/news/town/bridge"


@pytest.mark.parametrize(
    ("published", "committed", "expected"),
    [
        (NOW - 9 * HOUR, NOW - 8 * HOUR, NOW - 9 * HOUR),
        (None, NOW - 8 * HOUR, NOW - 8 * HOUR),
        (None, NOW + 8 * HOUR, NOW),
        (None, None, NOW - HOUR),
    ],
    ids=["header or name", "first commit", "commit of tomorrow", "time of the file"],
)
def test_the_first_date_that_is_known_counts(
    make_article: MakeArticle, published: datetime | None, committed: datetime | None, expected: datetime
) -> None:
    """Header or name, then first commit, then the file; only the first may lie ahead."""
    taken = ReadArticle(make_article(published=published), "", "", NOW - HOUR, committed)
    assert IdAllocator("example.org", [], []).record(taken, NOW).published == expected


def test_early_years_have_four_digits(give: MakeRecord) -> None:
    """RFC 4151, section 2.1: a date is four digits, two and two."""
    assert give(published=datetime(33, 4, 3, tzinfo=UTC)).id == "tag:example.org,2026,0033-04-03:a"


def test_declared_id_is_taken_as_it_is(give: MakeRecord) -> None:
    """Who comes from elsewhere brings the ids of there."""
    assert give(id="https://old.example/?p=1").id == "https://old.example/?p=1"


def test_taken_ids_and_pages_get_the_next_number(give: MakeRecord) -> None:
    """Neither was ever anyone else's."""
    assert give(pages=["/a", "/a-2"]).page == "/a-3"
    tag = "tag:example.org,2026,2026-05-04:a"
    assert give(ids=[tag]).id == f"{tag}-2"


def test_two_new_articles_of_one_name_differ(make_article: MakeArticle) -> None:
    """What was minted is taken at once."""
    give = IdAllocator("example.org", [], [])
    first, second = (give.record(ReadArticle(make_article(), "", "", NOW), NOW) for _ in range(2))
    assert (first.page, second.page) == ("/a", "/a-2")
    assert first.id != second.id


def test_number_does_not_lead_to_an_id_that_was_minted(make_article: MakeArticle) -> None:
    """The id for ``/a`` can be the one that ``/a-2`` would have."""
    give = IdAllocator("example.org", ["tag:example.org,2026-05-04:a"], [])
    articles = [make_article(slug="a"), make_article(slug="a-2")]
    first, second = (give.record(ReadArticle(article, "", "", NOW), NOW).id for article in articles)
    assert (first, second) == ("tag:example.org,2026-05-04:a-2", "tag:example.org,2026-05-04:a-2-2")


@pytest.mark.parametrize(
    ("section", "slug", "page"),
    [
        ("", "feed", "/feed-2"),
        ("tags", "feed", "/tags-2/feed"),
        ("media/x", "a", "/media-2/x/a"),
        ("news", "tags", "/news/tags"),
        ("", "feeding", "/feeding"),
    ],
)
def test_page_never_begins_with_a_name_of_the_site(give: MakeRecord, section: str, slug: str, page: str) -> None:
    """Only the first segment is the site's; deeper names are free."""
    assert give(section=section, slug=slug).page == page


def test_no_page_can_hide_the_way_to_a_feed() -> None:
    """Every guess that leads to a feed is reserved, or has a dot, which no slug has."""
    guesses = {path.strip("/").split("/")[0] for path in REDIRECTS}
    assert {guess for guess in guesses if "." not in guess} <= RESERVED


@pytest.mark.parametrize(
    ("declared", "modified", "expected"),
    [
        (NOW + 99 * HOUR, NOW - HOUR, NOW + 99 * HOUR),
        (None, NOW - HOUR, NOW - HOUR),
        (None, NOW + HOUR, NOW),
        (None, NOW - HOUR + timedelta(microseconds=9), NOW - HOUR),
        (None, (NOW - HOUR).astimezone(timezone(5 * HOUR)), NOW - HOUR),
    ],
    ids=["as the header says", "when the file was written", "not ahead of now", "whole seconds", "in UTC"],
)
def test_first_date(give: MakeRecord, declared: datetime | None, modified: datetime, expected: datetime) -> None:
    """The header's, else the file's own; only a header can schedule an article."""
    record = give(published=declared, modified=modified)
    assert (record.published, record.published.tzinfo) == (expected, UTC)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [(None, NOW - 9 * HOUR), (NOW - HOUR, NOW - HOUR), (NOW - 99 * HOUR, NOW - 9 * HOUR)],
    ids=["as published", "as the header says", "not before it was published"],
)
def test_first_update(give: MakeRecord, declared: datetime | None, expected: datetime) -> None:
    """A new article was last changed when it appeared, unless its header says otherwise."""
    assert give(published=NOW - 9 * HOUR, updated=declared).updated == expected


def test_new_record_is_not_settled(give: MakeRecord) -> None:
    """Going public settles it, not being read."""
    record = give()
    assert (record.settled, record.present, record.withdrawn) == (False, True, None)
    assert (record.stamp, record.source) == ("stamp", "source")
