"""The copy of the ledger that is kept beside an SQLite store, so that a damaged store can be rebuilt."""

import contextlib
import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog

from feedsvc.articles.record import Record
from feedsvc.channels.archive import Positions
from feedsvc.core.errors import LedgerError, StoreError
from feedsvc.responses.edition import PublisherState
from feedsvc.responses.site_readers import NO_PRIVACY, Privacy
from feedsvc.store.ledger_file import EarlierFile, ledger_lines
from feedsvc.store.repair import sync_folder
from feedsvc.store.url import sqlite_file

PAUSE = 60.0
"""Seconds between two copies, however many rounds change the ledger meanwhile."""

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


def write_ledger(
    memory: PublisherState, file: Path, privacy: Privacy = NO_PRIVACY, written: WrittenFile | None = None
) -> WrittenFile:
    """Write the ledger into ``file``, whole or not at all, and flush it to the disk.

    Only the file's owner may read it: it holds the titles of drafts, and the hashes of access tokens.

    Args:
        memory: What to write.
        file: Where to.
        privacy: Whom the site is for, and its readers.
        written: What this function returned for the file the last time. The lines of articles that have not
            changed since are copied from the file, unless it is not as it was written.

    Raises:
        LedgerError: The file cannot be written; the file that was there is left as it was.
    """
    new = file.with_name(f".{file.name}.new")
    try:
        if written is not None:
            with contextlib.suppress(FileNotFoundError, ValueError):
                return _write(memory, file, new, _copied_lines(memory, file, privacy, written))
        return _write(memory, file, new, ledger_lines(memory, privacy=privacy))
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise LedgerError(
            f"the ledger cannot be written to {file} ({error.strerror})", "free space, or allow it to be written"
        ) from error


def _write(memory: PublisherState, file: Path, new: Path, lines: Iterable[str]) -> WrittenFile:
    new.unlink(missing_ok=True)  # a file that is there would keep its rights
    digest = hashlib.sha256()
    with open(new, "xb", opener=_private) as out:
        for line in lines:
            encoded = line.encode()
            digest.update(encoded)
            out.write(encoded)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)
    sync_folder(file.parent)
    return WrittenFile(memory.records, memory.archive_positions, digest.digest())


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


class LedgerCopy:
    """The copy of the ledger, written when a round has changed the ledger and the last copy is old enough."""

    def __init__(self, file: Path | None, privacy: Callable[[], Privacy] = Privacy) -> None:
        """Take the copy's file, None where none is wanted, and a function that gives whom the site is for."""
        self._file = file
        self._privacy = privacy
        self._written_privacy = NO_PRIVACY
        self._behind: PublisherState | None = None
        self._seen: PublisherState | None = None
        self._written: WrittenFile | None = None
        self._next = 0.0
        self._failing = False

    def note(self, memory: PublisherState) -> None:
        """Take the state that a round left. The first one after a start counts as new."""
        if self._file is not None and memory is not self._seen:
            self._seen = self._behind = memory

    def write_if_due(self, now: float) -> None:
        """Write the copy if the ledger has changed and the last copy is old enough; ``now`` counts seconds."""
        if self._file is not None and now >= self._next and self.write():
            self._next = now + PAUSE

    def write(self) -> bool:
        """Write the copy if the ledger has changed; returns whether it had. The first failure is logged."""
        if self._seen is None or self._file is None:
            return False
        try:
            privacy = self._privacy()
            # A command may have given or revoked tokens.
            if self._behind is None and privacy == self._written_privacy:
                return False
            self._written = write_ledger(self._seen, self._file, privacy, self._written)
        except (LedgerError, StoreError) as error:
            if not self._failing:
                log.warning("could not write the copy of the ledger", error=error.what, remedy=error.remedy)
            self._failing = True
        else:
            self._behind = None
            self._written_privacy = privacy
            self._failing = False
        return True
