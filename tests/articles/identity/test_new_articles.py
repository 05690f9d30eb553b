"""The id, page and dates of articles that the ledger does not know yet."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from feedsvc.articles.identity.new_articles import IdAllocator
from feedsvc.articles.model import Article, ReadArticle
from feedsvc.articles.record import Record
from feedsvc.core.reserved_paths import RESERVED
from feedsvc.documents.redirects import REDIRECTS

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
