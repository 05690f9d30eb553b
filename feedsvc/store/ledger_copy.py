"""The copy of the ledger that is kept beside an SQLite store, so that a damaged store can be rebuilt."""

import contextlib
import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog

from feedsvc.articles.record import Record
from feedsvc.channels.archive import Positions
from feedsvc.core.errors import FeedsvcError, LedgerError, StoreError
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

    records: Mapping[str, Record]
    positions: Positions
    digest: bytes
    """SHA-256 of the file, by which is seen that nobody changed it, and that the disk has not damaged it."""


def write_ledger(memory: PublisherState, file: Path, privacy: Privacy = NO_PRIVACY) -> None:
    """Write the ledger into ``file``, whole or not at all, and flush it to the disk.

    Only the file's owner may read it: it holds the titles of drafts, and the hashes of access tokens.

    Args:
        memory: What to write.
        file: Where to.
        privacy: Whom the site is for, and its readers.

    Raises:
        LedgerError: The file cannot be written; the file that was there is left as it was.
    """
    deque(_steps(memory, file, privacy, None), maxlen=0)


def _steps(memory: PublisherState, file: Path, privacy: Privacy, written: WrittenFile | None) -> Steps:
    """Write the ledger as :func:`write_ledger` does, step by step.

    Args:
        memory: What to write.
        file: Where to.
        privacy: Whom the site is for, and its readers.
        written: What the steps returned for the file the last time. The lines of articles that have not changed
            since are copied from the file, unless it is not as it was written.

    Raises:
        LedgerError: The file cannot be written; the file that was there is left as it was.
    """
    new = file.with_name(f".{file.name}.new")
    try:
        if written is not None:
            with contextlib.suppress(FileNotFoundError, ValueError):
                return (yield from _write(memory, file, new, _copied_lines(memory, file, privacy, written)))
        return (yield from _write(memory, file, new, ledger_lines(memory, privacy=privacy)))
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise LedgerError(
            f"the ledger cannot be written to {file} ({error.strerror})", "free space, or allow it to be written"
        ) from error
    except GeneratorExit:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise


def _write(memory: PublisherState, file: Path, new: Path, lines: Iterable[str]) -> Steps:
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
    return WrittenFile(memory.records, memory.archive_positions, digest.digest())


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
    with file.open("rb") as old:
        lines = _decoded_lines(old, digest.update)
        yield from ledger_lines(
            memory, privacy=privacy, earlier=EarlierFile(written.records, written.positions, lines)
        )
        deque(lines, maxlen=0)
    if digest.digest() != written.digest:
        raise ValueError(f"{file} is not as it was written")


def _decoded_lines(file: BinaryIO, note: Callable[[bytes], None]) -> Iterator[str]:
    for line in file:
        note(line)
        yield line.decode()


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


@dataclass(frozen=True, slots=True)
class _Unfinished:
    """A copy that is being written."""

    memory: PublisherState
    privacy: Privacy
    steps: Steps


class LedgerCopy:
    """The copy of the ledger, written when a round has changed the ledger and the last copy is old enough."""

    def __init__(self, file: Path | None, privacy: Callable[[], Privacy] = Privacy) -> None:
        """Take the copy's file, None where none is wanted, and a function that gives whom the site is for."""
        self._file = file
        self._privacy = privacy
        self._written_privacy = NO_PRIVACY
        self._seen: PublisherState | None = None
        """The ledger, as the last round left it."""
        self._copied: PublisherState | None = None
        """The ledger that the copy holds."""
        self._written: WrittenFile | None = None
        self._unfinished: _Unfinished | None = None
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
        if self._unfinished is not None and self._go_on(self._unfinished, is_awaited):
            self._next = now + PAUSE

    def write(self) -> None:
        """Write the copy to its end, if the ledger has changed."""
        if self._unfinished is None or self._unfinished.memory is not self._seen:
            self.drop_unfinished()
            self._begin()
        if self._unfinished is not None:
            self._go_on(self._unfinished, lambda: False)

    def drop_unfinished(self) -> None:
        """Give up a copy that was left off: another process may have written a newer one since."""
        if self._unfinished is not None:
            self._unfinished.steps.close()
            self._unfinished = None

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
        if self._seen is not self._copied or privacy != self._written_privacy:
            steps = _steps(self._seen, self._file, privacy, self._written)
            self._unfinished = _Unfinished(self._seen, privacy, steps)

    def _go_on(self, unfinished: _Unfinished, is_awaited: Callable[[], bool]) -> bool:
        """Go on with a copy; returns whether it has come to its end, or has failed."""
        try:
            while not is_awaited():
                next(unfinished.steps)
        except StopIteration as end:
            self._written, self._written_privacy = end.value, unfinished.privacy
            self._copied, self._failing = unfinished.memory, False
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
