"""Listening: waiting for the store's bell, or as long as it may take to notice what nobody rang for."""

import asyncio
from contextlib import suppress

from feedsvc.web.shelf import Shelf
from feedsvc.web.source import Bell

SELDOM = 1.0
"""Seconds between two looks at the store where there is a bell; they find what it did not tell."""
RETRY = 10.0
"""Seconds between two attempts to get a bell."""


class Listener:
    """Tells when it is time to look. It belongs to one event loop."""

    def __init__(self, shelf: Shelf) -> None:
        """Take the shelf whose bell to listen for."""
        self._shelf = shelf
        self._bell: Bell | None = None
        self._rung = asyncio.Event()
        self._next = 0.0

    @property
    def hears(self) -> bool:
        """Whether there is a bell."""
        return self._bell is not None

    async def wait(self, interval: float) -> None:
        """Wait for a ring; where there is no bell, for ``interval`` seconds."""
        if self._bell is None and await self._hang():
            return  # what was committed before it hung has to be looked for
        with suppress(TimeoutError):
            async with asyncio.timeout(max(interval, SELDOM) if self.hears else interval):
                await self._rung.wait()
        self._rung.clear()

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
        return self.hears

    def _hear(self) -> None:
        if self._bell is not None and not self._bell.heard():
            self.close()
        self._rung.set()
