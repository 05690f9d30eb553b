"""The digest that tells an edit from noise."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedsvc.articles.frontmatter.fields import Fields
from feedsvc.articles.frontmatter.media_fields import Attachment
from feedsvc.articles.model import Author, Links, MediaFile
from feedsvc.articles.reader import content_digest, text_digest

FIELDS = Fields(
    title="Title",
    published=None,
    updated=None,
    draft=False,
    slug=None,
    tags=("a", "b"),
    authors=(Author("Jane"),),
    summary=None,
    image=None,
    attachments=(),
    language=None,
    id=None,
)
FILE = MediaFile("a.png", "/media/1/a.png", "image/png", 1, "digest")


def digest(fields: Fields = FIELDS, html: str = "<p>a b</p>", title: str | None = "Title") -> str:
    """The meaning with one thing exchanged."""
    return content_digest(title, html, fields, [FILE])


@pytest.mark.parametrize(
    "same",
    [
        digest(html=" <p>a\n   b</p>\n"),
        digest(replace(FIELDS, tags=("b", "a"))),
        digest(replace(FIELDS, draft=True)),
        digest(replace(FIELDS, slug="other", id="other")),
        content_digest("Title", "<p>a b</p>", FIELDS, [replace(FILE, source="b/c.png", path="/media/1/c.png")]),
    ],
    ids=["white space", "order of tags", "draft", "slug and id", "place of a file"],
)
def test_noise_does_not_move_it(same: str) -> None:
    """What no subscriber reads is no edit."""
    assert same == digest()


@pytest.mark.parametrize(
    "other",
    [
        digest(title="Other"),
        digest(title=None),
        digest(html="<p>ab</p>"),
        digest(replace(FIELDS, summary="x")),
        digest(replace(FIELDS, tags=("a",))),
        digest(replace(FIELDS, authors=(Author("Joe"),))),
        digest(replace(FIELDS, authors=(Author("Jane", "https://example.org/jane"),))),
        digest(replace(FIELDS, language="de")),
        digest(replace(FIELDS, image="x.png")),
        digest(replace(FIELDS, attachments=(Attachment("a.mp3"),))),
        content_digest("Title", "<p>a b</p>", FIELDS, [replace(FILE, digest="other")]),
        content_digest("Title", "<p>a b</p>", FIELDS, []),
        content_digest("Title", "<p>a b</p>", FIELDS, [FILE], links=Links(external="https://e.org/")),
        content_digest("Title", "<p>a b</p>", FIELDS, [FILE], links=Links(via=("https://e.org/",))),
        content_digest("Title", "<p>a b</p>", FIELDS, [FILE], links=Links(related=("https://e.org/",))),
    ],
)
def test_whatever_a_subscriber_reads_moves_it(other: str) -> None:
    """A change of words, names, language or files is an edit."""
    assert other != digest()


def test_a_text_has_the_digest_of_its_utf_8() -> None:
    """As any other tool would count it."""
    assert text_digest("ü") == "607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f"


@given(st.text(st.sampled_from('ab <>"\\ \n\t\r\f\v\x1c\x1f\x7f\0/é\xa0\u2028'), max_size=12))
@example('<p class="a">1  2\n\n  3</p>\n')
@example("\x1ca\x1db")
def test_the_digest_is_that_of_one_json_object(html: str) -> None:
    """It is the digest that stores hold already: another one would make all articles edited."""
    told = {
        "title": "Title",
        "summary": None,
        "html": " ".join(html.split()),
        "tags": ["a", "b"],
        "authors": [["Jane", None]],
        "language": None,
        "image": None,
        "attachments": [],
        "files": ["digest"],
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    assert digest(html=html) == hashlib.sha256(text.encode()).hexdigest()


def test_where_a_line_may_break_is_no_edit() -> None:
    """A title that was known without its unbreakable blanks is still the same."""
    spaced, held = replace(FIELDS, summary="10 km"), replace(FIELDS, summary="10\u00a0km")
    assert digest(spaced, title="10 km") == digest(held, title="10\u00a0km")
