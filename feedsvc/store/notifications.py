"""The bell: it is rung after a commit, so that a new edition is on the wire in a moment and nobody asks in vain.

SQLite has no notices. There the file is touched once what was written can be seen, and Linux tells who watches it
(inotify(7)). PostgreSQL has its own (NOTIFY, LISTEN), on a connection that is kept for them.

It is an accelerator, and says no more than "look". Where there is none, or a notice goes astray, such as behind a
pooler of connections, nobody is told: whoever listens has to look by himself now and then as well.
"""

import errno
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol, cast

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.core.libc import fault, function
from feedsvc.store.url import Address

_CHANNEL = "feedsvc"
"""Of PostgreSQL's notices; another site in the same database wakes in vain, which is no harm."""
_TOUCHED, _RENAMED = 0x4, 0x800
"""Of inotify: what to tell of. It tells by itself that it watches no more."""
_init, _add_watch = function("inotify_init1"), function("inotify_add_watch")
_EVENT = struct.Struct("iIII")
_MUCH = 4096


class _Listening(Protocol):
    """A connection of psycopg, as far as it matters here."""

    autocommit: bool

    def execute(self, query: str) -> object: ...
    def notifies(self, *, timeout: float) -> Iterable[object]: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...


class FileListener:
    """Hears when an SQLite file is touched. Used by one thread."""

    def __init__(self, path: str) -> None:
        """Watch the file at ``path``.

        Raises:
            OSError: It is not there, or the system watches no more, or cannot.
        """
        if _init is None or _add_watch is None:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), path)
        self._path = path
        self._inode = os.stat(path).st_ino  # noqa: PTH116 - of a name, as all of the store
        self._descriptor = _init(os.O_NONBLOCK | os.O_CLOEXEC)
        watched = _add_watch(self._descriptor, os.fsencode(path), _TOUCHED | _RENAMED)
        if watched < 0:
            error = fault(path)
            if self._descriptor >= 0:
                os.close(self._descriptor)
            raise error

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return int(self._descriptor)

    def heard(self) -> bool:
        """Be ready for the next ring; False if there will be none: another file is in its place, or none."""
        there = True
        with suppress(BlockingIOError):
            while events := os.read(self._descriptor, _MUCH):
                masks = [mask for _, mask, _, _ in _EVENT.iter_unpack(events)]
                there = there and not any(mask & ~_TOUCHED for mask in masks)
        with suppress(OSError):
            return there and os.stat(self._path).st_ino == self._inode  # noqa: PTH116 - see above
        return False

    def close(self) -> None:
        """Watch it no more."""
        os.close(self._descriptor)


class ServerListener:
    """Hears the notices of a PostgreSQL server. Used by one thread."""

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
        """Be ready for the next ring; False if there will be none: the connection is lost."""
        try:
            for _ in self._connection.notifies(timeout=0):
                pass
        except (self._fault, UnicodeError):  # the latter where somebody else rings, with words in another encoding
            return False
        return True

    def close(self) -> None:
        """Give the connection up."""
        os.close(self._descriptor)
        self._connection.close()


ChangeListener = FileListener | ServerListener


def listen(address: Address, engine: Engine) -> ChangeListener | None:
    """A bell for the store at ``address``; None where there is none, now or at all."""
    if not address.is_sqlite:
        return _at_server(engine)
    if address.file is None:
        return None
    try:
        return FileListener(address.file)
    except OSError:
        return None


def _at_server(engine: Engine) -> ChangeListener | None:
    fault = cast("type[Exception]", engine.dialect.loaded_dbapi.Error)
    try:
        pooled = engine.raw_connection()
    except (SQLAlchemyError, fault):
        return None
    connection = cast("_Listening", pooled.driver_connection)
    pooled.detach()
    try:
        return ServerListener(connection, fault)
    except (fault, OSError):
        connection.close()
        return None


def notify_within(connection: Connection) -> None:
    """Ring PostgreSQL's bell once the transaction of ``connection`` is committed, if it is."""
    connection.execute(text(f"NOTIFY {_CHANNEL}"))


def notify(file: str) -> None:
    """Ring the bell of SQLite's file, after the commit."""
    with suppress(OSError):
        os.utime(file)
