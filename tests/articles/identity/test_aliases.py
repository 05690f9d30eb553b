"""Former addresses."""

import pytest

from feedsvc.articles.identity.paths import alias_paths
from feedsvc.articles.problems import Notes

BASE = "https://example.org/blog"


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
