"""Listening for the store's bell."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from memory_store import MemoryStore, feed, until

from feedsvc.responses.site_readers import Readers
from feedsvc.web import follower
from feedsvc.web.edition_state import EditionState
from feedsvc.web.follower import Follower, Listener

NEVER = 3600.0
"""Seconds that no test lasts: what happens before happens because it was rung for."""


@pytest.fixture(autouse=True)
def only_the_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """No look comes by itself."""
    monkeypatch.setattr(follower, "SELDOM", NEVER)


@pytest.fixture
def rung(store: MemoryStore) -> MemoryStore:
    """A store with a bell."""
    store.has_bell = True
    return store


def test_an_edition_is_taken_over_when_the_bell_rings(rung: MemoryStore) -> None:
    """The interval plays no part."""

    async def scene() -> None:
        editions = EditionState(rung, rung)
        async with Follower(editions, interval=NEVER).following():
            await until(lambda: rung.bells)
            rung.publish(feed("second"))
            await until(lambda: editions.loaded.edition.number == 2)
            rung.publish(feed("third"))
            await until(lambda: editions.loaded.edition.number == 3)

    asyncio.run(scene())
    assert [bell.closed for bell in rung.bells] == [True]


def test_tokens_are_reloaded_when_the_bell_rings(rung: MemoryStore) -> None:
    """They are no edition."""
    readers: list[Readers] = []

    async def refresh() -> None:
        readers.append((rung.valid_tokens(-1) or (0, {}))[1])

    async def scene() -> None:
        async with Follower(EditionState(rung, rung), interval=NEVER, refresh=refresh).following():
            await until(lambda: rung.bells)
            rung.admit(ada="t0ken")
            await until(lambda: readers[-1])

    asyncio.run(scene())


def test_what_came_before_the_bell_was_hung_is_looked_for(rung: MemoryStore) -> None:
    """Nobody rang for it where it could be heard."""

    async def scene() -> None:
        editions = EditionState(rung, rung)
        async with Follower(editions, interval=NEVER).following():
            rung.publish(feed("second"))
            assert not rung.bells
            await until(lambda: editions.loaded.edition.number == 2)

    asyncio.run(scene())


def test_a_ring_that_went_astray_costs_a_moment(rung: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look that comes by itself finds it; and since the bell may be deaf, others follow at the interval."""
    monkeypatch.setattr(follower, "SELDOM", 0.01)

    async def scene() -> None:
        editions = EditionState(rung, rung)
        async with Follower(editions, interval=0).following():
            await until(lambda: rung.bells)
            deaf = rung.bells.pop()
            rung.publish(feed("second"))
            await until(lambda: editions.loaded.edition.number == 2)  # perhaps found as the bell was hung
            rung.publish(feed("third"))
            await until(lambda: editions.loaded.edition.number == 3)
            await until(lambda: deaf.closed)
            monkeypatch.setattr(follower, "SELDOM", NEVER)
            rung.publish(feed("fourth"))
            await until(lambda: editions.loaded.edition.number == 4)
        assert not rung.bells

    asyncio.run(scene())


async def broken(store: MemoryStore) -> None:
    """The bell says that it will ring no more."""
    store.bells[0].broken = True
    store.bells[0].ring()


async def away(store: MemoryStore) -> None:
    """The store cannot be read for a while."""
    store.break_down()
    store.bells[0].ring()
    await until(lambda: store.bells[0].closed)
    store.error = None


@pytest.mark.parametrize("fault", [broken, away])
def test_another_bell_is_hung_in_place_of_one_that_is_lost(
    rung: MemoryStore, monkeypatch: pytest.MonkeyPatch, fault: Callable[[MemoryStore], Awaitable[None]]
) -> None:
    """A file that was replaced, a server that was restarted."""
    monkeypatch.setattr(follower, "RETRY", 0.0)

    async def scene() -> None:
        editions = EditionState(rung, rung)
        async with Follower(editions, interval=0).following():
            await until(lambda: rung.bells)
            await fault(rung)
            await until(lambda: len(rung.bells) >= 2)
            assert rung.bells[0].closed
            rung.publish(feed("second"))
            await until(lambda: editions.loaded.edition.number == 2)

    asyncio.run(scene())


def test_a_store_without_a_bell_is_not_asked_for_one_all_the_time(store: MemoryStore) -> None:
    """Each attempt may open a connection."""
    asked: list[None] = []

    class Asked(EditionState):
        async def listen(self) -> None:
            asked.append(None)

    async def scene() -> None:
        waiting = Listener(Asked(store, store))
        assert not any([await waiting.wait(0) for _ in range(5)])
        waiting.close()

    asyncio.run(scene())
    assert len(asked) == 1
