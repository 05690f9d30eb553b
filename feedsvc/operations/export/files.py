"""The files of an export, as one process writes them; several write at the same time, each other files.

Each file is put in place by a rename, and a journal names it before, so that an export that was killed leaves
nothing that the next one does not know as its own. Files that others put there are never touched.

Nothing outside of the folder is written: every name is taken beneath the folder's descriptor, and no link is
followed.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from feedsvc.articles.source.names import EXPORT_STATE
from feedsvc.core.errors import ExportError
from feedsvc.core.open_beneath import open_directory, open_folder

PART = "part-"
"""The begin of the name of a file that is being written."""
_SECOND = 1_000_000_000
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Written:
    """A file that an export wrote, as the manifest has it."""

    digest: str
    """The digest of the content it was made from; empty if the file was not finished."""
    size: int
    modified: int
    """The modification time in nanoseconds since 1970, as the file system has it."""


class FileWriter:
    """Writes files below the folder of an export, which is there; a context manager.

    Every method raises :class:`ExportError` where the folder cannot be read or written.
    """

    def __init__(self, directory: Path, *, overwrite: bool = False) -> None:
        """Take the folder, and whether files that no export wrote may be overwritten."""
        self.directory = directory
        self.known: dict[str, Written] = {}
        """The files that exports wrote, by name, as far as this process is asked for them."""
        self.now: dict[str, Written] = {}
        """The files of this export so far, written or kept, by name."""
        self.written = 0
        """How many files were written."""
        self.overwrite = overwrite
        self._part = f"{PART}{os.getpid()}"
        self._top = self._own = self._journal = -1
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with self._faults(), ExitStack() as opened:
            self._begin(opened)
            self._open = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def _begin(self, opened: ExitStack) -> None:
        """Open all that is needed, until ``opened`` is closed."""
        self._open_folders(opened)
        self._open_journal(opened)

    def _open_folders(self, opened: ExitStack) -> None:
        self._top = open_directory(self.directory)
        opened.callback(os.close, self._top)
        self._own = open_folder(self._top, EXPORT_STATE, make=True)
        opened.callback(os.close, self._own)

    def _open_journal(self, opened: ExitStack) -> None:
        self._journal = os.open("journal", _APPEND, 0o666, dir_fd=self._own)
        opened.callback(os.close, self._journal)

    def has(self, name: str, digest: str) -> bool:
        """Whether the file exists as an export wrote it from the same ``digest``; it is then kept."""
        known = self.known.get(name)
        if known is None or known.digest != digest or self._stat(name) != (known.size, known.modified):
            return False
        self.now[name] = known
        return True

    def has_all(self, names: Sequence[str], digest: str) -> bool:
        """Whether the first of the files exists, and each of the others that was written with it."""
        known = [name for name in names if name in self.known]
        return known[:1] == [names[0]] and all(self.has(name, digest) for name in known)

    def put(
        self,
        name: str,
        digest: str,
        content: bytes,
        modified: int | None = None,
        *,
        beside: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Write a file, and its compressed copies before it: once it is as it must be, so are they.

        Args:
            name: Where, below the folder.
            digest: Of what it was made of.
            content: Its bytes.
            modified: Its time, in seconds since 1970; None leaves it to the clock of the system.
            beside: Of each copy what its name has at the end, such as ``.gz``, and its bytes.
        """
        files = [*((f"{name}{ending}", each) for ending, each in beside), (name, content)]
        self._place(digest, {each: partial(self._write_part, data, modified) for each, data in files})

    def take(self, name: str, digest: str, source: BinaryIO, modified: int, *, link: bool) -> None:
        """Copy an open file, or link to it where that is possible; a linked one keeps its own time."""
        if not (link and self._linked(name, digest, source)):
            source.seek(0)
            self._place(digest, {name: partial(self._write_part, source, modified)})

    def _write_part(self, content: bytes | BinaryIO, modified: int | None, *, sync: bool = False) -> None:
        with os.fdopen(os.open(self._part, _NEW, 0o666, dir_fd=self._own), "wb") as part:
            if isinstance(content, bytes):
                part.write(content)
            else:
                shutil.copyfileobj(content, part)
            part.flush()
            if sync:
                os.fsync(part.fileno())  # else a rename can outlive what it names when the power goes
            if modified is not None:
                os.utime(part.fileno(), ns=(modified * _SECOND, modified * _SECOND))

    def _linked(self, name: str, digest: str, source: BinaryIO) -> bool:
        """Link to the open file itself, whatever its name leads to by now (linkat(2), ``AT_SYMLINK_FOLLOW``)."""
        this = f"/proc/self/fd/{source.fileno()}"
        link = partial(os.link, this, self._part, dst_dir_fd=self._own, follow_symlinks=True)
        try:
            self._place(digest, {name: link})
        except ExportError:
            with self._faults(), suppress(FileNotFoundError):
                os.unlink(self._part, dir_fd=self._own)
            return False
        return True

    def _place(self, digest: str, files: Mapping[str, Callable[[], object]]) -> None:
        """Put files of one folder in place, by their names; the function given makes each as the part."""
        with self._faults(), self._parent(next(iter(files)), make=True) as (folder, _):
            self._announce(folder, files)
            for name, make in files.items():
                make()
                size, time = _found(self._own, self._part)
                os.rename(self._part, name.rpartition("/")[2], src_dir_fd=self._own, dst_dir_fd=folder)
                self.known[name] = self.now[name] = Written(digest, size, time)
                self.written += 1

    def _announce(self, folder: int, names: Iterable[str]) -> None:
        """Note in the journal which files are about to be written, unless one is there that no export wrote."""
        for name in names:
            is_own = self.overwrite or name in self.known
            if not is_own and _found(folder, name.rpartition("/")[2]) != _NOTHING:
                raise ExportError(
                    f"{self.directory / name} is there, and no export wrote it", "take it away, or say --overwrite"
                )
        # The first line ends one that another process could not finish.
        _write_all(self._journal, "".join(["\n", *(f"{json.dumps(name)}\n" for name in names)]).encode())

    def _stat(self, name: str) -> tuple[int, int]:
        """Size and modification time of a file, -1 and -1 if it does not exist."""
        try:
            with self._parent(name) as (folder, last):
                return _found(folder, last)
        except OSError:
            return _NOTHING

    @contextmanager
    def _parent(self, name: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """The descriptor of the folder that contains ``name``, and the last component of ``name``."""
        above, _, last = name.rpartition("/")
        folder = open_folder(self._top, above, make=make)
        try:
            yield folder, last
        finally:
            os.close(folder)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = self.directory / str(error.filename or "")
            raise ExportError(
                f"cannot write {where} ({error.strerror})", "free space, or allow it to be written"
            ) from error


_NOTHING = (-1, -1)


def _found(folder: int, name: str) -> tuple[int, int]:
    """Size and modification time of a file in a folder; those of a link are its own."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return _NOTHING
    return found.st_size, found.st_mtime_ns


def _write_all(descriptor: int, content: bytes) -> None:
    """Write with one call, so that what two processes append does not mix; or with more where the disk is full."""
    while content:
        content = content[os.write(descriptor, content) :]
