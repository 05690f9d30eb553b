"""How much of itself an article lets feeds tell."""

import pytest

from feedsvc.articles.frontmatter.header import Entry, Header, Value
from feedsvc.articles.markup.excerpt import read_extent
from feedsvc.articles.problems import Notes


@pytest.mark.parametrize(
    ("value", "expected", "warnings"),
    [("Full", "full", 0), (" summary", "summary", 0), ("some", None, 1), (["full"], None, 1), ("", None, 0)],
    ids=str,
)
def test_the_extent(value: Value, expected: str | None, warnings: int) -> None:
    """Of two words; anything else is passed over with a warning."""
    notes = Notes("a.md")
    assert read_extent(Header({"feedcontent": Entry("feed_content", value, 2)}), notes) == expected
    assert len(notes.warnings) == warnings
