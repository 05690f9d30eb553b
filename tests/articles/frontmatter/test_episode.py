"""What a header says for podcast players."""

from pathlib import Path

import pytest

from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.header import Entry, Header, Value, spelling
from feedsvc.articles.frontmatter.media_fields import read_episode
from feedsvc.articles.model import Episode
from feedsvc.articles.problems import Notes
from feedsvc.articles.source.scanner import scan

BASE = "https://example.org"


def tell(directory: Path, **values: Value) -> tuple[Episode | None, list[str]]:
    """The episode of a header, and the warnings."""
    header = Header({spelling(key): Entry(key, value, 3) for key, value in values.items()})
    notes = Notes("a.md")
    episode = read_episode(header, References(directory, scan(directory), "a.md", BASE), notes)
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
