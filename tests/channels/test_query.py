"""Which articles a named channel holds."""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.identity.paths import read_path
from feedsvc.articles.model import Article, Author
from feedsvc.channels.site import Query

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
        return Article(
            path="news/harbour/a.md",
            format="markdown",
            title="A",
            summary="",
            section="news/harbour",
            slug="a",
            id=None,
            published=None,
            updated=None,
            draft=False,
            tags=("Sea",),
            authors=(Author("Jo Doe"),),
            language=language,
            image=None,
            enclosures=(),
            media=(),
            meaning="",
            body="",
        )

    return make
