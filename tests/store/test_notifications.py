"""Waiting for changes of the store."""

import asyncio

from feedsvc.store.notifications import ChangeWatch


def test_a_store_that_does_not_notify_is_not_asked_for_a_listener_all_the_time() -> None:
    """Each attempt may open a connection."""
    asked: list[None] = []

    async def listen() -> None:
        asked.append(None)

    async def scene() -> None:
        watch = ChangeWatch(listen)
        assert not any([await watch.wait(0) for _ in range(5)])
        assert not watch.hears
        watch.close()

    asyncio.run(scene())
    assert len(asked) == 1
