"""What Atom takes for an id."""

import pytest

from feedsvc.articles.frontmatter.fields import is_iri


@pytest.mark.parametrize(
    "text",
    ["tag:example.org,2026:a", "urn:x:1", "https://example.org/?p=1#a", "a+b.c-d:e", "https://例え.example/道"],
)
def test_an_iri(text: str) -> None:
    """A scheme and what belongs to it, in any script (RFC 3987, section 2.2)."""
    assert is_iri(text)


@pytest.mark.parametrize("text", ["", "17", "tide-7", "/a/b", "1a:b", "a b:c", "a:", "a:<b>", "a:b\x7f", "道:a"])
def test_no_iri(text: str) -> None:
    """No scheme, nothing behind it, or characters that no IRI holds."""
    assert not is_iri(text)
