"""The folder of an export: the files that feedsvc wrote, changed so that no visitor sees half of an edition.

Each file is put in place by a rename. A journal names what is about to be written, so that an export that was
killed leaves nothing that the next one does not know as its own. Files that others put there are never touched.

Nothing outside of the folder is written or deleted: every name is taken beneath the folder's descriptor, no link
is followed, and a manifest or journal that names other places is refused whole, since it is not ours.
"""

import errno
import fcntl
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

from feedsvc.core.errors import ExportError
from feedsvc.core.open_beneath import open_directory, open_folder

_OWN = ".feedsvc"
_SECOND = 1_000_000_000
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Written:
    """A file that an export wrote, as the journal has it."""

    digest: str
    """The digest of the content it was made from; empty if the file was not finished."""
    size: int
    modified: int
    """The modification time in nanoseconds since 1970, as the file system has it."""


class ExportDirectory:
    """The folder, as a context manager that holds its lock.

    Every method raises :class:`ExportError` where the folder cannot be read or written.
    """

    def __init__(self, directory: Path, *, overwrite: bool = False) -> None:
        """Take the folder, and whether files that no export wrote may be overwritten."""
        self.directory = directory
        self.written = 0
        """How many files were written."""
        self.deleted = 0
        """How many files were deleted."""
        self._overwrite = overwrite
        self._top = self._own = -1
        self._known: dict[str, Written] = {}
        self._now: dict[str, Written] = {}
        self._open = ExitStack()
        self._journal: BinaryIO | None = None

    def __enter__(self) -> Self:
        with self._faults(), ExitStack() as opened:
            self._claim(opened)
            self._known = self._remembered()
            self._remove_own("part")
            self._journal = opened.enter_context(self._open_own("journal", _APPEND, "ab"))
            self._journal.write(b"\n")
            self._open = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def begin(self) -> None:
        """Forget which files were written and kept so far, because another edition is exported instead."""
        self._now = {}

    def digests(self) -> frozenset[str]:
        """The digests of what the files were made of that the last export wrote; some may be gone or changed."""
        return frozenset(each.digest for each in self._known.values())

    def has(self, name: str, digest: str) -> bool:
        """Whether the file exists as an export wrote it from the same ``digest``; it is then kept."""
        known = self._known.get(name)
        if known is None or known.digest != digest or self._stat(name) != (known.size, known.modified):
            return False
        self._now[name] = known
        return True

    def has_all(self, names: Sequence[str], digest: str) -> bool:
        """Whether the first of the files exists, and each of the others that was written with it."""
        known = [name for name in names if name in self._known]
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

    def finish(self) -> None:
        """Delete the files of earlier exports that this one does not have, and write the journal."""
        with self._faults():
            for name in sorted(self._known.keys() - self._now.keys()):
                self._delete(name)
            files = {name: [each.digest, each.size, each.modified] for name, each in sorted(self._now.items())}
            manifest = json.dumps({"version": 1, "files": files}, indent=0).encode()
            self._write_part(manifest, None, sync=True)
            os.rename("part", "manifest.json", src_dir_fd=self._own, dst_dir_fd=self._own)
            self._remove_own("journal")

    def _claim(self, opened: ExitStack) -> None:
        """Prepare the folder for exports, unless it holds files that no export wrote."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._top = open_directory(self.directory)
        opened.callback(os.close, self._top)
        if not self._overwrite and not self._is_ours():
            raise ExportError(
                f"{self.directory} is not empty, and nothing was exported into it before",
                "name another folder, or say --overwrite",
            )
        self._own = open_folder(self._top, _OWN, make=True)
        opened.callback(os.close, self._own)
        lock = opened.enter_context(self._open_own("lock", _APPEND, "ab"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExportError(
                f"another export is writing into {self.directory}", "wait until it has ended"
            ) from error

    def _is_ours(self) -> bool:
        """Whether the folder is empty, or an export wrote it."""
        with os.scandir(self._top) as entries:
            names = {entry.name for entry in entries}
        return not names or _OWN in names

    def _remembered(self) -> dict[str, Written]:
        """The files that the last export wrote, and those that a killed export after it had begun to write."""
        manifest, journal = self._read_own("manifest.json"), self._read_own("journal")
        try:
            files = {} if manifest is None else json.loads(manifest)["files"]
            known = {name: Written(*each) for name, each in files.items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise self._refusal("manifest.json", "is damaged") from error
        begun = [name for line in (journal or b"").splitlines() if (name := _named(line))]
        for file, names in (("manifest.json", known), ("journal", begun)):
            for name in names:
                if not _is_plain(name):
                    raise self._refusal(file, f"names {name!r}, which no export can have written")
        return known | {name: Written("", 0, 0) for name in begun}

    def _refusal(self, name: str, fault: str) -> ExportError:
        return ExportError(
            f"{self.directory / _OWN / name} {fault}, so it is not known which files an export wrote",
            "export into a new folder, or delete that file and say --overwrite",
        )

    def _open_own(self, name: str, flags: int, mode: str) -> BinaryIO:
        """Open a file of the export itself, such as the journal; it is never a link."""
        descriptor = os.open(name, flags, 0o666, dir_fd=self._own)
        return os.fdopen(descriptor, mode)  # type: ignore[return-value]  # the mode is a binary one

    def _read_own(self, name: str) -> bytes | None:
        with suppress(FileNotFoundError), self._open_own(name, _READ, "rb") as file:
            return file.read()
        return None

    def _remove_own(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._own)

    def _write_part(self, content: bytes | BinaryIO, modified: int | None, *, sync: bool = False) -> None:
        with self._open_own("part", _NEW, "wb") as part:
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
        link = partial(os.link, this, "part", dst_dir_fd=self._own, follow_symlinks=True)
        try:
            self._place(digest, {name: link})
        except ExportError:
            with self._faults():
                self._remove_own("part")
            return False
        return True

    def _place(self, digest: str, files: Mapping[str, Callable[[], object]]) -> None:
        """Put files of one folder in place, by their names; each is made as ``part`` by the function given."""
        with self._faults(), self._parent(next(iter(files)), make=True) as (folder, _):
            self._announce(folder, files)
            for name, make in files.items():
                make()
                size, time = _found(self._own, "part")
                os.rename("part", name.rpartition("/")[2], src_dir_fd=self._own, dst_dir_fd=folder)
                self._known[name] = self._now[name] = Written(digest, size, time)
                self.written += 1

    def _announce(self, folder: int, names: Iterable[str]) -> None:
        """Note in the journal which files are about to be written, unless one is there that no export wrote."""
        for name in names:
            is_own = self._overwrite or name in self._known
            if not is_own and _found(folder, name.rpartition("/")[2]) != _NOTHING:
                raise ExportError(
                    f"{self.directory / name} is there, and no export wrote it", "take it away, or say --overwrite"
                )
        if self._journal is not None:
            self._journal.write("".join(f"{json.dumps(name)}\n" for name in names).encode())
            self._journal.flush()

    def _stat(self, name: str) -> tuple[int, int]:
        """Size and modification time of a file, -1 and -1 if it does not exist."""
        try:
            with self._parent(name) as (folder, last):
                return _found(folder, last)
        except OSError:
            return _NOTHING

    def _delete(self, name: str) -> None:
        try:
            with self._parent(name) as (folder, last):
                os.unlink(last, dir_fd=folder)
                self.deleted += 1
            while name := name.rpartition("/")[0]:
                with self._parent(name) as (folder, last):
                    os.rmdir(last, dir_fd=folder)
        except OSError as error:
            if error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENOTEMPTY, errno.EEXIST}:
                raise  # a folder that is not empty stays, and what lies behind a link is not ours

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


def _named(line: bytes) -> str:
    """The file that a line of a journal names; empty for an incomplete line, after which nothing was written."""
    try:
        return str(json.loads(line))
    except (ValueError, RecursionError):
        return ""


def _is_plain(name: str) -> bool:
    """Whether an export can have written a file of this name beneath the folder."""
    parts = name.split("/")
    return parts[0] != _OWN and not any(part in {"", ".", ".."} or "\0" in part for part in parts)
