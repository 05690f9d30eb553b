"""The copy of the ledger that is kept beside an SQLite store, so that a damaged store can be rebuilt."""

import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import structlog

from feedsvc.core.errors import LedgerError, StoreError
from feedsvc.responses.access import NO_PRIVACY, Privacy
from feedsvc.responses.edition import PublisherState
from feedsvc.store.ledger_file import Told, ledger_lines
from feedsvc.store.repair import sync_folder
from feedsvc.store.url import sqlite_file

PAUSE = 60.0
"""Seconds between two copies, however many rounds change the ledger meanwhile."""

log = structlog.get_logger()


def copy_file(store: str) -> Path | None:
    """Where the copy of a store's ledger is: ``feedsvc.db`` has ``feedsvc.ledger.json``. None for a server's."""
    file = sqlite_file(store)
    return None if file is None else file.with_name(f"{file.stem}.ledger.json")


def write_ledger(
    memory: PublisherState, file: Path, told: Told | None = None, privacy: Privacy = NO_PRIVACY
) -> None:
    """Write the ledger into ``file``, whole or not at all, and see to it that it is on the disk.

    It is made for its owner alone: the titles of drafts are in it, and the hashes of access tokens.

    Args:
        memory: What to write.
        file: Where to.
        told: What was written the last time; it is brought up to date.
        privacy: Whom the store is for, and who its readers are.

    Raises:
        LedgerError: It cannot be written; what was there is left as it was.
    """
    new = file.with_name(f".{file.name}.new")
    try:
        new.unlink(missing_ok=True)  # it would keep its rights
        with open(new, "x", encoding="utf-8", opener=_private) as out:
            out.writelines(ledger_lines(memory, told, privacy))
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise LedgerError(
            f"the ledger cannot be written to {file} ({error.strerror})", "free space, or allow it to be written"
        ) from error


def _private(file: str, flags: int) -> int:
    return os.open(file, flags, 0o600)


def warn_of_loose_files(store: str) -> None:
    """Say which files of an SQLite store others on this machine may read or write; nothing where there is none."""
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
    """Knows whether the copy is behind, and writes it when there is time."""

    def __init__(self, file: Path | None, privacy: Callable[[], Privacy] = Privacy) -> None:
        """Take where the copy is, None where none is wanted; and what tells whom the store is for."""
        self._file = file
        self._privacy = privacy
        self._told = NO_PRIVACY
        self._behind: PublisherState | None = None
        self._seen: PublisherState | None = None
        self._lines: Told = {}
        self._next = 0.0
        self._failing = False

    def note(self, memory: PublisherState) -> None:
        """Take what a round left. The first one after a start counts as new."""
        if self._file is not None and memory is not self._seen:
            self._seen = self._behind = memory

    def write_if_due(self, now: float) -> None:
        """Write the copy if it is behind and the last one is old enough; ``now`` counts seconds."""
        if self._file is not None and now >= self._next and self.write():
            self._next = now + PAUSE

    def write(self) -> bool:
        """Write the copy if it is behind, and say whether it was. A failure is told once, and tried again."""
        if self._seen is None or self._file is None:
            return False
        try:
            told = self._privacy()
            if self._behind is None and told == self._told:  # else a command has given or revoked some
                return False
            write_ledger(self._seen, self._file, self._lines, told)
        except (LedgerError, StoreError) as error:
            if not self._failing:
                log.warning("could not write the copy of the ledger", error=error.what, remedy=error.remedy)
            self._failing = True
        else:
            self._behind = None
            self._told = told
            self._failing = False
        return True
