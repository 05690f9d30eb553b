"""Following the store: a new edition is in the worker's memory a moment after it was committed.

The worker looks at the store ten times a second. A PostgreSQL server notifies it, so there it looks seldom.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Self

import structlog

from feedsvc.core.errors import StoreError
from feedsvc.core.process import give_back_memory
from feedsvc.responses.edition import NO_EDITION
from feedsvc.web.edition_state import ChangeListener, EditionState

SELDOM = 2.0
"""Seconds between two looks at a store that notifies; they find what a lost notification did not announce."""
RETRY = 10.0
"""Seconds between two attempts to listen for notifications."""


class Listener:
    """Tells when it is time to look. It belongs to one event loop."""

    def __init__(self, editions: EditionState, seldom: float = SELDOM) -> None:
        """Take the editions whose store to listen to, and the seconds between two looks while it notifies."""
        self._editions = editions
        self._seldom = seldom
        self._source: ChangeListener | None = None
        self._notified = asyncio.Event()
        self._next = 0.0

    async def wait(self, interval: float) -> bool:
        """Wait for a notification; where the store does not notify, for ``interval`` seconds.

        Returns:
            Whether the store may have changed: it has notified, or it is listened to from now on.
        """
        if self._source is None and await self._connect():
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(interval if self._source is None else max(interval, self._seldom)):
                await self._notified.wait()
        notified = self._notified.is_set()
        self._notified.clear()
        return notified

    @property
    def hears(self) -> bool:
        """Whether the store notifies."""
        return self._source is not None

    def distrust(self) -> None:
        """Do without notifications for a while: there was a change that none announced.

        Behind a pooler of connections none ever arrives.
        """
        if self._source is not None:
            self.close()
            self._next = asyncio.get_running_loop().time() + RETRY

    def close(self) -> None:
        """Listen no more, until :meth:`wait` is called again."""
        if self._source is not None:
            asyncio.get_running_loop().remove_reader(self._source.fileno())
            self._source.close()
            self._source = None

    async def _connect(self) -> bool:
        loop = asyncio.get_running_loop()
        if loop.time() < self._next:
            return False
        self._next = loop.time() + RETRY
        self._source = await self._editions.listen()
        if self._source is not None:
            loop.add_reader(self._source.fileno(), self._receive)
        return self._source is not None

    def _receive(self) -> None:
        if self._source is not None and not self._source.heard():
            self.close()
        self._notified.set()


INTERVAL = 0.1
"""Seconds between two looks at a store that does not notify: one pragma for SQLite, else one short query. A new
edition waits for half of them on average."""
REFRESHING = 5
"""Where the store does not notify, every so many looks reload the access tokens."""
OFTEN = 0.5
"""Seconds between two looks at a store that notifies and has access tokens: one that was revoked stops within a
second, also where a notification got lost."""

_log = structlog.get_logger("feedsvc.web")


class Outage:
    """Tells once that the store cannot be read, and once that it can again."""

    def __init__(self) -> None:
        self._lasting = False

    def goes_on(self, error: StoreError) -> None:
        """Log the error if the last attempt went well."""
        if not self._lasting:
            _log.warning("store unreadable, serving from memory", error=error.what, remedy=error.remedy)
        self._lasting = True

    def is_over(self) -> None:
        """Log that the store can be read, if the last attempt failed."""
        if self._lasting:
            _log.info("store readable again")
        self._lasting = False


class Follower:
    """Keeps the editions of a worker at the newest one, for as long as it serves."""

    def __init__(
        self,
        editions: EditionState,
        interval: float = INTERVAL,
        moved: Callable[[], None] = lambda: None,
        refresh: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Take the editions to keep up, and when and whom to call.

        Args:
            editions: Is kept at the newest edition.
            interval: Seconds between two looks where the store does not notify.
            moved: Is called after each change of the edition.
            refresh: Reloads the readers' tokens, where the site is private; raises StoreError.
        """
        self._editions = editions
        self._refresh = refresh
        self._moved = moved
        self._interval = interval
        self._outage = Outage()
        self._looks = 0
        self._told = NO_EDITION
        self._listener = Listener(editions) if refresh is None else Listener(editions, OFTEN)
        self.error: BaseException | None = None
        """The fault of the program that ended the following; None where it goes on, or was asked to end."""

    async def look(self) -> None:
        """Take over the newest edition and tokens. If the store cannot be read, keep what there is."""
        errors = [await _fault(self._editions.catch_up())]
        if self._refresh is not None and (self._listener.hears or self._looks % REFRESHING == 0):
            # Whatever is wrong with the editions, a token that was revoked stays so.
            errors.append(await _fault(self._refresh()))
        self._looks += 1
        error = next(filter(None, errors), None)
        if error is not None:
            self._listener.close()
            self._outage.goes_on(error)
        else:
            self._outage.is_over()
        await self._tell()

    async def _tell(self) -> None:
        """Tell of an edition that is new, whoever took it over: a request that meets one does so too."""
        edition = self._editions.loaded.edition
        if edition == self._told:
            return
        self._told = edition
        _log.info("edition served", edition=edition.number)
        self._moved()
        # The feeds of the former edition lie between those of the new one.
        await asyncio.to_thread(give_back_memory)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[Self]:
        """Look once, so that what there is can be served from the first request on; then keep looking."""
        await self.look()
        task = asyncio.create_task(self._run())
        task.add_done_callback(self._note)
        try:
            yield self
        finally:
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            self._listener.close()

    async def _run(self) -> None:
        while True:
            notified = await self._listener.wait(self._interval)
            if notified:
                self._looks = 0  # a token may have changed
            before = self._editions.loaded.edition
            await self.look()
            if not notified and self._editions.loaded.edition != before:
                self._listener.distrust()

    def _note(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            self.error = task.exception()


async def _fault(step: Awaitable[object]) -> StoreError | None:
    """Why a step failed, if it did."""
    try:
        await step
    except StoreError as error:
        return error
    return None
