"""Faults: what a database complains about, told to the operator in one line with a remedy."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from feedsvc.errors import StoreError
from feedsvc.store.address import Address

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
# By SQLSTATE (PostgreSQL manual, appendix A).
_POSTGRES = {
    "55P03": _LOCKED,
    "42501": _READ_ONLY,
    "25006": _READ_ONLY,
    "53100": _FULL,
}


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Let no error of SQLAlchemy or a driver out, only StoreError."""
    try:
        yield
    except SQLAlchemyError as error:
        what, remedy = _words(error, address)
        raise StoreError(f"{address.shown} {what}", remedy) from error


def _words(error: SQLAlchemyError, address: Address) -> tuple[str, str]:
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        return _sqlite_words(cause, address.file)
    state = getattr(cause, "sqlstate", None)
    if state in _POSTGRES:
        return _POSTGRES[state]
    if address.file is None and cause is not None and state is None:
        return (
            f"cannot be reached ({_line(cause)})",
            "check that the server runs, and host, user, password and database in the URL",
        )
    return _failed(cause or error)


def _sqlite_words(cause: sqlite3.Error, file: str | None) -> tuple[str, str]:
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
