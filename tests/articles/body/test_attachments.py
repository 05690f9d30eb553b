"""Files to listen to or watch, as headers name them."""

import pytest

from feedsvc.articles.body.attachments import Attachment, bytes_of, read_attachments, seconds_of
from feedsvc.articles.frontmatter.header import Entry, Header, Value, spelling
from feedsvc.articles.problems import Notes

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
    header = Header({spelling(key): Entry(key, value, 2) for key, value in values.items()})
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
