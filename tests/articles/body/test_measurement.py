"""Sizes of pictures and lengths of recordings, from the files themselves."""

import struct
import wave
from pathlib import Path

import pytest
from pixels import png

from feedsvc.articles.body.attachments import Attachment
from feedsvc.articles.body.measurement import duration, picture_size
from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.media_fields import enclosures, lead_image
from feedsvc.articles.model import Enclosure, Picture
from feedsvc.articles.problems import Notes
from feedsvc.articles.source.listing import Stat
from feedsvc.articles.source.scanner import scan

STAT = Stat(1, 2, 3)


def sound(file: Path, seconds: float) -> Path:
    """Silence."""
    with wave.open(str(file), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(1)
        stream.setframerate(1000)
        stream.writeframes(bytes(int(1000 * seconds)))
    return file


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.png", png(640, 480), (640, 480)),
        ("a.gif", b"GIF89a" + struct.pack("<HH", 3, 2), (3, 2)),
        ("a.png", png(0, 0), None),
        ("a.png", b"", None),
        ("a.png", b"no picture at all", None),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JF", None),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8X", None),
        ("a.tif", b"II*\x00\xff\xff\xff\xff", None),
        ("a.svg", b'<svg width="3" height="2"/>', None),
    ],
    ids=["png", "gif", "no size", "empty", "other", "cut jpeg", "cut webp", "cut tiff", "drawing"],
)
def test_the_size_of_a_picture(
    tmp_path: Path, name: str, content: bytes, expected: tuple[int, int] | None
) -> None:
    """A file that is cut off, or not what its name says, has none."""
    (tmp_path / name).write_bytes(content)
    assert picture_size(tmp_path, name, STAT) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(2.6, 3), (0.1, 1), (0, None)])
def test_the_length_of_a_recording(tmp_path: Path, seconds: float, expected: int | None) -> None:
    """In whole seconds; none where there is nothing to hear."""
    assert duration(sound(tmp_path / "a.wav", seconds).parent, "a.wav", STAT) == expected


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.ogg", "a.flac", "a.wav", "a.mp4", "a.webm"])
@pytest.mark.parametrize("content", [b"", b"no sound", bytes(range(256)) * 40], ids=["empty", "short", "noise"])
def test_what_is_no_recording_has_no_length(tmp_path: Path, name: str, content: bytes) -> None:
    """Nor does it stop anything."""
    (tmp_path / name).write_bytes(content)
    assert duration(tmp_path, name, STAT) is None


def test_a_file_is_measured_once(tmp_path: Path) -> None:
    """Until its size or time changes."""
    file = tmp_path / "a.png"
    file.write_bytes(png(6, 4))
    assert picture_size(tmp_path, file.name, Stat(1, 1, 1)) == (6, 4)
    file.write_bytes(png(8, 5))
    assert picture_size(tmp_path, file.name, Stat(1, 1, 1)) == (6, 4)
    assert picture_size(tmp_path, file.name, Stat(1, 2, 1)) == (8, 5)


def test_lead_image_and_enclosure_are_measured(tmp_path: Path) -> None:
    """They are the ones whose measures readers are told."""
    (tmp_path / "a.png").write_bytes(png(640, 480))
    sound(tmp_path / "a.wav", 95)
    references = References(tmp_path, scan(tmp_path), "a.md", "https://example.org")
    (heard,) = enclosures([Attachment("a.wav")], "", references, Notes("a.md"))
    assert isinstance(heard, Enclosure)
    assert heard.duration == 95
    seen = lead_image("a.png", "", references)
    assert isinstance(seen, Picture)
    assert (seen.width, seen.height, seen.length) == (640, 480, 33)


def test_a_file_that_vanished_is_not_measured(tmp_path: Path) -> None:
    """Its article is read again soon."""
    (tmp_path / "a.png").write_bytes(png(1, 1))
    references = References(tmp_path, scan(tmp_path), "a.md", "https://example.org")
    file = references.file("a.png")
    assert file is not None
    (tmp_path / "a.png").unlink()
    assert references.measured(file, picture_size) is None
