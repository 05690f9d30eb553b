"""Whether anything was committed to the store since the last look: a new edition, a subscription, an outcome."""

import asyncio
import time
from typing import TYPE_CHECKING

from feedsvc.store.push_store import PushStore

if TYPE_CHECKING:
    from feedsvc.store.postgres import ChangeListener

_SELDOM = 2.0
"""Seconds between two looks at a store that notifies; they find what a lost notification did not announce."""
_OFTEN = 0.5
"""Seconds between two looks at a store of which only a query can tell what is new."""
_RETRY = 10.0
"""Seconds between two attempts to listen for notifications."""


class ChangeWatch:
    """Watches the store. It belongs to one event loop."""

    def __init__(self, store: PushStore) -> None:
        self._store = store
        self._version: tuple[int, ...] | None = None
        self._listener: ChangeListener | None = None
        self._heard = True
        self._looked = 0.0
        self._retry_at = 0.0

    async def has_changed(self) -> bool:
        """Whether the store may have changed since the last call that said so."""
        version = await asyncio.to_thread(self._store.version)
        if version is not None:
            changed, self._version = version != self._version, version
            return changed
        now = time.monotonic()
        if self._listener is None and now >= self._retry_at:
            self._retry_at = now + _RETRY
            await self._listen()
        changed = self._heard or now - self._looked >= (_OFTEN if self._listener is None else _SELDOM)
        if changed:
            self._looked, self._heard = now, False
        return changed

    def close(self) -> None:
        """Listen no more."""
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener.fileno())
            self._listener.close()
            self._listener = None

    async def _listen(self) -> None:
        self._listener = await asyncio.to_thread(self._store.listen)
        if self._listener is not None:
            self._heard = True
            asyncio.get_running_loop().add_reader(self._listener.fileno(), self._receive)

    def _receive(self) -> None:
        self._heard = True
        if self._listener is not None and not self._listener.heard():
            self.close()
