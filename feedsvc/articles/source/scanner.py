"""The scanner: lists the files of the articles directory, with the sizes and times by which a change is noticed.

It opens no file. It judges names, lists folders and asks the system for sizes and times, so that an unchanged
directory costs one system call a file.
"""

import os
import re
import stat as modes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from feedsvc.articles.model import Problem, Severity
from feedsvc.articles.source.listing import Listing, Stat, Verdict
from feedsvc.articles.source.names import (
    ARTICLE_SUFFIXES,
    EXPORT_STATE,
    EXPORTED,
    IGNORE_FILE,
    TOOLS,
    folder_data,
    is_data_file,
    is_ignored_name,
    is_sidecar,
    marks_project,
)
from feedsvc.articles.source.selection import Ignore, IgnoreError, read_ignore
from feedsvc.core.errors import DirectoryError
from feedsvc.core.media_types import MEDIA_TYPES
from feedsvc.core.open_beneath import OutsideError, open_directory, open_folder, stat_beneath

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, and what ``os.fsdecode`` makes of bytes that are not UTF-8."""


_SUFFIXES = "|".join(
    re.escape(suffix) for suffix in (*ARTICLE_SUFFIXES, *MEDIA_TYPES) if not is_data_file(f"name{suffix}")
)
_is_plain_name = re.compile(
    rf"(?!readme|licen[cs]e)[a-z0-9][a-z0-9 _.-]*(?:{_SUFFIXES})", re.IGNORECASE | re.ASCII
).fullmatch
"""Whether a name is surely that of an article or media file, as nearly all are: nobody ignores it, and it says
nothing of other files and of no project. All other names are looked at one by one, which takes longer."""
_stat = partial(tuple.__new__, Stat)
"""A :class:`Stat` of a tuple, without a call of Python's for each file of each scan."""


def scan(directory: Path, pulse: Callable[[], None] = lambda: None) -> Listing:
    """List ``directory`` and every folder below it.

    Hidden names, editors' temporary files and what a ``.feedsvcignore`` names are left out; pipes, sockets and
    devices too. A link to a file counts when the file lies inside the directory; one to a folder is not followed.

    Args:
        directory: The articles directory.
        pulse: Called before each folder; what it raises ends the scan.

    Raises:
        DirectoryError: The directory itself is missing, is no directory, or cannot be read, or its
            ``.feedsvcignore`` cannot.
    """
    place = _identity(directory)
    with _opened(directory) as walk:
        folders = [*walk.begin()]
        while folders:
            pulse()
            folders.extend(walk.enter(*folders.pop()))
    if _identity(directory) != place:
        raise DirectoryError(
            f"the articles directory {directory} was replaced while it was scanned", "scan it again"
        )
    return Listing(
        files=walk.files,
        problems=tuple(sorted(walk.problems, key=lambda problem: (problem.path, problem.what))),
        held=frozenset(walk.held),
        data=walk.data,
        sidecars=frozenset(walk.sidecars),
        projects=frozenset(walk.projects),
        let_in=frozenset(walk.let_in),
        tools=tuple(sorted(walk.tools)),
        folders=walk.folders,
        links=frozenset(walk.links),
    )


def check_directory(directory: Path) -> None:
    """Look into the top of ``directory`` alone, as a service does that is about to begin.

    Raises:
        DirectoryError: As :func:`scan`.
    """
    _identity(directory)
    with _opened(directory) as walk:
        walk.begin()


@contextmanager
def _opened(directory: Path) -> Iterator["_Walk"]:
    """A walk that begins at the directory's descriptor, so that a folder swapped for a link leads nowhere."""
    try:
        top = open_directory(directory)
    except OSError as error:
        raise _unreadable(directory) from error
    try:
        yield _Walk(directory, top)
    finally:
        os.close(top)


def _unreadable(directory: Path) -> DirectoryError:
    return DirectoryError(f"the articles directory {directory} cannot be read", "allow it to be read and entered")


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


_Folder = tuple[str, Ignore | None]
"""A folder, relative to the articles directory, and the patterns that hold above it."""


class _Walk:
    """The files that were seen so far."""

    def __init__(self, directory: Path, top: int) -> None:
        self.directory = directory
        self.name = directory.resolve().name
        self.top = top
        self.files: dict[str, Stat] = {}
        self.problems: list[Problem] = []
        self.held: set[str] = set()
        self.data: dict[str, tuple[str, ...]] = {}
        self.sidecars: list[str] = []
        self.projects: list[str] = []
        self.let_in: list[str] = []
        self.tools: list[str] = []
        self.folders: dict[str, Verdict | None] = {}
        self.links: list[str] = []

    def begin(self) -> list[_Folder]:
        """List the top; returns the folders in it.

        Raises:
            DirectoryError: It, or what is to be left out of it, cannot be known.
        """
        folders = self.enter("", None)
        if IGNORE_FILE in self.held:
            (fault,) = (each for each in self.problems if each.path == IGNORE_FILE and each.severity == "problem")
            raise DirectoryError(
                f"{self.directory / fault.place} cannot be used, so feedsvc cannot know what may be published"
                f" ({fault.what})",
                fault.remedy,
            )
        if "" in self.held:
            raise _unreadable(self.directory)
        return folders

    def enter(self, folder: str, above: Ignore | None) -> list[_Folder]:
        """List one folder; returns the folders in it. All of it counts, or, where the system refuses, nothing."""
        try:
            found = self._list(folder)
        except OSError as error:
            if folder and isinstance(error, FileNotFoundError | NotADirectoryError):
                return []  # removed, or become a link, since its parent was listed: then it is simply not there
            self._hold(folder, f"this folder cannot be read ({error.strerror})", "allow it to be read and entered")
            return []
        ignore = self._ignore(folder, above) if found.ignores else above
        if f"{found.prefix}{IGNORE_FILE}" in self.held:
            self.held.add(folder)
            return []
        self._take(found, ignore)
        self.folders[folder] = ignore.verdict if ignore else None
        return [(path, ignore) for path in found.folders]

    def _list(self, folder: str) -> "_Found":
        found = _Found(f"{folder}/" if folder else "")
        descriptor = open_folder(self.top, folder)
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    found.see(entry)
        finally:
            os.close(descriptor)
        if found.is_exported and (site := f"{found.prefix}{EXPORTED}") in found.folders:
            found.folders.remove(site)  # its pages are articles already
            found.tools.append(f"{site}/")
        return found

    def _ignore(self, folder: str, above: Ignore | None) -> Ignore | None:
        """The patterns of the folder; where they cannot be known, the whole folder is held."""
        path = f"{folder}/{IGNORE_FILE}" if folder else IGNORE_FILE
        try:
            ignore = read_ignore(self.directory, folder, above)
        except FileNotFoundError:
            return above
        except (OSError, IgnoreError) as error:
            if isinstance(error, IgnoreError):
                line, why, remedy = error.line, str(error), error.remedy
            else:
                line, why, remedy = None, str(error.strerror), "mend its rights, or put a file in its place"
            self.held.add(path)
            what = f"feedsvc cannot know which files of this folder to leave out ({why})"
            self.problems.append(Problem(path, line, what, remedy))
            return above
        for line, pattern in ignore.faults:
            what = f'"{_printable(pattern)}" is no pattern'
            self.problems.append(Problem(path, line, what, "write it as for git, or remove it", "warning"))
        return ignore

    def _take(self, found: "_Found", ignore: Ignore | None) -> None:
        """Judge what was found in one folder."""
        if ignore is not None:
            found.leave_out(ignore)
        self.files.update(found.files)
        self._note_data(found)
        self.let_in += found.let_in
        self.tools += found.tools
        for path in found.links:
            self._see_link(path)
        for path in found.unprintable:
            self._report(_printable(path), "the name holds bytes that are no text", "rename it")

    def _note_data(self, found: "_Found") -> None:
        """Note which files of one folder say something of articles."""
        folder = found.prefix.rstrip("/")
        cut = len(found.prefix)
        called = folder.rpartition("/")[2] or self.name
        others = [path for path in found.others if path in found.files]
        if data := folder_data(called, (path[cut:] for path in others)):
            self.data[folder] = tuple(found.prefix + name for name in data)
        self.sidecars += filter(is_sidecar, others)
        if found.is_project or any(marks_project(path[cut:]) for path in others):
            self.projects.append(folder)

    def _see_link(self, path: str) -> None:
        try:
            status = stat_beneath(self.directory, path)
        except OutsideError:
            remedy = "put a copy of the file here"
            self._report(path, "this link leads out of the articles directory and is left out", remedy, "warning")
            return
        except OSError as error:
            self._hold(
                path, f"this symbolic link has no target ({error.strerror})", "mend or remove it", "warning"
            )
            return
        if modes.S_ISREG(status.st_mode):
            self.files[path] = Stat.of(status)
            self.links.append(path)

    def _hold(self, path: str, what: str, remedy: str, severity: Severity = "problem") -> None:
        self.held.add(path)
        self._report(path, what, remedy, severity)

    def _report(self, path: str, what: str, remedy: str, severity: Severity = "problem") -> None:
        self.problems.append(Problem(path, None, what, remedy, severity))


class _Found:
    """The entries of one folder. Written for speed, since it sees every file of every scan."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.files: dict[str, Stat] = {}
        self.others: list[str] = []
        """Those of the files whose names are not plain."""
        self.folders: list[str] = []
        self.links: list[str] = []
        self.unprintable: list[str] = []
        self.ignores = False
        self.is_project = False
        self.is_exported = False
        self.let_in: list[str] = []
        self.tools: list[str] = []

    def see(self, entry: os.DirEntry[str]) -> None:
        name = entry.name
        is_plain = _is_plain_name(name) is not None
        if not is_plain and is_ignored_name(name):
            self.ignores = self.ignores or name == IGNORE_FILE
            self.is_project = self.is_project or marks_project(name)
            self.is_exported = self.is_exported or name == EXPORT_STATE
            if name in TOOLS and entry.is_dir(follow_symlinks=False):
                self.tools.append(f"{self.prefix}{name}/")
        elif not is_plain and not name.isprintable() and _UNPRINTABLE.search(name):
            self.unprintable.append(self.prefix + name)
        elif entry.is_file(follow_symlinks=False):
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                return  # removed since its folder was listed
            path = self.prefix + name
            written, changed = status.st_mtime_ns, status.st_ctime_ns
            # Mostly these are equal, and two objects would take more memory than one.
            self.files[path] = _stat((status.st_size, written, written if written == changed else changed))
            if not is_plain:
                self.others.append(path)
        elif entry.is_symlink():
            self.links.append(self.prefix + name)
        elif entry.is_dir(follow_symlinks=False):
            self.folders.append(self.prefix + name)

    def leave_out(self, ignore: Ignore) -> None:
        verdicts = {path: ignore.verdict(path) for path in self.files}
        self.files = {path: stat for path, stat in self.files.items() if not verdicts[path]}
        self.let_in = [path for path, verdict in verdicts.items() if verdict is False]
        self.folders += [path[:-1] for path in self.tools if ignore.verdict(path) is False]
        self.tools = [path for path in self.tools if ignore.verdict(path) is None]
        self.folders = [path for path in self.folders if not ignore.leaves_out(f"{path}/")]
        self.links = [path for path in self.links if not ignore.leaves_out(path)]
        self.unprintable = [path for path in self.unprintable if not ignore.leaves_out(_printable(path))]


def _printable(path: str) -> str:
    """The path with what cannot be printed written as an escape, as in a Python string."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1].replace("\\udc", "\\x"), path)
