"""What a link post points to."""

from pathlib import Path

import pytest

from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, spelling
from feedsvc.articles.frontmatter.loose_header import read_lines
from feedsvc.articles.frontmatter.related_links import absolute_links, declared_links
from feedsvc.articles.model import Links
from feedsvc.articles.problems import Notes
from feedsvc.articles.source.scanner import scan

BASE = "https://example.org"
THERE = "https://e.example/a"


def tell(directory: Path, **values: Value) -> tuple[Links, list[str]]:
    """The links of a header, absolute, and the warnings."""
    header = Header({spelling(key): HeaderEntry(key, value, 3) for key, value in values.items()})
    notes = Notes("news/a.md")
    links = absolute_links(
        declared_links(header, notes), References(directory, scan(directory), "news/a.md", BASE)
    )
    return links, [str(warning) for warning in notes.warnings]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Links()),
        ({"link": THERE}, Links(THERE)),
        ({"external-url": THERE}, Links(THERE)),
        ({"externalUrl": THERE}, Links(THERE)),
        ({"linkPost": THERE}, Links(THERE)),
        ({"link": "https://later.example/", "external_url": THERE}, Links(THERE)),
        ({"link": f"{BASE}/news/a"}, Links()),
        ({"link": "/news/a"}, Links()),
        ({"link": f"{BASE}.other.example/"}, Links(f"{BASE}.other.example/")),
        ({"link": "no"}, Links()),
        ({"via": THERE}, Links(via=(THERE,))),
        ({"via": {"name": "E", "url": THERE}}, Links(via=(THERE,))),
        ({"source_url": THERE, "via": THERE}, Links(via=(THERE,))),
        ({"related": [THERE, "../b", "/c d"]}, Links(related=(THERE, f"{BASE}/b", f"{BASE}/c%20d"))),
        ({"related": "true"}, Links()),
        ({"canonical_url": THERE}, Links(canonical=THERE)),
        ({"canonical": f"{BASE}/news/a"}, Links()),
        ({"canonical": "/news/a"}, Links()),
    ],
    ids=str,
)
def test_links(tmp_path: Path, values: dict[str, Value], expected: Links) -> None:
    """Each in the spellings of the common programs, absolute, and none twice."""
    assert tell(tmp_path, **values) == (expected, [])


@pytest.mark.parametrize(
    "values",
    [
        {"link": "javascript:x"},
        {"via": "a friend"},
        {"via": {"name": "E"}},
        {"related": [["x"]]},
        {"related": "b"},
    ],
    ids=str,
)
def test_what_is_no_address_is_passed_over(tmp_path: Path, values: dict[str, Value]) -> None:
    """With a warning that names the line."""
    links, warnings = tell(tmp_path, **values)
    assert links == Links()
    (warning,) = warnings
    assert warning.startswith("news/a.md:3: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title: A\nVia: https://e.example/\n\nWords.", True),
        ("Title: A\nLink:\n\nWords.", True),
        ("Related: my aunt.\nVia: the tram.\n\nWords.", False),
        ("Title: A\nVia: a friend\n\nWords.", False),
    ],
)
def test_words_that_begin_lines_are_not_taken_for_a_header(text: str, expected: bool) -> None:
    """A line without fences is one of a header only with an address, or else words would be lost."""
    assert (read_lines(text, 0, Notes("a.txt"), known_only=True) is not None) == expected
