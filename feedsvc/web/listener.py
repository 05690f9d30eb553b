"""Listening: waiting for the store's bell, or as long as it may take to notice what nobody rang for."""

import asyncio
from contextlib import suppress

from feedsvc.web.shelf import Shelf
from feedsvc.web.source import Bell

SELDOM = 2.0
"""Seconds between two looks at the store where there is a bell; they find what it did not tell."""
RETRY = 10.0
"""Seconds between two attempts to get a bell."""


class Listener:
    """Tells when it is time to look. It belongs to one event loop."""

    def __init__(self, shelf: Shelf, seldom: float = SELDOM) -> None:
        """Take the shelf whose bell to listen for, and the seconds between two looks where there is one."""
        self._shelf = shelf
        self._seldom = seldom
        self._bell: Bell | None = None
        self._rung = asyncio.Event()
        self._next = 0.0

    async def wait(self, interval: float) -> bool:
        """Wait for a ring; where there is no bell, for ``interval`` seconds.

        Returns:
            Whether there is something to be found: it was rung, or the bell is new.
        """
        if self._bell is None and await self._hang():
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(interval if self._bell is None else max(interval, self._seldom)):
                await self._rung.wait()
        rung = self._rung.is_set()
        self._rung.clear()
        return rung

    @property
    def hears(self) -> bool:
        """Whether there is a bell."""
        return self._bell is not None

    def distrust(self) -> None:
        """Do without the bell for a while: something was found that nobody rang for.

        It may be deaf for good, behind a pooler of connections, or where the folder around the file was exchanged.
        """
        if self._bell is not None:
            self.close()
            self._next = asyncio.get_running_loop().time() + RETRY

    def close(self) -> None:
        """Listen no more, until :meth:`wait` is called again."""
        if self._bell is not None:
            asyncio.get_running_loop().remove_reader(self._bell.fileno())
            self._bell.close()
            self._bell = None

    async def _hang(self) -> bool:
        loop = asyncio.get_running_loop()
        if loop.time() < self._next:
            return False
        self._next = loop.time() + RETRY
        self._bell = await self._shelf.bell()
        if self._bell is not None:
            loop.add_reader(self._bell.fileno(), self._hear)
        return self._bell is not None

    def _hear(self) -> None:
        if self._bell is not None and not self._bell.heard():
            self.close()
        self._rung.set()
