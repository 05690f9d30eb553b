"""The folder of an export: what is in it that we wrote, and how it changes without anybody seeing half of it.

Each file is put in place by a rename. A journal names what is about to be written, so that an export that was
killed leaves nothing that the next one does not know as its own. What others put there is never touched.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from feedsvc.errors import ExportError

_OWN = ".feedsvc"
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """What we remember of a file that we wrote."""

    digest: str
    """Of what it was made of; empty if it was not finished."""
    size: int
    modified: int
    """In nanoseconds since 1970, as the file system tells it."""


class Tree:
    """The folder, as a context manager that holds its lock.

    Every method raises :class:`ExportError` where the folder cannot be read or written.
    """

    def __init__(self, directory: Path, *, overwrite: bool = False) -> None:
        """Take the folder, and whether files of others in it may be written over."""
        self.directory = directory
        self.written = 0
        """How many files were written."""
        self.deleted = 0
        """How many files were deleted."""
        self._overwrite = overwrite
        self._own = directory / _OWN
        self._known: dict[str, Written] = {}
        self._now: dict[str, Written] = {}
        self._open = ExitStack()
        self._journal: TextIO | None = None

    def __enter__(self) -> Self:
        with self._faults(), ExitStack() as opened:
            self._claim(opened)
            self._known = self._remembered()
            (self._own / "part").unlink(missing_ok=True)
            self._journal = opened.enter_context((self._own / "journal").open("a", encoding="utf-8"))
            self._journal.write("\n")
            self._open = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def begin(self) -> None:
        """Forget what was written and kept so far: another edition comes in its place."""
        self._now = {}

    def has(self, name: str, digest: str) -> bool:
        """Whether the file is there as we wrote it of the same ``digest``; it is then kept."""
        known = self._known.get(name)
        if known is None or known.digest != digest or _stat(self.directory / name) != (known.size, known.modified):
            return False
        self._now[name] = known
        return True

    def has_all(self, names: Sequence[str], digest: str) -> bool:
        """Whether the first of the files is there, and each of the others that was written with it."""
        known = [name for name in names if name in self._known]
        return known[:1] == [names[0]] and all(self.has(name, digest) for name in known)

    def put(self, name: str, digest: str, content: bytes, modified: int | None = None) -> None:
        """Write a file.

        Args:
            name: Where, below the folder.
            digest: Of what it was made of.
            content: Its bytes.
            modified: Its time, in seconds since 1970; None leaves it to the clock of the system.
        """
        self._place(name, digest, lambda part: part.write_bytes(content), modified)

    def take(self, name: str, digest: str, source: Path, modified: int, *, link: bool) -> None:
        """Copy a file from elsewhere, or link to it where that is possible; a linked one keeps its own time."""
        linked = link and self._linked(name, digest, source)
        if not linked:
            self._place(name, digest, lambda part: shutil.copyfile(source, part), modified)

    def finish(self) -> None:
        """Delete what was written once and is there no more, and remember the rest."""
        with self._faults():
            for name in sorted(self._known.keys() - self._now.keys()):
                self._delete(name)
            told = {name: [each.digest, each.size, each.modified] for name, each in sorted(self._now.items())}
            part = self._own / "part"
            with part.open("w", encoding="utf-8") as out:
                json.dump({"version": 1, "files": told}, out, indent=0)
                out.flush()
                os.fsync(out.fileno())  # else a rename can outlive what it names when the power goes
            part.replace(self._own / "manifest.json")
            (self._own / "journal").unlink(missing_ok=True)

    def _claim(self, opened: ExitStack) -> None:
        """Make the folder ours, unless it is somebody else's."""
        if self.directory.exists() and not self._own.exists() and not self._overwrite:
            with os.scandir(self.directory) as entries:
                if next(entries, None) is not None:
                    raise ExportError(
                        f"{self.directory} is not empty, and nothing was exported into it before",
                        "name another folder, or say --overwrite",
                    )
        self._own.mkdir(parents=True, exist_ok=True)
        lock = opened.enter_context((self._own / "lock").open("w", encoding="utf-8"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExportError(
                f"another export is writing into {self.directory}", "wait until it has ended"
            ) from error

    def _remembered(self) -> dict[str, Written]:
        """What the last export wrote, and what one that was killed after it had begun to."""
        manifest, journal = self._own / "manifest.json", self._own / "journal"
        try:
            files = json.loads(manifest.read_text("utf-8"))["files"] if manifest.exists() else {}
            known = {name: Written(*each) for name, each in files.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ExportError(
                f"{manifest} is damaged, so it is not known which files an export wrote",
                "export into a new folder, or delete that file and say --overwrite",
            ) from error
        begun = journal.read_text("utf-8").splitlines() if journal.exists() else []
        return known | {name: Written("", 0, 0) for line in begun if (name := _named(line))}

    def _linked(self, name: str, digest: str, source: Path) -> bool:
        with suppress(ExportError):
            self._place(name, digest, lambda part: os.link(source, part), None)
            return True
        return False

    def _place(self, name: str, digest: str, make: Callable[[Path], object], modified: int | None) -> None:
        target, part = self.directory / name, self._own / "part"
        with self._faults():
            self._announce(name, target)
            part.unlink(missing_ok=True)
            make(part)
            if modified is not None:
                os.utime(part, ns=(modified * _SECOND, modified * _SECOND))
            target.parent.mkdir(parents=True, exist_ok=True)
            size, time = _stat(part)
            part.replace(target)
        self._known[name] = self._now[name] = Written(digest, size, time)
        self.written += 1

    def _announce(self, name: str, target: Path) -> None:
        if name not in self._known and not self._overwrite and target.exists():
            raise ExportError(f"{target} is there, and no export wrote it", "take it away, or say --overwrite")
        if self._journal is not None:
            self._journal.write(f"{json.dumps(name)}\n")
            self._journal.flush()

    def _delete(self, name: str) -> None:
        target = self.directory / name
        with suppress(FileNotFoundError):
            target.unlink()
            self.deleted += 1
        for folder in target.parents:
            if folder == self.directory or not _is_empty(folder):
                break
            folder.rmdir()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename or self.directory
            raise ExportError(
                f"cannot write {where} ({error.strerror})", "free space, or allow it to be written"
            ) from error


def _stat(file: Path) -> tuple[int, int]:
    """Size and time of a file; -1 and -1 if it is not there."""
    try:
        found = file.lstat()
    except OSError:
        return -1, -1
    return found.st_size, found.st_mtime_ns


def _named(line: str) -> str:
    """What a line of a journal names; nothing if it is half of one, upon which nothing was written."""
    try:
        return str(json.loads(line))
    except ValueError:
        return ""


def _is_empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except FileNotFoundError:
        return False
