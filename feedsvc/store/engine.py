"""The database behind a store: its URL, its faults in words, and what SQLite and PostgreSQL both promise."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from feedsvc.core.errors import StoreError
from feedsvc.core.printable import redacted_url
from feedsvc.store.notifications import ChangeListener

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_FORMS = "write sqlite:///file.db, sqlite:////absolute/file.db or postgresql://user@host/database"


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a store."""

    url: URL = field(repr=False)
    """With the driver that feedsvc uses."""
    shown: str
    """The URL without its password, for messages."""
    file: str | None
    """The absolute path of an SQLite file; None for a server, and for a ``file:`` URI."""

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite; else it is PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"


def parse(text: str) -> Address:
    """Read the URL of a store.

    Raises:
        StoreError: It is no URL, of another database, or names no file.
    """
    shown = redacted_url(text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # SQLAlchemy's message may contain the whole URL, with its password.
        raise StoreError(f"{shown!r} is no store URL", _FORMS) from None
    if "@" in (url.host or ""):
        # Half of the password would be taken for the host, and stand in messages.
        raise StoreError(f"{shown} has a password with an @ in it", "write the @ as %40")
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise StoreError(f"{shown} is of a database that feedsvc does not know", _FORMS)
    url = url.set(drivername=driver)
    return Address(url, shown, _file(url, shown) if driver.startswith("sqlite") else None)


def sqlite_file(text: str) -> Path | None:
    """The absolute path of the file that a store's URL names; None for a server, and for a ``file:`` URI."""
    file = parse(text).file
    return None if file is None else Path(file)


def _file(url: URL, shown: str) -> str | None:
    # A database in memory would be another one in each process, and gone after the last.
    in_memory = url.database in {None, "", ":memory:"} or url.query.get("mode") == "memory"
    if url.host or url.database is None or in_memory:
        raise StoreError(f"{shown} names no file", _FORMS)
    return None if url.database.startswith("file:") else os.path.abspath(url.database)  # noqa: PTH100 - as SQLAlchemy


_LOCKED = ("is locked by another process", "wait until its round is over, or stop it, then try again")
_READ_ONLY = ("cannot be written", "give this user the right to write the store and its folder")
_FULL = ("cannot grow, the disk is full", "free some space")
_REBUILD = "stop feedsvc and run `feedsvc store rebuild`, or restore it from a backup"
NO_DATABASE = ("is no SQLite database", f"name another file; if it was a store, {_REBUILD}")
_FAULTS = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": ("cannot be read or written, the disk reports an error", "check the disk and its free space"),
    "SQLITE_NOTADB": NO_DATABASE,
    "SQLITE_CORRUPT": ("is damaged", _REBUILD),
    "55P03": _LOCKED,
    "42501": _READ_ONLY,
    "25006": _READ_ONLY,
    "53100": _FULL,
}
"""By the beginning of SQLite's name, so that extended ones (SQLITE_BUSY_SNAPSHOT …) are covered, or by SQLSTATE
(PostgreSQL manual, appendix A)."""


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
    name = getattr(cause, "sqlite_errorname" if address.is_sqlite else "sqlstate", None)
    if name is not None and name.startswith("SQLITE_CANTOPEN"):
        return cannot_open(address.file)
    for beginning, words in _FAULTS.items():
        if name is not None and name.startswith(beginning):
            return words
    if cause is not None and name is None and not address.is_sqlite:
        return (
            f"cannot be reached ({_line(cause)})",
            "check that the server runs, and host, user, password and database in the URL",
        )
    return f"failed ({_line(cause or error)})", "try again; if it stays, restore the store from a backup"


def cannot_open(file: str | None) -> tuple[str, str]:
    """Why SQLite cannot open a file, and what to do."""
    # Path.is_dir() would raise where a folder above may not be searched, and hide the first fault.
    if file is not None and os.path.isdir(file):  # noqa: PTH112 - see above
        return "is a folder", "name a file inside it"
    folder = os.path.dirname(file or "")  # noqa: PTH120 - see above
    if file is not None and not os.path.isdir(folder):  # noqa: PTH112 - see above
        return f"cannot be made, there is no folder {folder}", "create the folder, or name another file"
    return "cannot be opened", _READ_ONLY[1]


def _line(error: BaseException) -> str:
    """The first line of a message; the others hold the statement or repeat the fault for every address."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


class Database(ABC):
    """A pool of connections that every thread may use. A forked process must open its own."""

    def __init__(self, address: Address, pool: Engine) -> None:
        self.address = address
        self._pool = pool

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """One snapshot of the store, however many statements it takes."""

    @abstractmethod
    def writing(self, *, durable: bool = True) -> AbstractContextManager[Connection]:
        """One transaction, one writer at a time: committed when the block ends, rolled back when it raises.

        A transaction that is not ``durable`` is visible to all processes at once, but a power cut may undo it, and
        no listener has to be notified of it.
        """

    def listen(self) -> ChangeListener | None:
        """A listener for durable transactions; None where the database cannot notify, now or at all."""
        return None

    def watch_file(self) -> None:  # noqa: B027 - only SQLite has one
        """From now on notice when SQLite's file is removed or replaced."""

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._pool.dispose()
