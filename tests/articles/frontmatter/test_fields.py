"""What a header's entries mean."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.frontmatter import parser
from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.frontmatter.fields import Fields, is_iri, read_fields
from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, spelling
from feedsvc.articles.frontmatter.media_fields import Attachment
from feedsvc.articles.model import Author
from feedsvc.articles.problems import Notes, Unreadable


def fields(values: dict[str, Value], notes: Notes | None = None) -> Fields:
    """The fields of a header of ``values``, all on line 2."""
    header = Header({spelling(key): HeaderEntry(key, value, 2) for key, value in values.items()})
    return read_fields(header, Calendar(ZoneInfo("UTC")), notes or Notes("a.md"))


@pytest.mark.parametrize(
    ("values", "field", "expected"),
    [
        ({"Title": " No \n way "}, "title", "No way"),
        ({"title": ""}, "title", None),
        ({"pubDate": "2024-05-01"}, "published", datetime(2024, 5, 1, tzinfo=UTC)),
        ({"published": "2024-05-01"}, "published", datetime(2024, 5, 1, tzinfo=UTC)),
        ({"published": "true", "date": "2024-05-01"}, "published", datetime(2024, 5, 1, tzinfo=UTC)),
        ({"created": "2024-05-01"}, "published", datetime(2024, 5, 1, tzinfo=UTC)),
        ({"date": "2024-05-01", "publishDate": "2030-05-01"}, "published", datetime(2030, 5, 1, tzinfo=UTC)),
        ({"lastmod": "2024-05-01"}, "updated", datetime(2024, 5, 1, tzinfo=UTC)),
        ({"last_modified_at": "2024-05-01"}, "updated", datetime(2024, 5, 1, tzinfo=UTC)),
        ({"slug": "my-slug"}, "slug", "my-slug"),
        ({"permalink": "/2024/my-slug/"}, "slug", "my-slug"),
        ({"permalink": "/2024/my-slug.html"}, "slug", "my-slug"),
        ({"permalink": "/:year/:title/"}, "slug", None),
        ({"permalink": "/"}, "slug", None),
        ({"tags": ["a", "B", "b"]}, "tags", ("a", "B")),
        ({"tags": "a, b c,"}, "tags", ("a", "b c")),
        ({"keywords": "x", "categories": ["y"]}, "tags", ("x", "y")),
        ({"author": "Doe, Jane"}, "authors", (Author("Doe, Jane"),)),
        ({"authors": "Jane, Joe"}, "authors", (Author("Jane"), Author("Joe"))),
        ({"author": {"name": "Jane", "email": "x"}}, "authors", (Author("Jane"),)),
        (
            {"authors": ["Jane", {"name": "Joe", "url": "/joe"}]},
            "authors",
            (Author("Jane"), Author("Joe", "/joe")),
        ),
        ({"author": "JO", "authors": [{"name": "Jo", "link": "/jo"}, "jo"]}, "authors", (Author("Jo", "/jo"),)),
        ({"author": {"name": "Jane", "uri": "/jane"}}, "authors", (Author("Jane", "/jane"),)),
        ({"description": "a\nb"}, "summary", "a b"),
        ({"excerpt": "a"}, "summary", "a"),
        ({"cover": "a.png"}, "image", "a.png"),
        ({"image": {"src": "a.png", "alt": "x"}}, "image", "a.png"),
        ({"image": {"url": "a.png"}}, "image", "a.png"),
        ({"image": ["a.png", "b.png"]}, "image", "a.png"),
        ({"audio": "a.mp3"}, "attachments", (Attachment("a.mp3"),)),
        (
            {"enclosure": {"url": "a.mp3", "type": "audio/mpeg", "length": "12"}},
            "attachments",
            (Attachment("a.mp3", "audio/mpeg", 12),),
        ),
        ({"audio": "a.mp3", "video": ["b.mp4"]}, "attachments", (Attachment("a.mp3"), Attachment("b.mp4"))),
        ({"lang": "pt_BR"}, "language", "pt-BR"),
        ({"guid": "http://example.org/1"}, "id", "http://example.org/1"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_each_dialect_is_read_as_it_means_it(values: dict[str, Value], field: str, expected: object) -> None:
    """A key in any usual spelling, a value in any usual shape."""
    notes = Notes("a.md")
    assert getattr(fields(values, notes), field) == expected
    assert notes.warnings == []


@pytest.mark.parametrize(
    ("values", "draft"),
    [
        ({}, False),
        ({"draft": "true"}, True),
        ({"Draft": "Yes"}, True),
        ({"draft": "1"}, True),
        ({"draft": "on"}, True),
        ({"draft": "false"}, False),
        ({"published": "false"}, True),
        ({"published": "true"}, False),
        ({"published": "2024-05-01"}, False),
        ({"status": "draft"}, True),
        ({"status": "Private"}, True),
        ({"status": "published"}, False),
        ({"draft": "false", "status": "draft"}, True),
        ({"draft": "false", "published": "no"}, True),
    ],
)
def test_a_draft_in_any_spelling_is_a_draft(values: dict[str, Value], draft: bool) -> None:
    """One word that keeps it back is enough."""
    assert fields(values).draft is draft


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"draft": "maybe"}, "draft"),
        ({"draft": ""}, "draft"),
        ({"draft": ["true"]}, "draft"),
        ({"status": "evergreen"}, "status"),
        ({"date": "2024-02-30"}, "not a date that exists"),
        ({"date": "11-9-17"}, "several ways"),
        ({"expires": "soon"}, "no date"),
        ({"unlisted": "maybe"}, "unlisted"),
        ({"date": ["2024-05-01"]}, "no date"),
        ({"published": "soon"}, "no date"),
        ({"updated": {"at": "x"}}, "no date"),
    ],
)
def test_what_could_leak_or_lie_sets_the_file_aside(values: dict[str, Value], what: str) -> None:
    """A word about publication that is not understood is a problem at its line."""
    with pytest.raises(Unreadable, match=what) as caught:
        fields(values)
    assert caught.value.problem.line == 2


@pytest.mark.parametrize(
    ("values", "field", "expected"),
    [
        ({"title": ["a"]}, "title", None),
        ({"description": {"a": "b"}, "summary": "x"}, "summary", "x"),
        ({"tags": {"a": "b"}}, "tags", ()),
        ({"tags": ["a", [{"x": "b"}]]}, "tags", ("a",)),
        ({"permalink": ["a"], "url": "/c"}, "slug", "c"),
        ({"aliases": {"a": "b"}}, "aliases", ()),
        ({"date": "11-9-2017"}, "published", datetime(2017, 9, 11, tzinfo=UTC)),
        ({"author": {"email": "x"}}, "authors", ()),
        ({"authors": ["Jane", ["Joe"]]}, "authors", (Author("Jane"),)),
        ({"image": {"alt": "x"}}, "image", None),
        ({"image": [["a.png"]]}, "image", None),
        ({"audio": [{"type": "x"}, "a.mp3"]}, "attachments", (Attachment("a.mp3"),)),
        ({"lang": "the usual one"}, "language", None),
        ({"id": "tide-7"}, "id", "tide-7"),
    ],
)
def test_any_other_wrong_shape_is_a_warning(values: dict[str, Value], field: str, expected: object) -> None:
    """The article is published without it, or with an id no Atom feed should have; its author is told the line."""
    notes = Notes("a.md")
    assert getattr(fields(values, notes), field) == expected
    assert [note.line for note in notes.warnings] == [2]


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


@pytest.mark.parametrize(
    ("value", "expected", "warnings"),
    [("Full", "full", 0), (" summary", "summary", 0), ("some", None, 1), (["full"], None, 1), ("", None, 0)],
    ids=str,
)
def test_the_extent(value: Value, expected: str | None, warnings: int) -> None:
    """Of two words; anything else is passed over with a warning."""
    notes = Notes("a.md")
    assert fields({"feed_content": value}, notes).extent == expected
    assert len(notes.warnings) == warnings


@pytest.mark.parametrize(
    "text",
    [
        "---\ndate: {}\n---\n",
        "+++\ndate = {}\n+++\n",
        '+++\ndate = "{}"\n+++\n',
        '{{"date": "{}"}}\n',
        "Date: {}\n\n",
    ],
    ids=["YAML", "TOML", "a text in TOML", "JSON", "lines"],
)
def test_a_moment_in_utc_names_no_clock_of_the_author(text: str) -> None:
    """``Z`` gives the moment alone, in every language of headers; pages then go by the site's zone (RFC 9557)."""
    header, _ = parser.split(text.format("2024-05-01T23:30:00Z"), Notes("a.md"), known_only=False)
    found = read_fields(header, Calendar(ZoneInfo("Europe/Berlin")), Notes("a.md"))
    assert (found.published, found.utc_offset) == (datetime(2024, 5, 1, 23, 30, tzinfo=UTC), None)
