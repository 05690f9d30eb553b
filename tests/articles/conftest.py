from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.model import Article
from feedsvc.articles.options import ReadOptions

MakeArticle = Callable[..., Article]

_ARTICLE = Article(
    path="a.md",
    format="markdown",
    title="A title",
    summary="A summary.",
    section="",
    slug="a",
    id=None,
    published=None,
    updated=None,
    draft=False,
    tags=(),
    authors=(),
    language=None,
    image=None,
    enclosures=(),
    media=(),
    meaning="a",
    body="b",
)


@pytest.fixture
def make_article() -> MakeArticle:
    """Make a plain article with some fields changed."""
    return lambda **changes: replace(_ARTICLE, **changes)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Give an empty articles directory."""
    path = tmp_path / "articles"
    path.mkdir()
    return path


@pytest.fixture
def rules() -> ReadOptions:
    """Give the rules of a site in UTC."""
    return ReadOptions("https://example.org", ZoneInfo("UTC"), 1_000_000)
