"""The profiles of authors, and the links of a link post."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, spelling
from feedsvc.articles.frontmatter.linked_fields import absolute_authors, absolute_links, declared_links
from feedsvc.articles.frontmatter.loose_header import read_lines
from feedsvc.articles.model import Author, Links, Reading
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Notes
from feedsvc.articles.reader import read
from feedsvc.articles.source.scanner import scan

RULES = ReadOptions("https://ex.example", ZoneInfo("UTC"), 100_000)
MATERIAL = "authors:\n  iris:\n    name: Iris Oak\n"
DOCUSAURUS = "iris:\n  name: Iris Oak\n  url: https://iris.example/\nole-elm:\n  name: Ole Elm\n"


def reading(directory: Path, header: str, **files: str) -> Reading:
    """An article in the folder ``blog`` beside ``files``, in whose names two underscores stand for a slash."""
    for name, content in {**files, "blog__a.md": f"---\ntitle: T\n{header}\n---\nHi\n"}.items():
        path = directory / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return read(directory, "blog/a.md", scan(directory), RULES)


@pytest.mark.parametrize(
    ("header", "files", "expected"),
    [
        ("authors: [iris]", {"blog__authors.yml": DOCUSAURUS}, [Author("Iris Oak", "https://iris.example/")]),
        ("authors: [iris, ole-elm]", {"authors.yml": DOCUSAURUS}, ["Iris Oak", "Ole Elm"]),
        ("author: iris", {"_data__authors.yml": "iris:\n  display_name: Iris\n  web: /iris\n"}, ["Iris"]),
        ("authors:\n  - iris", {"authors.yml": MATERIAL}, ["Iris Oak"]),
        ("by: Iris Oak", {}, ["Iris Oak"]),
        ("authors: [Iris Ash]", {"authors.yml": DOCUSAURUS}, ["Iris Ash"]),
        ("authors:\n  - name: iris\n    url: https://x.example/", {"authors.yml": DOCUSAURUS}, ["iris"]),
    ],
    ids=["beside the article", "above it", "of Jekyll", "of Material", "by", "a name", "a profile in the header"],
)
def test_an_author_is_named_by_the_profile(
    tmp_path: Path, header: str, files: dict[str, str], expected: list[str | Author]
) -> None:
    """Of the nearest file; who is named in full stays as written."""
    found = reading(tmp_path, header, **files)
    named: list[str | Author] = [
        author if isinstance(wanted, Author) else author.name
        for author, wanted in zip(found.article.authors, expected, strict=True)
    ]
    assert named == expected
    assert not found.warnings


def test_a_key_without_a_profile_is_named_with_its_line(tmp_path: Path) -> None:
    """The key stands in for the name."""
    found = reading(tmp_path, "authors: [nils]", **{"authors.yml": DOCUSAURUS})
    assert [author.name for author in found.article.authors] == ["nils"]
    assert [(warning.line, "nils" in warning.what) for warning in found.warnings] == [(3, True)]


def test_a_file_that_cannot_be_read_stops_no_article(tmp_path: Path) -> None:
    """It is a warning, and the authors keep their keys."""
    found = reading(tmp_path, "authors: [iris]", **{"authors.yml": "iris: [\n"})
    assert [author.name for author in found.article.authors] == ["iris"]
    assert "authors.yml" in found.warnings[0].what


def test_a_change_of_the_file_reads_the_articles_again(tmp_path: Path) -> None:
    """Also its first appearance."""
    assert "blog/authors.yml" in reading(tmp_path, "authors: [iris]").stamp
    assert "authors.yml" not in reading(tmp_path, "authors: [Iris Oak]").stamp


def test_an_authors_page_is_absolute(tmp_path: Path) -> None:
    """One that may not be linked to leaves the name alone."""
    declared = [Author("Jo", "/jo"), Author("Ann", "javascript:x"), Author("Kim")]
    references = References(
        tmp_path, scan(tmp_path), "a.md", ReadOptions("https://ex.example", ZoneInfo("UTC"), 1_000_000)
    )
    expected = (Author("Jo", "https://ex.example/jo"), Author("Ann"), Author("Kim"))
    assert absolute_authors(declared, references) == expected


BASE = "https://example.org"
THERE = "https://e.example/a"


def tell(directory: Path, **values: Value) -> tuple[Links, list[str]]:
    """The links of a header, absolute, and the warnings."""
    header = Header({spelling(key): HeaderEntry(key, value, 3) for key, value in values.items()})
    notes = Notes("news/a.md")
    links = absolute_links(
        declared_links(header, notes),
        References(directory, scan(directory), "news/a.md", ReadOptions(BASE, ZoneInfo("UTC"), 1_000_000)),
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
