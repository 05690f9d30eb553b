"""The copy of the ledger that is kept beside an SQLite store, so that a damaged store can be rebuilt."""

import contextlib
import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog

from feedsvc.core.errors import FeedsvcError, LedgerError, StoreError
from feedsvc.core.open_beneath import real_path
from feedsvc.responses.edition import PublisherState
from feedsvc.responses.site_readers import NO_PRIVACY, Privacy
from feedsvc.store.engine import sqlite_file
from feedsvc.store.ledger_file import EarlierFile, ledger_lines
from feedsvc.store.sqlite import sync_folder

PAUSE = 60.0
"""Seconds between two copies, however many rounds change the ledger meanwhile."""
_FLUSHED = 8_000_000
"""After so many bytes a part is flushed to the disk, so that no step has to wait for all of a large file."""

Steps = Generator[None, None, "WrittenFile"]
"""The writing of a file, a line a step. It may be left off after any step; until the last the old file stays."""

log = structlog.get_logger()


def copy_file(store: str) -> Path | None:
    """The copy of the ledger of a store: of ``feedsvc.db`` ``feedsvc.ledger.json``; None for a server."""
    file = sqlite_file(store)
    return None if file is None else file.with_name(f"{file.stem}.ledger.json")


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A ledger file as it was written: enough to copy unchanged lines from it, without having them in memory."""

    memory: PublisherState
    privacy: Privacy
    digest: bytes
    """SHA-256 of the file, by which is seen that nobody changed it, and that the disk has not damaged it."""


def write_ledger(memory: PublisherState, file: Path, privacy: Privacy = NO_PRIVACY) -> None:
    """Write the ledger into ``file``, whole or not at all, and flush it to the disk.

    Only the file's owner may read it: it holds the titles of drafts, and the hashes of access tokens.

    Args:
        memory: What to write.
        file: Where to. A link stays one. A pipe or a device is written to, and no file takes its place.
        privacy: Whom the site is for, and its readers.

    Raises:
        LedgerError: The file cannot be written; the file that was there is left as it was.
    """
    if _is_stream(file):
        try:
            with file.open("w", encoding="utf-8") as stream:
                stream.writelines(ledger_lines(memory, privacy=privacy))
        except OSError as error:
            raise _unwritten(file, error) from error
    else:
        deque(_steps(memory, file, privacy, None), maxlen=0)


def _is_stream(file: Path) -> bool:
    """Whether there is a pipe, a device or a socket at ``file``."""
    try:
        mode = file.stat().st_mode
    except OSError:  # there is nothing, or it cannot be reached, of which the writing tells
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _steps(memory: PublisherState, file: Path, privacy: Privacy, written: WrittenFile | None) -> Steps:
    """Write the ledger as :func:`write_ledger` does, step by step.

    The lines of articles that have not changed since the file was ``written`` are copied from it, unless it is not
    as it was written.
    """
    file = real_path(file)
    new = file.with_name(f".{file.name}.new")
    try:
        if written is not None:
            with contextlib.suppress(FileNotFoundError, ValueError):
                digest = yield from _write(file, new, _copied_lines(memory, file, privacy, written))
                return WrittenFile(memory, privacy, digest)
        digest = yield from _write(file, new, ledger_lines(memory, privacy=privacy))
        return WrittenFile(memory, privacy, digest)
    except BaseException as error:  # also where the steps are given up half-way
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise _unwritten(file, error) from error


def _unwritten(file: Path, error: OSError) -> LedgerError:
    what = f"the ledger cannot be written to {file} ({error.strerror})"
    return LedgerError(what, "free space, or allow it to be written")


def _write(file: Path, new: Path, lines: Iterable[str]) -> Generator[None, None, bytes]:
    """Write lines into ``new``, and put that in the place of ``file``; gives its digest."""
    new.unlink(missing_ok=True)  # a file that is there would keep its rights
    digest, flushed = hashlib.sha256(), 0
    with open(new, "xb", opener=_private) as out:
        for line in lines:
            encoded = line.encode()
            digest.update(encoded)
            out.write(encoded)
            if out.tell() - flushed >= _FLUSHED:
                flushed = _flush(out)
            yield
        _flush(out)
    new.replace(file)
    sync_folder(file.parent)
    return digest.digest()


def _flush(file: BinaryIO) -> int:
    """Flush what was written to the disk; returns how many bytes that is in all."""
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


def _copied_lines(memory: PublisherState, file: Path, privacy: Privacy, written: WrittenFile) -> Iterator[str]:
    """The lines of a ledger file, those of articles that have not changed from the file that is there.

    Raises:
        ValueError: That file is not as it was written.
    """
    digest = hashlib.sha256()

    def decoded(file: BinaryIO) -> Iterator[str]:
        for line in file:
            digest.update(line)
            yield line.decode()

    with file.open("rb") as old:
        lines = decoded(old)
        yield from ledger_lines(memory, privacy=privacy, earlier=EarlierFile(written.memory, lines))
        deque(lines, maxlen=0)
    if digest.digest() != written.digest:
        raise ValueError(f"{file} is not as it was written")


def _private(file: str, flags: int) -> int:
    return os.open(file, flags, 0o600)


def warn_of_loose_files(store: str) -> None:
    """Warn of each file of an SQLite store that other users of this machine may read or write."""
    file, copy = sqlite_file(store), copy_file(store)
    if file is None or copy is None:
        return
    for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm"), copy):
        with contextlib.suppress(FileNotFoundError):
            mode = stat.S_IMODE(each.stat().st_mode)
            if mode & 0o077:
                log.warning(
                    "other users of this machine can read the store, with drafts and token hashes",
                    file=str(each),
                    mode=f"{mode:04o}",
                    remedy=f"chmod 600 {each}",
                )


class LedgerCopy:
    """The copy of the ledger, written when a round has changed the ledger and the last copy is old enough."""

    def __init__(self, file: Path | None, privacy: Callable[[], Privacy] = Privacy) -> None:
        """Take the copy's file, None where none is wanted, and a function that gives whom the site is for."""
        self._file = file
        self._privacy = privacy
        self._seen: PublisherState | None = None
        """The ledger, as the last round left it."""
        self._written: WrittenFile | None = None
        self._unfinished: tuple[PublisherState, Steps] | None = None
        """The ledger of a copy that is being written, and its next steps."""
        self._next = 0.0
        self._failing = False

    def note(self, memory: PublisherState) -> None:
        """Take the state that a round left. The first one after a start counts as new."""
        self._seen = memory

    def write_if_due(self, now: float, is_awaited: Callable[[], bool] = lambda: False) -> None:
        """Write the copy if the ledger has changed and the last copy is old enough.

        Args:
            now: A time in seconds, of a clock that runs evenly.
            is_awaited: Asked after each article whether this thread has something else to do. The copy is then
                left off, and the next call goes on with it, with the ledger as it was.
        """
        if self._unfinished is None and now >= self._next:
            self._begin()
        if self._unfinished is not None and self._go_on(self._unfinished[1], is_awaited):
            self._next = now + PAUSE

    def write(self) -> None:
        """Write the copy to its end, if the ledger has changed."""
        if self._unfinished is None or self._unfinished[0] is not self._seen:
            self.drop_unfinished()
            self._begin()
        if self._unfinished is not None:
            self._go_on(self._unfinished[1], lambda: False)

    def drop_unfinished(self) -> None:
        """Give up a copy that was left off: another process may have written a newer one since."""
        unfinished, self._unfinished = self._unfinished, None
        if unfinished is not None:
            with contextlib.suppress(LedgerError):  # a full disk does not take the last lines of what is given up
                unfinished[1].close()

    def _begin(self) -> None:
        """Begin a copy, if the ledger or whom the site is for has changed."""
        if self._seen is None or self._file is None:
            return
        try:
            privacy = self._privacy()
        except StoreError as error:
            self._fail(error)
            return
        # A command may have given or revoked tokens.
        written = self._written
        if written is None or self._seen is not written.memory or privacy != written.privacy:
            self._unfinished = self._seen, _steps(self._seen, self._file, privacy, written)

    def _go_on(self, steps: Steps, is_awaited: Callable[[], bool]) -> bool:
        """Go on with a copy; returns whether it has come to its end, or has failed."""
        try:
            while not is_awaited():
                next(steps)
        except StopIteration as end:
            self._written, self._failing = end.value, False
        except LedgerError as error:
            self._fail(error)
        else:
            return False
        self._unfinished = None
        return True

    def _fail(self, error: FeedsvcError) -> None:
        """Log the first failure of several."""
        if not self._failing:
            log.warning("could not write the copy of the ledger", error=error.what, remedy=error.remedy)
        self._failing = True
