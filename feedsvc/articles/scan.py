"""Scan: which files the articles directory holds, with what it takes to see that one has changed.

Nothing is opened here. Names are judged, folders are listed, files are asked for size and times, so that
an unchanged directory costs one system call a file.
"""

import os
import re
import stat as modes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from feedsvc.articles.article import Problem, Severity
from feedsvc.errors import DirectoryError

_LEFT_OUT = re.compile(r"\.|#.*#$|(__pycache__|node_modules)$|.*(~|\.sw[a-p]|\.tmp)$", re.IGNORECASE | re.DOTALL)
"""Names that are nobody's article: hidden ones, what editors write beside a file, what tools leave."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, and what ``os.fsdecode`` makes of bytes that are not UTF-8."""


@dataclass(frozen=True, slots=True)
class Stat:
    """By what a file is seen to be unchanged."""

    size: int
    """In bytes."""
    mtime_ns: int
    """When the content was written, as the file says; copying tools set it freely."""
    ctime_ns: int = 0
    """When anything about the file was last changed, as the system says; nobody can set it back."""

    @classmethod
    def of(cls, status: os.stat_result) -> "Stat":
        """What counts of the system's answer."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class Listing:
    """What the articles directory held when it was scanned. Paths are relative to it, with ``/``."""

    files: Mapping[str, Stat]
    """Regular files, sorted by path."""
    problems: tuple[Problem, ...] = ()
    """Names that cannot be used, and places that could not be looked into."""
    held: frozenset[str] = frozenset()
    """Folders and links behind which something may be that could not be seen: what was known there
    counts as present."""

    def holds(self, path: str) -> bool:
        """Whether ``path`` lies where it could not be looked for."""
        return any(path == place or path.startswith(f"{place}/") for place in self.held)


def scan(directory: Path) -> Listing:
    """List ``directory`` and every folder below it.

    Hidden names and editors' temporary files are left out; pipes, sockets and devices too. A link to a file
    counts when the file lies inside the directory; a link to a folder is not followed.

    Raises:
        DirectoryError: The directory itself is missing, is no directory, or cannot be read.
    """
    place = _identity(directory)
    walk = _Walk(os.path.realpath(directory))
    folders = [""]
    while folders:
        folders.extend(walk.enter(folders.pop()))
    if "" in walk.held:
        raise DirectoryError(
            f"the articles directory {directory} cannot be read", "allow it to be read and entered"
        )
    if _identity(directory) != place:
        raise DirectoryError(
            f"the articles directory {directory} was replaced while it was scanned", "scan it again"
        )
    return Listing(
        files={path: walk.files[path] for path in sorted(walk.files)},
        problems=tuple(sorted(walk.problems, key=lambda problem: (problem.path, problem.what))),
        held=frozenset(walk.held),
    )


def _identity(directory: Path) -> tuple[int, int]:
    """Device and inode: a directory that is unmounted in the middle of a scan would look emptied."""
    try:
        status = directory.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise DirectoryError(
            f"the articles directory {directory} does not exist", "create it or name another one"
        ) from None
    except OSError as error:
        raise DirectoryError(
            f"the articles directory {directory} cannot be reached ({error.strerror})", "allow it to be entered"
        ) from error
    if not modes.S_ISDIR(status.st_mode):
        raise DirectoryError(f"{directory} is not a directory", "name the directory that holds the articles")
    return status.st_dev, status.st_ino


class _Walk:
    """What has been seen so far."""

    def __init__(self, top: str) -> None:
        self.top = top
        self.files: dict[str, Stat] = {}
        self.problems: list[Problem] = []
        self.held: set[str] = set()

    def enter(self, folder: str) -> list[str]:
        """List one folder; returns the folders in it. All of it counts, or, where the system refuses, nothing."""
        files: dict[str, Stat] = {}
        folders: list[str] = []
        try:
            with os.scandir(f"{self.top}/{folder}") as entries:
                for entry in entries:
                    if not _LEFT_OUT.match(entry.name):
                        self._see(entry, f"{folder}/{entry.name}" if folder else entry.name, files, folders)
        except OSError as error:
            if folder and isinstance(error, FileNotFoundError | NotADirectoryError):
                return []  # removed since its parent was listed: then it is simply not there
            self._hold(folder, f"this folder cannot be read ({error.strerror})", "allow it to be read and entered")
            return []
        self.files.update(files)
        return folders

    def _see(self, entry: os.DirEntry[str], path: str, files: dict[str, Stat], folders: list[str]) -> None:
        if _UNPRINTABLE.search(entry.name):
            self._report(_printable(path), "the name holds bytes that are no text", "rename it")
        elif entry.is_symlink():
            self._see_link(path, files)
        elif entry.is_dir(follow_symlinks=False):
            folders.append(path)
        elif entry.is_file(follow_symlinks=False):
            try:
                files[path] = Stat.of(entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                return  # removed since its folder was listed

    def _see_link(self, path: str, files: dict[str, Stat]) -> None:
        target = os.path.realpath(f"{self.top}/{path}")
        if not target.startswith(f"{self.top.rstrip('/')}/"):
            remedy = "put a copy of the file here"
            self._report(path, "this link leads out of the articles directory and is left out", remedy, "warning")
            return
        try:
            status = os.stat(target)  # noqa: PTH116  a Path for each of 10,000 links would be felt
        except OSError as error:
            self._hold(path, f"this link leads to nothing ({error.strerror})", "mend or remove it", "warning")
            return
        if modes.S_ISREG(status.st_mode):
            files[path] = Stat.of(status)

    def _hold(self, path: str, what: str, remedy: str, severity: Severity = "problem") -> None:
        self.held.add(path)
        self._report(path, what, remedy, severity)

    def _report(self, path: str, what: str, remedy: str, severity: Severity = "problem") -> None:
        self.problems.append(Problem(path, None, what, remedy, severity))


def _printable(path: str) -> str:
    """The path with what cannot be printed written as an escape, as in a Python string."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1].replace("\\udc", "\\x"), path)
