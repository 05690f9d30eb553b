"""Open files beneath a directory and nowhere else, even if a folder is replaced by a link meanwhile.

A path that was checked and is then opened by its name leads wherever its folders lead at that moment. Here each
component is opened by the descriptor of the one above it (POSIX ``openat`` with ``O_NOFOLLOW``), so that what was
checked is what is opened. A symbolic link on the way is read, and its target walked by the same rule.
"""

import errno
import os
import posixpath
import stat as modes
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import TypeVar

_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""Flags to open a folder on the way: the right to enter it is enough (``O_PATH``, where the system has it)."""
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
"""Flags to open a file, without waiting for a pipe or device."""
_IS_NO_FOLDER = frozenset({errno.ENOTDIR, errno.ELOOP, getattr(errno, "EMLINK", errno.ELOOP)})
"""The errors with which systems refuse a link because of ``O_NOFOLLOW``."""
_MOST_LINKS = 40
"""The most links that one path may contain, as in Linux (path_resolution(7))."""

_Opened = TypeVar("_Opened")


class OutsideError(OSError):
    """The path leads out of the directory."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.EXDEV, "it leads out of the directory", path)


def real_path(path: Path) -> Path:
    """The absolute path without links; of links that lead in a circle, as far as they can be followed.

    ``Path.resolve`` raises RuntimeError for a circle before Python 3.13.
    """
    return Path(os.path.realpath(path))


def is_folder(path: Path) -> bool:
    """Whether there is a folder at ``path`` that can be reached.

    Before Python 3.14, pathlib raises where a folder above may not be searched.
    """
    return os.path.isdir(path)  # noqa: PTH112 - see above


def is_file(path: Path) -> bool:
    """Whether there is a regular file at ``path`` that can be reached; see :func:`is_folder`."""
    return os.path.isfile(path)  # noqa: PTH113 - see above


def open_beneath(directory: str | Path, path: str) -> int:
    """Open the file at ``path`` for reading; links that stay in ``directory`` are followed.

    Args:
        directory: Where the path begins. Links may lead to it: where it lies is the operator's choice.
        path: Relative to it, with ``/``.

    Returns:
        A descriptor, which the caller closes. It may be that of a pipe or a device: ask ``fstat``.

    Raises:
        OutsideError: It leads out of ``directory``.
        OSError: It cannot be opened, or is not there.
    """
    return _resolve(directory, path, partial(_open, flags=_FILE))


def open_file(directory: str | Path, path: str) -> BufferedReader:
    """Open the regular file at ``path`` as :func:`open_beneath` does, as a Python file.

    Raises:
        OutsideError: It leads out of ``directory``.
        OSError: It cannot be opened, or is no regular file.
    """
    descriptor = open_beneath(directory, path)
    if not modes.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", path)
    return os.fdopen(descriptor, "rb")


def stat_beneath(directory: str | Path, path: str) -> os.stat_result:
    """The status of the file that :func:`open_beneath` would open; it needs no right to read the file.

    Raises:
        OutsideError: It leads out of ``directory``.
        OSError: It cannot be reached, or is not there.
    """
    return _resolve(directory, path, _stat)


def open_directory(directory: str | Path) -> int:
    """Open ``directory``, links followed, so that files beneath it can be opened by its descriptor.

    Raises:
        OSError: It is not there, is no directory, or cannot be read.
    """
    return os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def open_folder(top: int, folder: str, *, make: bool = False) -> int:
    """Open a folder beneath an open directory; no link is followed.

    Args:
        top: The descriptor of the directory.
        folder: Relative to it, with ``/``; empty for the directory itself.
        make: Whether to make folders that are not there.

    Returns:
        A descriptor, which is the caller's to close.

    Raises:
        OSError: A component is missing, no folder, or a link.
    """
    here = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=top)
    for name in folder.split("/") if folder else ():
        try:
            below = _folder(here, name, make=make)
        finally:
            os.close(here)
        here = below
    return here


def _folder(above: int, name: str, *, make: bool) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    if name in {"", ".", ".."}:
        raise OutsideError(name)
    try:
        return os.open(name, flags, dir_fd=above)
    except FileNotFoundError:
        if not make:
            raise
    with suppress(FileExistsError):  # somebody made it just now; what it is, the opening tells
        os.mkdir(name, dir_fd=above)
    return os.open(name, flags, dir_fd=above)


def _open(name: str, above: int, *, flags: int) -> int:
    return os.open(name, flags, dir_fd=above)


def _stat(name: str, above: int) -> os.stat_result:
    """The status of a file; a link is refused as ``O_NOFOLLOW`` refuses it."""
    found = os.stat(name, dir_fd=above, follow_symlinks=False)
    if modes.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name)
    return found


def _resolve(directory: str | Path, path: str, finish: Callable[[str, int], _Opened]) -> _Opened:
    """Call ``finish`` with the last component of the path and the descriptor of the folder that contains it."""
    descent = _Descent(directory, path)
    try:
        return descent.run(finish)
    except OSError as error:
        if not isinstance(error, OutsideError):
            error.filename = path
        raise
    finally:
        descent.close()


class _Descent:
    """A walk from a directory down a path, with a descriptor of every folder on the way."""

    def __init__(self, directory: str | Path, path: str) -> None:
        self._directory = directory
        self._path = path
        self._ahead = path.split("/")[::-1]
        self._names: list[str] = []
        self._folders = [os.open(directory, _FOLDER & ~os.O_NOFOLLOW)]
        self._links = 0

    def close(self) -> None:
        for folder in self._folders:
            os.close(folder)

    def run(self, finish: Callable[[str, int], _Opened]) -> _Opened:
        while self._ahead:
            name = self._ahead.pop()
            if name in {"", "."}:
                continue
            if name == "..":
                self._up()
                continue
            try:
                if not self._ahead:
                    return finish(name, self._folders[-1])
                self._folders.append(_open(name, self._folders[-1], flags=_FOLDER))
                self._names.append(name)
            except OSError as error:
                if error.errno not in _IS_NO_FOLDER:
                    raise
                self._follow(name, error)
        return finish(".", self._folders[-1])

    def _up(self) -> None:
        if self._names:
            self._names.pop()
            os.close(self._folders.pop())
        else:
            self._come_back("..")

    def _follow(self, name: str, error: OSError) -> None:
        """Continue with the target of the link ``name``; raise ``error`` if it is no link."""
        try:
            target = os.readlink(name, dir_fd=self._folders[-1])
        except OSError:
            raise error from None
        self._links += 1
        if self._links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), self._path)
        if target.startswith("/"):
            self._come_back(target)
        else:
            self._ahead.extend(target.split("/")[::-1])

    def _come_back(self, out: str) -> None:
        """Start again at the directory if the rest of the path leads out of it by ``out`` and back into it."""
        real = os.path.realpath(self._directory)
        whole = posixpath.normpath(posixpath.join(real, out, *self._ahead[::-1]))
        if not f"{whole}/".startswith(f"{real.rstrip('/')}/"):
            raise OutsideError(self._path)
        self._ahead = whole[len(real.rstrip("/")) + 1 :].split("/")[::-1]
        while self._names:
            self._up()
