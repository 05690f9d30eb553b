"""Notifications: how a web worker learns of a commit, so that a new edition is served within a moment.

SQLite has none. There a worker looks several times a second: one pragma and one ``stat`` say whether anything was
committed since the last look. PostgreSQL has its own (NOTIFY, LISTEN), on a connection that is kept for them.

A notification is an accelerator, and says no more than "look". It may get lost, such as behind a pooler of
connections, so a worker looks by itself now and then as well.
"""

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Protocol, cast

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

_CHANNEL = "feedsvc"
"""The channel of PostgreSQL's notifications; another site in the same database wakes in vain, which is no harm."""


class FileVersion:
    """Tells whether an SQLite file has changed, on a connection of its own. Any thread may ask."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._identity = (0, 0)
        self._opened = 0

    def read(self) -> tuple[int, ...] | None:
        """A value that is another one after each commit, and where another file is in the place of this one.

        None where the file cannot be read: then it may have changed.
        """
        with self._lock:
            try:
                status = os.stat(self._file)  # noqa: PTH116 - a name, as everywhere in the store
                connection = self._open((status.st_dev, status.st_ino))
                # It changes when another connection has committed (sqlite.org, "PRAGMA data_version").
                (version,) = connection.execute("PRAGMA data_version").fetchone()
            except (OSError, sqlite3.Error):
                self._close()
                return None
            return self._opened, version, status.st_mtime_ns, status.st_size

    def close(self) -> None:
        """Close the connection; another is opened if the version is read again."""
        with self._lock:
            self._close()

    def _open(self, identity: tuple[int, int]) -> sqlite3.Connection:
        if self._connection is None or identity != self._identity:
            self._close()
            name = f"{Path(self._file).as_uri()}?mode=rw"
            self._connection = sqlite3.connect(name, uri=True, timeout=0, check_same_thread=False)
            self._identity = identity
            self._opened += 1  # versions of two connections say nothing of each other
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Listening(Protocol):
    """A connection of psycopg, as far as it matters here."""

    autocommit: bool

    def execute(self, query: str) -> object: ...
    def notifies(self, *, timeout: float) -> Iterable[object]: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...


class ChangeListener:
    """Receives the notifications of a PostgreSQL server. Used by one thread."""

    def __init__(self, connection: _Listening, fault: type[Exception]) -> None:
        """Listen on a connection of its own; ``fault`` is what that raises."""
        self._connection = connection
        self._fault = fault
        connection.autocommit = True
        connection.execute(f"LISTEN {_CHANNEL}")
        # libpq closes its own as soon as the connection is lost, and whoever waits for it has yet to be told.
        self._descriptor = os.dup(connection.fileno())

    def fileno(self) -> int:
        """The descriptor to wait for; the same until the end."""
        return self._descriptor

    def heard(self) -> bool:
        """Be ready for the next notification; False if none will come: the connection is lost."""
        try:
            for _ in self._connection.notifies(timeout=0):
                pass
        except (self._fault, UnicodeError):  # the latter where another program notifies, in another encoding
            return False
        return True

    def close(self) -> None:
        """Give the connection up."""
        os.close(self._descriptor)
        self._connection.close()


def listen(engine: Engine) -> ChangeListener | None:
    """A listener for the commits of a PostgreSQL store; None where the server has no connection for it now."""
    fault = cast("type[Exception]", engine.dialect.loaded_dbapi.Error)
    try:
        pooled = engine.raw_connection()
    except (SQLAlchemyError, fault):
        return None
    connection = cast("_Listening", pooled.driver_connection)
    pooled.detach()
    try:
        return ChangeListener(connection, fault)
    except (fault, OSError):
        connection.close()
        return None


def notify(connection: Connection) -> None:
    """Notify all listeners once the PostgreSQL transaction of ``connection`` is committed, if it is."""
    connection.execute(text(f"NOTIFY {_CHANNEL}"))
