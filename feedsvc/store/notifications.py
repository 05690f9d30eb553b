"""Notifications: how a process learns that the store has changed, without asking the store again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
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
