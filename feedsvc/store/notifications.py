"""Notifications: how a process learns that the store has changed, without asking the store again and again."""

import asyncio
import errno
import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

SELDOM = 2.0
"""Seconds after which a process looks at a store that notifies, although it has heard nothing: a notification may
get lost, as behind a pooler of connections."""
RETRY = 10.0
"""Seconds between two attempts to listen."""


class ChangeListener(Protocol):
    """Becomes readable when the store has changed. Used by one thread."""

    def fileno(self) -> int:
        """The descriptor to wait for; the same until the end."""

    def heard(self) -> bool:
        """Be ready for the next notification; False if none will come, and the listener is to be closed."""

    def close(self) -> None:
        """Listen no more."""


class ChangeWatch:
    """Waits for changes of the store. It belongs to one event loop."""

    def __init__(self, listen: Callable[[], Awaitable[ChangeListener | None]]) -> None:
        """Take what makes a listener; it gives None where the store cannot notify, now or at all."""
        self._listen = listen
        self._listener: ChangeListener | None = None
        self._notified = asyncio.Event()
        self._next = 0.0

    @property
    def hears(self) -> bool:
        """Whether the store notifies."""
        return self._listener is not None

    async def wait(self, seconds: float) -> bool:
        """Wait for a notification, for so many seconds at most.

        Returns:
            Whether the store may have changed: it has notified, or it is listened to from now on.
        """
        if self._listener is None and await self._connect():
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._notified.wait()
        notified = self._notified.is_set()
        self._notified.clear()
        return notified

    def distrust(self) -> None:
        """Do without notifications for a while: there was a change that none announced."""
        if self._listener is not None:
            self.close()
            self._next = asyncio.get_running_loop().time() + RETRY

    def close(self) -> None:
        """Listen no more, until :meth:`wait` is called again."""
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener.fileno())
            self._listener.close()
            self._listener = None

    async def _connect(self) -> bool:
        loop = asyncio.get_running_loop()
        if loop.time() < self._next:
            return False
        self._next = loop.time() + RETRY
        self._listener = await self._listen()
        if self._listener is not None:
            loop.add_reader(self._listener.fileno(), self._receive)
        return self._listener is not None

    def _receive(self) -> None:
        if self._listener is not None and not self._listener.heard():
            self.close()
        self._notified.set()


_INTERVAL = 0.1
"""Seconds between two looks at a file; a new edition waits for half of them on average."""


class FileListener:
    """Notices each commit of another connection to an SQLite file; see :class:`.ChangeListener`.

    SQLite has no notifications. A thread looks at the file, which takes microseconds, and wakes the event loop
    only when there is something to be seen.
    """

    def __init__(self, file: str) -> None:
        """Listen from now on.

        Raises:
            OSError: The process can have no more descriptors or threads.
        """
        self._receiver, self._sender = os.pipe()
        os.set_blocking(self._sender, False)
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._identity = (0, 0)
        self._opened = 0
        self._ended = Event()
        self._last = self._version()
        try:
            Thread(target=self._look, name="changes", daemon=True).start()
        except RuntimeError as error:
            self._disconnect()
            os.close(self._sender)
            os.close(self._receiver)
            raise OSError(errno.EAGAIN, str(error)) from error

    def fileno(self) -> int:
        """See :class:`.ChangeListener`."""
        return self._receiver

    def heard(self) -> bool:
        """See :class:`.ChangeListener`."""
        os.read(self._receiver, 100)
        return True

    def close(self) -> None:
        """See :class:`.ChangeListener`."""
        self._ended.set()
        os.close(self._receiver)

    def _look(self) -> None:
        while not self._ended.wait(_INTERVAL):
            version = self._version()
            if version is None or version != self._last:
                self._last = version
                with suppress(OSError):  # the pipe is full, so there is enough to be heard, or it is closed
                    os.write(self._sender, b"!")
        self._disconnect()
        os.close(self._sender)

    def _version(self) -> tuple[int, ...] | None:
        """A value that is another one after each commit, and where another file is in the place of this one.

        None where the file cannot be read: then it may have changed.
        """
        try:
            status = os.stat(self._file)  # noqa: PTH116 - a name, as everywhere in the store
            connection = self._connect((status.st_dev, status.st_ino))
            # It changes when another connection has committed (sqlite.org, "PRAGMA data_version").
            (version,) = connection.execute("PRAGMA data_version").fetchone()
        except (OSError, sqlite3.Error):
            self._disconnect()
            return None
        return self._opened, version, status.st_mtime_ns, status.st_size

    def _connect(self, identity: tuple[int, int]) -> sqlite3.Connection:
        if self._connection is None or identity != self._identity:
            self._disconnect()
            name = f"{Path(self._file).as_uri()}?mode=rw"
            self._connection = sqlite3.connect(name, uri=True, timeout=0, check_same_thread=False)
            self._identity = identity
            self._opened += 1  # versions of two connections say nothing of each other
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
