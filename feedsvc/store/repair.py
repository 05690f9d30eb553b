"""Repair: put a new SQLite file in the place of a damaged one, which is kept under another name."""

import fcntl
import os
from pathlib import Path

from feedsvc.core.errors import StoreError
from feedsvc.store.url import parse

_BESIDE = ("-wal", "-shm")
"""The suffixes of the files that SQLite keeps beside a database; left behind, they would damage the next one."""
_IN_USE = 128
"""The byte of the ``-shm`` file on which every connection holds a lock (sqlite.org, "WAL-mode File Format")."""


def rebuildable_file(url: str) -> Path:
    """The file of an SQLite store that no process has open.

    Raises:
        StoreError: The store is a server's, or in use.
    """
    address = parse(url)
    if address.file is None:
        raise StoreError(
            f"{address.shown} is not a file that can be renamed",
            "restore the database, or use `feedsvc store restore` with an empty one",
        )
    file = Path(address.file)
    if _is_in_use(file):
        raise StoreError(f"{address.shown} is in use", "stop feedsvc first")
    return file


def replace_file(file: Path, fresh: Path, aside: Path) -> None:
    """Put ``fresh`` in the place of ``file``, which is renamed to ``aside``; at no moment is the file missing.

    Raises:
        StoreError: The folder cannot be written.
    """
    try:
        for suffix in _BESIDE:
            beside = file.with_name(file.name + suffix)
            if beside.exists():
                beside.replace(aside.with_name(aside.name + suffix))
        if file.exists():
            aside.hardlink_to(file)
        fresh.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        raise StoreError(
            f"{file} cannot be replaced ({error.strerror})", "allow its folder to be written"
        ) from error


def remove_file(file: Path) -> None:
    """Remove an SQLite file that was never finished, with its journals."""
    for suffix in ("", *_BESIDE):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Flush a folder to the disk, so that a power cut does not undo a rename."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_in_use(file: Path) -> bool:
    try:
        handle = os.open(f"{file}-shm", os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(
            f"{file}-shm cannot be opened ({error.strerror})", "run this as feedsvc's user"
        ) from error
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _IN_USE)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
