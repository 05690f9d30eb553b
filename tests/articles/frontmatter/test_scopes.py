"""For which articles a value holds that a file sets for many."""

import pytest

from feedsvc.articles.frontmatter.header import Value
from feedsvc.articles.frontmatter.scopes import fits_target


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/n/**", "n/a.md", True),
        ("/n/**", "content/n/m/a.md", True),
        ("/n/*", "n/m/a.md", False),
        ("/n/*", "n/m/index.md", True),
        ("/n/a", "n/a.fr.md", True),
        ("/N/A", "n/a.md", True),
        ("{/m/**,/n/**}", "n/a.md", True),
        ("{/m/**,/o/**}", "n/a.md", False),
        ("/n/?", "n/a.md", True),
        ("/n/[a-c]", "n/b.md", True),
        ("/n/[!a-c]", "n/b.md", False),
        ("/n/[z-a]", "n/b.md", False),
        ("/n/{a", "n/{a.md", True),
        ("**", "n/a.md", True),
        ("/n", "n/a.md", False),
    ],
)
def test_a_path_is_a_pattern_of_pages(pattern: str, path: str, fits: bool) -> None:
    """Stars end at a slash, two do not; the page has no suffix, and its path begins where Hugo's content does."""
    assert fits_target({"path": pattern}, path) is fits


@pytest.mark.parametrize(
    ("target", "fits"),
    [
        ({"path": "/n/**", "kind": "section"}, False),
        ({"path": "/n/**", "kind": "page"}, True),
        ({"path": "/x/**", "sites": "y"}, False),
        ({"path": "/n/**", "sites": "y"}, None),
        ({"path": ["/n/**"]}, None),
        ("/n/**", None),
        ({}, True),
    ],
)
def test_a_target_holds_where_all_its_parts_do(target: Value, fits: bool | None) -> None:
    """One that does not fit is enough; one that nobody here can judge leaves it open."""
    assert fits_target(target, "n/a.md") is fits
