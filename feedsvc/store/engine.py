"""A database: connections to SQLite or PostgreSQL, with the same promises on both.

``reading`` sees one snapshot, however many statements it takes. ``writing`` excludes all other writers, and is
committed as a whole or not at all.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from threading import Event

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from feedsvc.core.errors import StoreError
from feedsvc.store import notifications
from feedsvc.store.url import Address

_LOCKED = ("is locked by another process", "wait until its round is over, or stop it, then try again")
_READ_ONLY = ("cannot be written", "give this user the right to write the store and its folder")
_FULL = ("cannot grow, the disk is full", "free some space")
_REBUILD = "stop feedsvc and run `feedsvc store rebuild`, or restore it from a backup"

# By the beginning of SQLite's own names, so that the extended ones (SQLITE_BUSY_SNAPSHOT …) are covered.
_SQLITE = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": ("cannot be read or written, the disk reports an error", "check the disk and its free space"),
    "SQLITE_NOTADB": ("is no SQLite database", f"name another file; if it was a store, {_REBUILD}"),
    "SQLITE_CORRUPT": ("is damaged", _REBUILD),
}
_HEAD = b"SQLite format 3\0"
"""The first bytes of a database ("Database File Format", section 1.3.1)."""
# By SQLSTATE (PostgreSQL manual, appendix A).
_POSTGRES = {
    "55P03": _LOCKED,
    "42501": _READ_ONLY,
    "25006": _READ_ONLY,
    "53100": _FULL,
}


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Raise StoreError in place of every error of SQLAlchemy or a database driver."""
    try:
        yield
    except SQLAlchemyError as error:
        what, remedy = _explain(error, address)
        raise StoreError(f"{address.shown} {what}", remedy) from error


def _explain(error: SQLAlchemyError, address: Address) -> tuple[str, str]:
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        return _explain_sqlite(cause, address.file)
    state = getattr(cause, "sqlstate", None)
    if state in _POSTGRES:
        return _POSTGRES[state]
    if address.file is None and cause is not None and state is None:
        return (
            f"cannot be reached ({_line(cause)})",
            "check that the server runs, and host, user, password and database in the URL",
        )
    return _failed(cause or error)


def _explain_sqlite(cause: sqlite3.Error, file: str | None) -> tuple[str, str]:
    name = getattr(cause, "sqlite_errorname", "")
    if name.startswith("SQLITE_CANTOPEN"):
        return _cannot_open(file)
    for beginning, words in _SQLITE.items():
        if name.startswith(beginning):
            return words
    return _failed(cause)


def _cannot_open(file: str | None) -> tuple[str, str]:
    # Path.is_dir() would raise where a folder above may not be searched, and hide the first fault.
    if file is not None and os.path.isdir(file):  # noqa: PTH112 - see above
        return "is a folder", "name a file inside it"
    folder = os.path.dirname(file or "")  # noqa: PTH120 - see above
    if file is not None and not os.path.isdir(folder):  # noqa: PTH112 - see above
        return f"cannot be made, there is no folder {folder}", "create the folder, or name another file"
    return "cannot be opened", _READ_ONLY[1]


def _failed(cause: BaseException) -> tuple[str, str]:
    return f"failed ({_line(cause)})", "try again; if it stays, restore the store from a backup"


def _line(error: BaseException) -> str:
    """The first line of a message; the others hold the statement or repeat the fault for every address."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


_BEGIN = "feedsvc_begin"
"""The execution option that says how SQLite begins a transaction."""
# One fsync a commit, and rounds are rare: a power cut must not take back an id that a reader saw.
_DURABLE = ("PRAGMA synchronous = FULL", "BEGIN IMMEDIATE")
# An idle service that renews its lease must not keep a disk awake.
_VOLATILE = ("PRAGMA synchronous = NORMAL", "BEGIN IMMEDIATE")
_WRITERS = 0x66656564
"""The advisory lock of PostgreSQL's writers: "feed" in ASCII. Its second half is the schema, because two sites
may share a database."""
_IDLE = 5.0
"""Seconds after which PostgreSQL ends the transaction of a writer that sends nothing: a host that was paused or
cut off must not lock the others out."""
_SLACK = 10.0
"""Seconds for which PostgreSQL may send nothing, beyond those for which a writer waits for another."""
_PAUSE = 0.02
"""Seconds between two tries for a lock at which SQLite does not wait by itself."""


class Database:
    """A pool of connections that every thread may use. A forked process must open its own.

    Args:
        address: Where the store is.
        patience: Seconds to wait for another writer before giving up.

    Raises:
        StoreError: The driver for this database is not installed.
    """

    def __init__(self, address: Address, patience: float) -> None:
        self.address = address
        self._file: tuple[int, int] | None = None
        self._patience = patience
        self._ended = Event()
        self._version = None if address.file is None else notifications.FileVersion(address.file)
        if address.file is not None:
            _make_private(address.file)
        self._pool = (
            _sqlite(address, patience) if address.is_sqlite else _postgres(address, patience + _SLACK, self._ended)
        )
        if address.is_sqlite:
            self._readers = self._pool
            self._writers = self._pool.execution_options(**{_BEGIN: _DURABLE})
        else:
            self._readers = self._pool.execution_options(isolation_level="REPEATABLE READ")
            # After the lock each statement must see what the writer before has committed.
            self._writers = self._pool.execution_options(isolation_level="READ COMMITTED")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot of the store."""
        self._look_at_file()
        with translated(self.address), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """One transaction, one writer at a time: committed when the block ends, rolled back when it raises.

        A transaction that is not ``durable`` is visible to all processes at once, but a power cut may undo it, and
        no listener is notified of it.
        """
        writers = self._writers
        if self.address.is_sqlite and not durable:
            writers = writers.execution_options(**{_BEGIN: _VOLATILE})
        self._look_at_file()
        with translated(self.address), writers.begin() as connection:
            if not self.address.is_sqlite:
                self._wait_for_writers(connection)
            yield connection
            if durable and not self.address.is_sqlite:
                notifications.notify(connection)

    def listen(self) -> notifications.ChangeListener | None:
        """A listener for durable transactions; None where the database cannot notify, now or at all."""
        return None if self.address.is_sqlite else notifications.listen(self._pool)

    def version(self) -> tuple[int, ...] | None:
        """A value that is another one after each commit; None where only a query can tell what is new."""
        return None if self._version is None else self._version.read()

    def watch_file(self) -> None:
        """From now on notice when SQLite's file is removed or replaced.

        Its connections would go on with a file that has no name, and lose all that they write.
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

    def close(self) -> None:
        """Close all connections that are not in use; a statement that waits for PostgreSQL is given up."""
        self._ended.set()
        if self._version is not None:
            self._version.close()
        self._pool.dispose()

    def _wait_for_writers(self, connection: Connection) -> None:
        for limit, wait in (("lock_timeout", self._patience), ("idle_in_transaction_session_timeout", _IDLE)):
            milliseconds = f"{round(wait * 1000)}ms"
            connection.execute(
                text("SELECT set_config(:limit, :time, true)"), {"limit": limit, "time": milliseconds}
            )
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:writers, hashtext(current_schema()))"), {"writers": _WRITERS}
        )


def _make_private(file: str) -> None:
    """Make the file of a new store for its owner alone. SQLite gives its journals the rights of their store.

    Drafts and the hashes of access tokens are in it.
    """
    with suppress(OSError):  # the file exists already, or cannot be made, which SQLite says better
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def check_driver(address: Address) -> None:
    """Refuse a PostgreSQL store where psycopg, which an extra brings, is not installed.

    Raises:
        StoreError: It is not installed.
    """
    if find_spec("psycopg") is None:
        raise StoreError(
            f"{address.shown} needs psycopg, the driver for PostgreSQL",
            "install it with: pip install 'feedsvc[postgres]'",
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
        what, remedy = _cannot_open(file)
        raise StoreError(f"{shown} {what}", remedy)
    if exists:
        with open(file, "rb") as opened:  # noqa: PTH123 - see above
            head = opened.read(len(_HEAD))
        if head and head != _HEAD:
            what, remedy = _SQLITE["SQLITE_NOTADB"]
            raise StoreError(f"{shown} {what}", remedy)


def _postgres(address: Address, silence: float, ended: Event) -> Engine:
    check_driver(address)
    from feedsvc.store.postgres import postgres_engine  # noqa: PLC0415 - it loads the driver

    return postgres_engine(address.url, silence, ended)


def _sqlite(address: Address, patience: float) -> Engine:
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
