"""Which articles a named channel holds."""

from collections.abc import Callable

import pytest

from feedsvc.articles.article import Article, Author
from feedsvc.channels import Query

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
