"""The folder of an export: the files that feedsvc wrote, changed so that no visitor sees half of an edition.

A manifest names the files that the last export wrote. Those that the site no longer has are deleted last. A
manifest or journal that names other places is refused whole, since it is not ours.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from feedsvc.articles.source.names import EXPORT_STATE
from feedsvc.core.errors import ExportError
from feedsvc.operations.export.files import PART, FileWriter, Written

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LOCK = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class ExportDirectory(FileWriter):
    """The folder, as a context manager that holds its lock; it is made if it does not exist.

    It writes files by itself, and knows those that other processes write meanwhile (:meth:`add`).
    """

    def __init__(self, directory: Path, *, overwrite: bool = False) -> None:
        """Take the folder, and whether files that no export wrote may be overwritten."""
        super().__init__(directory, overwrite=overwrite)
        self.deleted = 0
        """How many files were deleted."""

    def restart(self) -> None:
        """Forget which files were written and kept so far, because another edition is exported instead."""
        self.recover()
        self.known |= self.now
        self.now = {}

    def recover(self) -> None:
        """Know as unfinished all files that a process began to write and that were not added."""
        self.known |= {name: Written("", 0, 0) for name in self._begun() if name not in self.now}

    def add(self, files: Mapping[str, Written], written: int) -> None:
        """Add the files that another process has, so many of them written."""
        self.now.update(files)
        self.written += written

    def finish(self) -> None:
        """Delete the files of earlier exports that this one does not have, and write the manifest."""
        with self._faults():
            for name in sorted(self.known.keys() - self.now.keys()):
                self._delete(name)
            files = {name: [each.digest, each.size, each.modified] for name, each in sorted(self.now.items())}
            manifest = json.dumps({"version": 1, "files": files}).encode()
            self._write_part(manifest, None, sync=True)
            os.rename(self._part, "manifest.json", src_dir_fd=self._own, dst_dir_fd=self._own)
            self._remove_own(["journal"])

    def _begin(self, opened: ExitStack) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        names = {each.name for each in self.directory.iterdir()}
        if names and EXPORT_STATE not in names and not self.overwrite:
            raise ExportError(
                f"{self.directory} is not empty, and nothing was exported into it before",
                "name another folder, or say --overwrite",
            )
        self._open_folders(opened)
        self._lock(opened)
        self.known = self._remembered()
        with os.scandir(self._own) as entries:
            self._remove_own([each.name for each in entries if each.name.startswith(PART)])
        self._open_journal(opened)

    def _lock(self, opened: ExitStack) -> None:
        lock = os.open("lock", _LOCK, 0o666, dir_fd=self._own)
        opened.callback(os.close, lock)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExportError(
                f"another export is writing into {self.directory}", "wait until it has ended"
            ) from error

    def _remembered(self) -> dict[str, Written]:
        """The files that the last export wrote, and those that a killed export after it had begun to write."""
        manifest = self._read_own("manifest.json")
        try:
            files = {} if manifest is None else json.loads(manifest)["files"]
            known = {name: Written(*each) for name, each in files.items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise self._refusal("manifest.json", "is damaged") from error
        begun = self._begun()
        for file, names in (("manifest.json", known), ("journal", begun)):
            for name in names:
                if not _is_plain(name):
                    raise self._refusal(file, f"names {name!r}, which no export can have written")
        return known | {name: Written("", 0, 0) for name in begun}

    def _begun(self) -> list[str]:
        """The files that the journal names."""
        return [name for line in (self._read_own("journal") or b"").splitlines() if (name := _named(line))]

    def _refusal(self, name: str, fault: str) -> ExportError:
        return ExportError(
            f"{self.directory / EXPORT_STATE / name} {fault}, so it is not known which files an export wrote",
            "export into a new folder, or delete that file and say --overwrite",
        )

    def _read_own(self, name: str) -> bytes | None:
        with suppress(FileNotFoundError), os.fdopen(os.open(name, _READ, dir_fd=self._own), "rb") as file:
            return file.read()
        return None

    def _remove_own(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=self._own)

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


def _named(line: bytes) -> str:
    """The file that a line of a journal names; empty for an incomplete line, after which nothing was written."""
    try:
        return str(json.loads(line))
    except (ValueError, RecursionError):
        return ""


def _is_plain(name: str) -> bool:
    """Whether an export can have written a file of this name beneath the folder."""
    parts = name.split("/")
    return parts[0] != EXPORT_STATE and not any(part in {"", ".", ".."} or "\0" in part for part in parts)
