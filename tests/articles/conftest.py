from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import article

from feedsvc.articles.model import Article
from feedsvc.articles.options import ReadOptions

MakeArticle = Callable[..., Article]


@pytest.fixture
def make_article() -> MakeArticle:
    """Make a plain article with some fields changed."""
    plain = {"title": "A title", "summary": "A summary.", "meaning": "a", "body": "b"}
    return lambda **changes: article("a", **(plain | changes))


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
