"""Lead image and enclosures."""

from pathlib import Path

import pytest

from feedsvc.articles.body.attachments import Attachment
from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.media_fields import authors, enclosures, lead_image
from feedsvc.articles.model import Author, Enclosure, Picture
from feedsvc.articles.problems import Notes
from feedsvc.articles.source.scanner import scan

BASE = "https://example.org"


@pytest.fixture
def references(tmp_path: Path) -> References:
    """Those of ``a.md``, beside which lies ``a.mp3`` of five bytes."""
    (tmp_path / "a.mp3").write_bytes(b"sound")
    return References(tmp_path, scan(tmp_path), "a.md", BASE)


@pytest.mark.parametrize(
    ("declared", "body", "expected"),
    [
        ("x.png", f'<img src="{BASE}/y.png" alt="y">', Picture(f"{BASE}/x.png", "image/png")),
        (
            None,
            f'<p><img title="a>b" src="{BASE}/y.png?a&amp;b" alt="R&amp;B > C"><img src="z">',
            Picture(f"{BASE}/y.png?a&b", "image/png", alt="R&B > C"),
        ),
        ("y.jpg", f'<img alt="A bell" src="{BASE}/y.jpg">', Picture(f"{BASE}/y.jpg", "image/jpeg", alt="A bell")),
        ("https://example.net/y", "", Picture("https://example.net/y")),
        (None, '<video poster="p" src="v"></video>', None),
        ("javascript:x", "", None),
    ],
    ids=["the header's", "the body's first", "both", "elsewhere", "none", "refused"],
)
def test_the_lead_image(references: References, declared: str | None, body: str, expected: Picture | None) -> None:
    """The header's, else the first of the body; its words where the body shows it."""
    assert lead_image(declared, body, references) == expected


def test_an_authors_page_is_absolute(references: References) -> None:
    """One that may not be linked to leaves the name alone."""
    declared = [Author("Jo", "/jo"), Author("Ann", "javascript:x"), Author("Kim")]
    assert authors(declared, references) == (Author("Jo", f"{BASE}/jo"), Author("Ann"), Author("Kim"))


@pytest.mark.parametrize(
    ("declared", "kind", "length"),
    [
        (Attachment("a.mp3"), "audio/mpeg", 5),
        (Attachment("a.mp3", "audio/x-own", 99), "audio/x-own", 5),
        (Attachment("https://example.net/b.m4a?x"), "audio/mp4", 0),
        (Attachment("https://example.net/b", "audio/ogg", 7), "audio/ogg", 7),
        (Attachment("https://example.net/b"), "application/octet-stream", 0),
    ],
)
def test_type_and_length(references: References, declared: Attachment, kind: str, length: int) -> None:
    """The file's own size counts before what is declared; elsewhere the suffix tells the type."""
    (found,) = enclosures([declared], "", references, Notes("a.md"))
    assert (found.media_type, found.length) == (kind, length)


def test_the_first_player_of_the_body_is_an_enclosure(references: References) -> None:
    """Its own source or that of its first ``<source>``; the file beside the article gives the length."""
    url = references.absolute("a.mp3")
    body = f'<audio controls=""></audio><audio><source src="{url}" type="x"></audio><video src="v"></video>'
    assert enclosures([], body, references, Notes("a.md")) == (Enclosure(url or "", "audio/mpeg", 5),)


def test_what_may_not_be_published_is_no_enclosure(references: References) -> None:
    """A declared enclosure is held to the same rules as a link."""
    assert enclosures([Attachment("javascript:x")], '<img src="y">', references, Notes("a.md")) == ()
    assert enclosures([], '<img src="y">', references, Notes("a.md")) == ()
