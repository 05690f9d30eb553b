"""Authors who are named by a key."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.author_profiles import absolute_authors
from feedsvc.articles.model import Author, Reading
from feedsvc.articles.options import ReadOptions
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
    references = References(tmp_path, scan(tmp_path), "a.md", "https://ex.example")
    expected = (Author("Jo", "https://ex.example/jo"), Author("Ann"), Author("Kim"))
    assert absolute_authors(declared, references) == expected
