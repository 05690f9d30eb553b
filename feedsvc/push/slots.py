"""Bounded concurrency: how many requests are under way, in all and to one host. No receiver delays another."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from weakref import WeakValueDictionary

AT_ONCE = 200
"""Requests under way at a time."""
FAILING_AT_ONCE = 100
"""Of these, requests to destinations that failed the last time; the others always have room."""
OF_HOST = 10
"""Of these, requests to one host."""
_QUEUED_OF_HOST = 500
"""Requests to one host that may be under way or wait for their turn; the others wait in the store."""


class Slots:
    """Runs tasks within the limits. It belongs to one event loop."""

    def __init__(self) -> None:
        self._hosts: dict[str, str] = {}
        self._of_host: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._failing_slots = asyncio.Semaphore(FAILING_AT_ONCE)
        self._host_slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._hosts)

    def start(
        self, key: str, host: str, work: Callable[[], Coroutine[None, None, None]], *, is_failing: bool
    ) -> None:
        """Do ``work`` when it is its turn, unless the same ``key`` has begun and is not :meth:`done`.

        Where too much waits for the ``host`` nothing happens: it is to be tried again later.
        """
        if key in self._hosts or self._of_host[host] >= _QUEUED_OF_HOST:
            return
        self._hosts[key] = host
        self._of_host[host] += 1
        self._tasks.add(asyncio.create_task(self._run(host, work, is_failing=is_failing)))

    def done(self, key: str) -> None:
        """Let ``key`` be started again; called when what came of it is recorded."""
        host = self._hosts.pop(key)
        self._of_host[host] -= 1
        if not self._of_host[host]:
            del self._of_host[host]

    def check(self) -> None:
        """Raise what has ended a task, if anything has: a fault of the program."""
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            task.result()

    async def cancel(self) -> None:
        """End all that is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, host: str, work: Callable[[], Coroutine[None, None, None]], *, is_failing: bool) -> None:
        # What waits for its host holds no slot that others could use.
        async with AsyncExitStack() as held:
            await held.enter_async_context(self._host_slots.setdefault(host, asyncio.Semaphore(OF_HOST)))
            if is_failing:
                await held.enter_async_context(self._failing_slots)
            await held.enter_async_context(self._slots)
            await work()
