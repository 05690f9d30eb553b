"""SQLite: connections to a file, what becomes of the file, and how it takes the place of a damaged one."""

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from feedsvc.core.errors import StoreError
from feedsvc.store.engine import NO_DATABASE, Address, Database, cannot_open, translated
from feedsvc.store.notifications import ChangeListener, FileListener

_HEAD = b"SQLite format 3\0"
"""The first bytes of a database ("Database File Format", section 1.3.1)."""
_BEGIN = "feedsvc_begin"
"""The execution option that says how SQLite begins a transaction."""
# One fsync a commit, and rounds are rare: a power cut must not take back an id that a reader saw.
_DURABLE = ("PRAGMA synchronous = FULL", "BEGIN IMMEDIATE")
# An idle service that renews its lease must not keep a disk awake.
_VOLATILE = ("PRAGMA synchronous = NORMAL", "BEGIN IMMEDIATE")
_PAUSE = 0.02
"""Seconds between two tries for a lock at which SQLite does not wait by itself."""


class SqliteDatabase(Database):
    """An SQLite file, made if it is not there, for its owner alone: drafts and hashes of tokens are in it.

    Args:
        address: Where the file is.
        patience: Seconds to wait for another writer before giving up.
    """

    def __init__(self, address: Address, patience: float) -> None:
        if address.file is not None:
            # SQLite gives its journals the rights of their store.
            with suppress(OSError):  # the file exists already, or cannot be made, which SQLite says better
                os.close(os.open(address.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        super().__init__(address, _connections(address, patience))
        self._file: tuple[int, int] | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See :class:`.Database`."""
        self._look_at_file()
        with translated(self.address), self._pool.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """See :class:`.Database`."""
        writers = self._pool.execution_options(**{_BEGIN: _DURABLE if durable else _VOLATILE})
        self._look_at_file()
        with translated(self.address), writers.begin() as connection:
            yield connection

    def listen(self) -> ChangeListener | None:
        """See :class:`.Database`; None for a ``file:`` URI, and where the process can have no more descriptors."""
        try:
            return None if self.address.file is None else FileListener(self.address.file)
        except OSError:
            return None

    def watch_file(self) -> None:
        """From now on notice when the file is removed or replaced.

        The connections would go on with a file that has no name, and lose all that they write.
        """
        self._file = self._identity()

    def _look_at_file(self) -> None:
        if self._file is None or self._file == (found := self._identity()):
            return
        if found is None:
            raise StoreError(
                f"{self.address.shown} has vanished", "put it back, or restart feedsvc to begin a new one"
            )
        self._pool.dispose()
        self._file = found

    def _identity(self) -> tuple[int, int] | None:
        """Device and inode of the file; None where there is none."""
        if self.address.file is None:
            return None
        try:
            status = os.stat(self.address.file)  # noqa: PTH116 - asked before every statement
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                f"{self.address.shown} cannot be reached ({error.strerror})",
                "give feedsvc the right to enter its folder",
            ) from error
        return status.st_dev, status.st_ino


def _connections(address: Address, patience: float) -> Engine:
    engine = create_engine(address.url, connect_args={"timeout": patience, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        try:
            # The driver's own idea of when a transaction begins leaves reads and DDL out; see begin().
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            _write_ahead(connection, address.shown, tries=round(patience / _PAUSE))
        except (sqlite3.Error, StoreError):
            # The pool does not close what it could not take in.
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        for statement in connection.get_execution_options().get(_BEGIN, ("BEGIN",)):
            connection.exec_driver_sql(statement)

    return engine


def _write_ahead(connection: sqlite3.Connection, shown: str, tries: int) -> None:
    """Let readers and a writer work side by side (WAL); the file remembers it.

    Two processes that open a new file at once may each hold what the other waits for; SQLite then answers at
    once that it is busy, so the waiting is done here.
    """
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or not tries:
                raise
            tries -= 1
            time.sleep(_PAUSE)
        else:
            break
    if mode != "wal":
        raise StoreError(
            f"{shown} lies where SQLite cannot write ahead (WAL), such as a network file system",
            "name a file on a local disk, or use PostgreSQL",
        )


def check_file(file: str, shown: str) -> None:
    """Refuse a file that cannot be an SQLite store, without opening it as one.

    Raises:
        StoreError: It is a folder, cannot be made or written, or holds something else.
    """
    exists = os.path.isfile(file)  # noqa: PTH113 - Path raises where a folder above may not be searched
    folder = os.path.dirname(file)  # noqa: PTH120 - see above
    writable = os.access(folder, os.W_OK) and (not exists or os.access(file, os.R_OK | os.W_OK))
    if (not exists and (os.path.isdir(file) or not os.path.isdir(folder))) or not writable:  # noqa: PTH112 - see above
        what, remedy = cannot_open(file)
        raise StoreError(f"{shown} {what}", remedy)
    if exists:
        with open(file, "rb") as opened:  # noqa: PTH123 - see above
            head = opened.read(len(_HEAD))
        if head and head != _HEAD:
            what, remedy = NO_DATABASE
            raise StoreError(f"{shown} {what}", remedy)


_BESIDE = ("-wal", "-shm")
"""The suffixes of the files that SQLite keeps beside a database; left behind, they would damage the next one."""
_IN_USE = 128
"""The byte of the ``-shm`` file on which every connection holds a lock (sqlite.org, "WAL-mode File Format")."""


def replace_file(file: Path, fresh: Path, aside: Path) -> None:
    """Put ``fresh`` in the place of ``file``, which is kept as ``aside``; at no moment is the file missing.

    Raises:
        StoreError: The folder cannot be written, or the file cannot be read; then both are as they were, and
            ``fresh`` is removed.
    """
    with ExitStack() as undo:
        try:
            if file.exists():
                _keep(file, aside)
                undo.callback(aside.unlink)
            for suffix in _BESIDE:
                beside, moved = (each.with_name(each.name + suffix) for each in (file, aside))
                if beside.exists():
                    beside.replace(moved)
                    undo.callback(moved.replace, beside)
            fresh.replace(file)
            undo.pop_all()
            sync_folder(file.parent)
        except OSError as error:
            remove_file(fresh)
            raise StoreError(
                f"{file} cannot be replaced ({error.strerror})", "allow its folder to be written"
            ) from error


def _keep(file: Path, aside: Path) -> None:
    """Give the file a second name; copy it where the system allows none.

    Some file systems know no links, and Linux makes none to the file of another user (``fs.protected_hardlinks``).
    """
    try:
        aside.hardlink_to(file)
    except OSError:
        aside.touch(mode=0o600, exist_ok=False)
        try:
            shutil.copyfile(file, aside)
        except OSError:
            aside.unlink()
            raise


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


def is_in_use(file: Path) -> bool:
    """Whether a process has an SQLite file open."""
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
