"""Lead images, enclosures and episodes, as headers name them."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, spelling
from feedsvc.articles.frontmatter.media_fields import (
    Attachment,
    bytes_of,
    enclosures,
    lead_image,
    read_attachments,
    read_episode,
    seconds_of,
)
from feedsvc.articles.model import Enclosure, Episode, Picture
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Notes
from feedsvc.articles.source.scanner import scan

BASE = "https://example.org"


@pytest.fixture
def references(tmp_path: Path) -> References:
    """Those of ``a.md``, beside which lies ``a.mp3`` of five bytes."""
    (tmp_path / "a.mp3").write_bytes(b"sound")
    return References(tmp_path, scan(tmp_path), "a.md", ReadOptions(BASE, ZoneInfo("UTC"), 1_000_000))


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


URL = "https://cdn.example.net/a.mp3"

SIZES = {
    "12345678": 12_345_678,
    "12,345,678": 12_345_678,
    "12.345.678": 12_345_678,
    "12 345 678": 12_345_678,
    "12_345_678": 12_345_678,
    "1,234 bytes": 1234,
    "1.2e6": 1_200_000,
    "11.8 MB": 11_800_000,
    "3 MiB": 3_145_728,
    "512kB": 512_000,
    "0": 0,
    "big": None,
    "-5": None,
    "1,23,4": None,
    "1e99": None,
    "1:02": None,
}


@pytest.mark.parametrize(("text", "size"), SIZES.items(), ids=SIZES)
def test_a_size_in_any_usual_spelling(text: str, size: int | None) -> None:
    """In bytes; None for what is no size."""
    assert bytes_of(text) == size


DURATIONS = {
    "95": 95,
    "95.4": 95,
    "95.5": 96,
    "1:35": 95,
    "01:02:03": 3723,
    "01:02:03.500": 3724,
    "0:42:10": 2530,
    "62 min": 3720,
    "1h 2m 3s": 3723,
    "1 hour 2 minutes": 3720,
    "PT1H2M3S": 3723,
    "PT3.5S": 4,
    "long": None,
    "": None,
    "PT": None,
    "1:2:3:4": None,
}


@pytest.mark.parametrize(("text", "seconds"), DURATIONS.items(), ids=DURATIONS)
def test_a_duration_in_any_usual_spelling(text: str, seconds: int | None) -> None:
    """In whole seconds, half ones up (ISO 8601; iTunes, itunes:duration); None for what is none."""
    assert seconds_of(text) == seconds


def attachments(values: dict[str, Value]) -> tuple[tuple[Attachment, ...], list[str]]:
    """What a header of ``values`` attaches, and the warnings."""
    notes = Notes("a.md")
    header = Header({spelling(key): HeaderEntry(key, value, 2) for key, value in values.items()})
    return read_attachments(header, notes), [str(warning) for warning in notes.warnings]


HEADERS: dict[str, tuple[dict[str, Value], tuple[Attachment, ...]]] = {
    "at the top": (
        {"audio": URL, "length": "123456", "duration": "3723"},
        (Attachment(URL, length=123_456, duration=3723),),
    ),
    "in a mapping": (
        {"enclosure": {"url": URL, "length": "12,345,678", "duration": "01:02:03.5"}},
        (Attachment(URL, length=12_345_678, duration=3724),),
    ),
    "in a mapping before the top": (
        {"enclosure": {"url": URL, "length": "7", "duration": "8"}, "length": "1", "duration": "2"},
        (Attachment(URL, length=7, duration=8),),
    ),
    "Castanet": (
        {"podcast_file": URL, "podcast_bytes": "42", "podcast_duration": "1:00"},
        (Attachment(URL, length=42, duration=60),),
    ),
    "Octopod": (
        {"audio": {"mp3": "a.mp3", "m4a": "a.m4a"}, "duration": "0:42:10"},
        (Attachment("a.mp3", duration=2530), Attachment("a.m4a", duration=2530)),
    ),
    "formats with sizes": (
        {"audio": {"mp3": {"url": "a.mp3", "size": "5"}, "opus": {"file": "a.opus", "size": "4"}}},
        (Attachment("a.mp3", length=5), Attachment("a.opus", length=4)),
    ),
    "no recording": ({"length": "a hundred pages", "duration": "a week"}, ()),
}


@pytest.mark.parametrize(("values", "expected"), HEADERS.values(), ids=HEADERS)
def test_size_and_duration_are_read_where_they_stand(
    values: dict[str, Value], expected: tuple[Attachment, ...]
) -> None:
    """Beside the address, or at the top of the header, where they are those of the first file."""
    assert attachments(values) == (expected, [])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"audio": URL, "length": "big"}, '"length" holds no size'),
        ({"audio": URL, "duration": "long"}, '"duration" holds no duration'),
        ({"audio": {"url": URL, "length": ["x"]}}, '"audio" holds no size'),
        ({"audio": {"title": "x"}}, '"audio" names no file'),
    ],
)
def test_what_is_not_understood_is_named(values: dict[str, Value], words: str) -> None:
    """With its line; the file itself is told without it."""
    _, warnings = attachments(values)
    assert [warning.startswith(f"a.md:2: {words}") for warning in warnings] == [True]


def tell(directory: Path, **values: Value) -> tuple[Episode | None, list[str]]:
    """The episode of a header, and the warnings."""
    header = Header({spelling(key): HeaderEntry(key, value, 3) for key, value in values.items()})
    notes = Notes("a.md")
    episode = read_episode(
        header,
        References(directory, scan(directory), "a.md", ReadOptions(BASE, ZoneInfo("UTC"), 1_000_000)),
        notes,
    )
    return episode, [str(warning) for warning in notes.warnings]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"episode": "7", "season": "02"}, Episode(number=7, season=2)),
        ({"itunes_episode": "1"}, Episode(number=1)),
        ({"episodeType": "Bonus"}, Episode(kind="bonus")),
        ({"explicit": "yes"}, Episode(explicit=True)),
        ({"explicit": "clean"}, Episode(explicit=False)),
        ({"chapters": "https://e.org/c.json"}, Episode(chapters="https://e.org/c.json")),
        ({"transcript": "/t.srt"}, Episode(transcripts=(f"{BASE}/t.srt",))),
        (
            {"transcripts": [{"url": "https://e.org/t.vtt"}, "https://e.org/t.html"]},
            Episode(transcripts=("https://e.org/t.vtt", "https://e.org/t.html")),
        ),
    ],
    ids=str,
)
def test_an_episode(tmp_path: Path, values: dict[str, Value], expected: Episode | None) -> None:
    """Each field in the spellings of the common programs."""
    assert tell(tmp_path, **values) == (expected, [])


@pytest.mark.parametrize(
    "values",
    [
        {"episode": "0"},
        {"episode": "-1"},
        {"episode": "seven"},
        {"season": ["1"]},
        {"season": "9999999999"},
        {"episodetype": "pilot"},
        {"explicit": "perhaps"},
        {"chapters": "javascript:x"},
        {"transcript": [["x"]]},
    ],
    ids=str,
)
def test_what_is_not_understood_is_passed_over(tmp_path: Path, values: dict[str, Value]) -> None:
    """With a warning that names the line."""
    episode, warnings = tell(tmp_path, **values)
    assert episode is None
    (warning,) = warnings
    assert warning.startswith("a.md:3: ")


def test_a_transcript_beside_the_article_is_published(tmp_path: Path) -> None:
    """Under an address that changes with its words."""
    (tmp_path / "t.vtt").write_text("WEBVTT")
    episode, _ = tell(tmp_path, transcript="t.vtt")
    assert episode is not None
    assert episode.transcripts[0].startswith(f"{BASE}/media/")
