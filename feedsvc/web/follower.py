"""Following the store: a new edition is in the worker's memory a moment after it was committed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Self

import structlog

from feedsvc.core.errors import StoreError
from feedsvc.core.process import give_back_memory
from feedsvc.responses.edition import NO_EDITION
from feedsvc.store import notifications
from feedsvc.store.notifications import ChangeWatch
from feedsvc.web.edition_state import EditionState

INTERVAL = 0.1
"""Seconds between two looks at a store that does not notify, now or at all."""
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
        self._watch = ChangeWatch(editions.listen)
        self.error: BaseException | None = None
        """The fault of the program that ended the following; None where it goes on, or was asked to end."""

    async def look(self) -> None:
        """Take over the newest edition and tokens. If the store cannot be read, keep what there is."""
        errors = [await _fault(self._editions.catch_up())]
        if self._refresh is not None and (self._watch.hears or self._looks % REFRESHING == 0):
            # Whatever is wrong with the editions, a token that was revoked stays so.
            errors.append(await _fault(self._refresh()))
        self._looks += 1
        error = next(filter(None, errors), None)
        if error is not None:
            self._watch.close()
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
            self._watch.close()

    async def _run(self) -> None:
        pause = notifications.SELDOM if self._refresh is None else OFTEN
        while True:
            notified = await self._watch.wait(pause if self._watch.hears else self._interval)
            if notified:
                self._looks = 0  # a token may have changed
            before = self._editions.loaded.edition
            await self.look()
            if not notified and self._editions.loaded.edition != before:
                self._watch.distrust()

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
