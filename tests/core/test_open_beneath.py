"""Opening beneath a directory: what is opened lies in it, whatever is swapped meanwhile."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from swapping import swapping

from feedsvc.core.open_beneath import (
    OutsideError,
    open_beneath,
    open_directory,
    open_file,
    open_folder,
    stat_beneath,
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with folders, links of every kind, and something outside of it that nobody may see."""
    inside = tmp_path / "inside"
    (inside / "a/b").mkdir(parents=True)
    (inside / "a/b/file").write_text("own")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("secret")
    links = {
        "to-file": "a/b/file",
        "to-folder": "a/b",
        "a/up": "../a/b/file",
        "absolute": str(inside / "a/b/file"),
        "out-and-in": "../inside/a/b/file",
        "chain": "to-folder/../up",
        "a/b/twice": "../../to-folder/file",
        "out": "../outside/file",
        "out-folder": "../outside",
        "out-absolute": str(tmp_path / "outside/file"),
        "out-deep": "a/b/../../../outside/file",
        "neighbour": "../inside-not/file",
        "loop": "loop",
        "loop-of-two": "other-of-two",
        "other-of-two": "loop-of-two",
        "nothing": "missing",
    }
    for name, target in links.items():
        (inside / name).symlink_to(target)
    return inside


@pytest.mark.parametrize(
    "path",
    [
        "a/b/file", "./a//b/file", "a/../a/b/file", "to-file", "to-folder/file", "a/up", "absolute", "out-and-in",
        "chain", "a/b/twice",
    ],
)  # fmt: skip
def test_what_lies_inside_is_opened_also_by_links(directory: Path, path: str) -> None:
    """Each link is followed by hand, as the system would follow it."""
    with open_file(directory, path) as file:
        assert file.read() == b"own"
    assert stat_beneath(directory, path) == (directory / "a/b/file").stat()


@pytest.mark.parametrize(
    "path",
    [
        "out", "out-folder/file", "out-absolute", "out-deep", "neighbour", "../outside/file",
        "a/../../outside/file", "to-folder/../../../outside/file",
    ],
)  # fmt: skip
def test_what_lies_outside_is_refused(directory: Path, path: str) -> None:
    """By a link, by dots or by an absolute path."""
    with pytest.raises(OutsideError):
        open_beneath(directory, path)
    with pytest.raises(OutsideError):
        stat_beneath(directory, path)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("missing", errno.ENOENT),
        ("/etc/passwd", errno.ENOENT),
        ("nothing", errno.ENOENT),
        ("a/b/file/below", errno.ENOTDIR),
        ("loop", errno.ELOOP),
        ("loop-of-two", errno.ELOOP),
        ("loop/below", errno.ELOOP),
        ("x" * 300, errno.ENAMETOOLONG),
    ],
)
def test_what_cannot_be_opened_says_why(directory: Path, path: str, number: int) -> None:
    """With the number of the system's error, and the path that was asked for."""
    for ask in (open_beneath, stat_beneath):
        with pytest.raises(OSError, match=r".") as raised:
            ask(directory, path)
        assert raised.value.errno == number
        assert raised.value.filename in {path, None}


@pytest.mark.parametrize("name", ["a", ".", "", "pipe"])
def test_only_a_regular_file_is_opened_as_a_file(directory: Path, name: str) -> None:
    """A folder is none, and a pipe is not waited for."""
    os.mkfifo(directory / "pipe")
    with pytest.raises(OSError, match="no regular file"):
        open_file(directory, name)


def test_a_directory_that_is_reached_by_a_link_is_the_operators_choice(directory: Path) -> None:
    """What is beneath is judged by where it really lies."""
    link = directory.parent / "current"
    link.symlink_to("inside")
    for path in ("a/b/file", "absolute", "out-and-in"):
        with open_file(link, path) as file:
            assert file.read() == b"own"
    with pytest.raises(OutsideError):
        open_beneath(link, "out")


def test_no_descriptor_is_left_open(directory: Path) -> None:
    """A service runs for months."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("a/b/file", "chain", "out", "loop", "missing/x", "a/b/file/x", "a", "out-and-in"):
        with suppress(OSError):
            open_file(directory, path).close()
        with suppress(OSError):
            stat_beneath(directory, path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


class TestFolders:
    """The strict door: to list folders and to write into them."""

    def test_folders_are_made_when_asked_for(self, directory: Path) -> None:
        """Each beneath the one above it."""
        with opened(directory) as top:
            os.close(open_folder(top, "new/deep", make=True))
            with pytest.raises(FileNotFoundError):
                open_folder(top, "other")
        assert (directory / "new/deep").is_dir()

    @pytest.mark.parametrize(
        "path", ["to-folder", "out-folder", "out-folder/new", "a/b/file", "..", "a/../b", "/etc"]
    )
    def test_no_link_is_followed(self, directory: Path, path: str) -> None:
        """Not even one that stays inside."""
        with opened(directory) as top, pytest.raises(OSError, match=r"."):
            open_folder(top, path, make=True)
        assert sorted(each.name for each in (directory.parent / "outside").iterdir()) == ["file"]


@contextmanager
def opened(directory: Path) -> Iterator[int]:
    """The descriptor of a directory."""
    top = open_directory(directory)
    try:
        yield top
    finally:
        os.close(top)


def test_a_folder_that_is_swapped_with_a_link_shows_nothing_from_outside(directory: Path) -> None:
    """However often it is tried: own bytes, or an error, and never anything else."""
    seen: set[bytes | str] = set()
    looks: tuple[Callable[[], bytes], ...] = (lambda: content(directory), lambda: listed(directory))
    (directory.parent / "outside-tree/b").mkdir(parents=True)
    (directory.parent / "outside-tree/b/file").write_text("secret")
    with swapping(directory / "a", "../outside-tree"):
        for turn in range(6_000):
            try:
                seen.add(looks[turn % 2]())
            except OSError as error:
                seen.add(type(error).__name__)
    assert b"own" in seen
    assert seen <= {b"own", b"own names", "OutsideError", "FileNotFoundError", "NotADirectoryError"}


def content(directory: Path) -> bytes:
    """What a reader sees of the file."""
    with open_file(directory, "a/b/file") as file:
        assert stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        return file.read()


def listed(directory: Path) -> bytes:
    """What a scan sees of the folder: the inode tells whose it is."""
    own = (directory.parent / "outside-tree/b/file").stat().st_ino
    with opened(directory) as top:
        folder = open_folder(top, "a/b")
    try:
        with os.scandir(folder) as entries:
            return b"secret" if any(entry.inode() == own for entry in entries) else b"own names"
    finally:
        os.close(folder)
