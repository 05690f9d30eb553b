"""Following the store."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from memory_store import MemoryStore, feed, until
from structlog.testing import capture_logs

from feedsvc.responses.edition import Edition
from feedsvc.responses.site_readers import Readers
from feedsvc.store import notifications
from feedsvc.web import follower as following
from feedsvc.web.edition_state import EditionState
from feedsvc.web.follower import Follower


def test_the_newest_edition_is_there_before_the_first_request(store: MemoryStore) -> None:
    """A worker starts by serving the last edition."""

    async def scene() -> None:
        editions = EditionState(store, store)
        async with Follower(editions, interval=3600).following():
            assert editions.loaded.edition.number == 1

    asyncio.run(scene())


def test_new_editions_are_taken_over_until_the_end(store: MemoryStore) -> None:
    """The store's newest number is looked at again and again."""

    async def scene() -> None:
        editions = EditionState(store, store)
        async with Follower(editions, interval=0).following() as follower:
            store.publish(feed("second"))
            await until(lambda: editions.loaded.edition.number == 2)
        store.publish(feed("third"))
        await asyncio.sleep(0)
        assert editions.loaded.edition.number == 2
        assert follower.error is None

    asyncio.run(scene())


def test_who_wants_to_know_hears_of_each_edition_once(store: MemoryStore) -> None:
    """When it is served, so that the former one can be let go."""
    heard: list[int] = []

    async def scene() -> None:
        editions = EditionState(store, store)
        follower = Follower(editions, moved=lambda: heard.append(editions.loaded.edition.number))
        await follower.look()
        await follower.look()
        store.publish(feed("second"))
        await follower.look()
        await follower.look()

    asyncio.run(scene())
    assert heard == [1, 2]


def test_an_edition_that_a_request_takes_over_is_told_as_well(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds the row of a newer one; the memory of the former has to be given back all the same, once."""
    heard: list[int] = []
    given_back: list[int] = []
    monkeypatch.setattr(following, "give_back_memory", lambda: given_back.append(1))

    async def scene() -> None:
        editions = EditionState(store, store)
        follower = Follower(editions, moved=lambda: heard.append(editions.loaded.edition.number))
        await follower.look()
        store.publish(feed("second"))
        await editions.catch_up()
        await follower.look()
        store.publish(feed("third"))
        await editions.catch_up()
        store.break_down()
        await follower.look()

    asyncio.run(scene())
    assert heard == [1, 2, 3]
    assert len(given_back) == 3


def test_a_revoked_token_stops_whatever_is_wrong_with_the_editions(store: MemoryStore) -> None:
    """Such as an empty store in the place of the one whose edition is served."""
    refreshed: list[int] = []

    async def refresh() -> None:
        refreshed.append(1)

    async def scene() -> None:
        editions = EditionState(store, store)
        follower = Follower(editions, refresh=refresh)
        store.publish(feed("second"))
        await follower.look()
        assert len(refreshed) == 1
        store.edition = Edition(0, 0)
        for _ in range(following.REFRESHING):
            await follower.look()
        assert editions.loaded.edition.number == 2
        assert len(refreshed) == 2

    asyncio.run(scene())


def test_an_outage_is_told_once_and_ends_by_itself(store: MemoryStore) -> None:
    """Serving goes on from memory; the log tells begin and end, not every attempt."""

    async def scene() -> None:
        editions = EditionState(store, store)
        follower = Follower(editions)
        await follower.look()
        store.break_down()
        await follower.look()
        await follower.look()
        assert editions.loaded.edition.number == 1
        store.error = None
        store.publish(feed("second"))
        await follower.look()
        assert editions.loaded.edition.number == 2

    with capture_logs() as logs:
        asyncio.run(scene())
    assert [(log["log_level"], log["event"]) for log in logs] == [
        ("info", "edition served"),
        ("warning", "store unreadable, serving from memory"),
        ("info", "store readable again"),
        ("info", "edition served"),
    ]
    assert (logs[1]["error"], logs[1]["remedy"]) == ("the store is away", "bring it back")


def test_a_worker_starts_while_the_store_is_away(empty: MemoryStore) -> None:
    """It waits for the store as long as it takes."""

    async def scene() -> None:
        empty.break_down()
        editions = EditionState(empty, empty)
        async with Follower(editions, interval=0).following():
            empty.publish(feed())
            empty.error = None
            await until(lambda: editions.loaded.edition.number)

    asyncio.run(scene())


def test_a_fault_is_kept_for_whoever_can_end_the_worker(store: MemoryStore) -> None:
    """A worker that cannot follow must not serve an old edition for ever in silence."""

    async def scene() -> None:
        async with Follower(EditionState(store, store), interval=0).following() as follower:
            store.error = ZeroDivisionError("a fault")
            await until(lambda: follower.error)
        assert follower.error is store.error

    asyncio.run(scene())


def test_a_fault_at_the_start_is_raised(store: MemoryStore) -> None:
    """There is nobody to serve yet."""
    store.error = ZeroDivisionError("a fault")

    async def scene() -> None:
        async with Follower(EditionState(store, store)).following():
            pytest.fail("it must not begin")

    with pytest.raises(ZeroDivisionError):
        asyncio.run(scene())


NEVER = 3600.0
"""Seconds that no test lasts: what happens before happens because it was rung for."""


@pytest.fixture
def rung(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """A store with a bell; no look comes by itself."""
    monkeypatch.setattr(notifications, "SELDOM", NEVER)
    monkeypatch.setattr(following, "OFTEN", NEVER)
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
    monkeypatch.setattr(notifications, "SELDOM", 0.01)

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
            monkeypatch.setattr(notifications, "SELDOM", NEVER)
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
    monkeypatch.setattr(notifications, "RETRY", 0.0)

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
