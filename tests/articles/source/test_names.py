"""Formats by the names of files."""

import pytest

from feedsvc.articles.source.names import article_format


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.txt", "text"),
        ("news/b.text", "text"),
        ("a.md", "markdown"),
        ("a.markdown", "markdown"),
        ("a.mkd", "markdown"),
        ("a.html", "html"),
        ("a.xhtml", "html"),
        ("STORY.TXT", "text"),
        ("2024.05.01.md", "markdown"),
        ("a.png", None),
        ("README", None),
        ("a.txt/b", None),
        (".txt", None),
    ],
)
def test_the_suffix_names_the_format(path: str, expected: str | None) -> None:
    """The suffix alone decides, in any case; everything else is no article."""
    assert article_format(path) == expected
