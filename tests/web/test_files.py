"""Files of the articles directory."""

import os
from pathlib import Path

import pytest
from swapping import swapping

from feedsvc.web.files import open_media, root_files, without_foreign_range

Headers = list[tuple[bytes, bytes]]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An articles directory with one file of five bytes, and the same file outside of it."""
    inside = tmp_path / "articles"
    (inside / "news").mkdir(parents=True)
    (inside / "news" / "a.png").write_bytes(b"12345")
    (tmp_path / "secret.png").write_bytes(b"12345")
    return inside


def test_a_file_as_it_was_published_is_found(directory: Path) -> None:
    """Its place and its length are all that is looked at."""
    file = open_media(directory, "news/a.png", 5)
    assert file is not None
    with file:
        assert file.read() == b"12345"


def test_the_directory_itself_may_be_reached_by_a_link(directory: Path) -> None:
    """Where the articles lie is the operator's choice."""
    link = directory.parent / "link"
    link.symlink_to(directory)
    file = open_media(link, "news/a.png", 5)
    assert file is not None
    file.close()


@pytest.mark.parametrize(
    ("file", "size"),
    [
        pytest.param("news/b.png", 5, id="gone"),
        pytest.param("news/a.png", 4, id="other bytes"),
        pytest.param("news", 5, id="a folder"),
        pytest.param("pipe", 0, id="a pipe, which would hang"),
        pytest.param("out.png", 5, id="a link out of the directory"),
        pytest.param("../secret.png", 5, id="a way out of the directory"),
        pytest.param("loop", 5, id="links in a loop"),
        pytest.param("news/a.png/b", 5, id="below a file"),
        pytest.param("x" * 300, 5, id="a name too long"),
    ],
)
def test_what_was_not_published_is_not_sent(directory: Path, file: str, size: int) -> None:
    """The disk may have changed since, by accident or by malice."""
    os.mkfifo(directory / "pipe")
    (directory / "out.png").symlink_to("../secret.png")
    (directory / "loop").symlink_to("loop")
    assert open_media(directory, file, size) is None


def test_a_folder_swapped_with_a_link_sends_nothing_from_outside(directory: Path) -> None:
    """What was checked is what is sent, however often it is tried."""
    (directory.parent / "outside").mkdir()
    (directory.parent / "outside" / "a.png").write_bytes(b"54321")
    seen = set()
    with swapping(directory / "news", "../outside"):
        for _ in range(3_000):
            file = open_media(directory, "news/a.png", 5)
            if file is not None:
                with file:
                    seen.add(file.read())
    assert seen == {b"12345"}


def test_an_unreadable_file_is_not_promised(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better a 404 than a broken answer after the header fields are gone out."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "refused")

    monkeypatch.setattr("feedsvc.web.files.open_file", refuse)
    assert open_media(directory, "news/a.png", 5) is None


@pytest.mark.parametrize(
    ("method", "value", "kept"),
    [
        ("GET", b"bytes=0-1", True),
        ("GET", b" Bytes=0-1", True),
        ("HEAD", b"bytes=0-1", False),
        ("GET", b"items=0-1", False),
        ("GET", b"", False),
    ],
)
def test_a_range_that_has_to_be_ignored_is(method: str, value: bytes, kept: bool) -> None:
    """RFC 9110, 14.2: of another method than GET, or in a unit nobody knows."""
    scope = {"method": method, "headers": [(b"range", value), (b"host", b"x")]}
    left: Headers = [(b"range", value), (b"host", b"x")] if kept else [(b"host", b"x")]
    assert without_foreign_range(scope)["headers"] == left
    assert len(scope["headers"]) == 2


def test_what_cannot_be_reached_stops_no_worker(tmp_path: Path) -> None:
    """Such as an icon in a folder that may not be searched; here its name is longer than any may be."""
    unreachable = tmp_path / ("x" * 300)
    files = root_files(tmp_path / "articles", unreachable, unreachable)
    assert files.find("/favicon.ico") is None
