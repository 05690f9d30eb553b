"""What a worker holds."""

import asyncio
import re
import threading
from hashlib import sha256

import pytest
from memory_store import MemoryStore, feed, page, until
from structlog.testing import capture_logs

from feedsvc.core.errors import StoreError
from feedsvc.responses.edition import Edition
from feedsvc.responses.prepared import PreparedResponse
from feedsvc.web import edition_state as shelf_module
from feedsvc.web.edition_state import EditionState


def words(ready: PreparedResponse | None) -> str:
    """What the title of a response says."""
    assert ready is not None
    found = re.search(rb"<title>(.*)</title>", ready.variants["identity"].body)
    assert found
    return found[1].decode()


async def caught_up(store: MemoryStore) -> EditionState:
    """A shelf at the newest edition."""
    shelf = EditionState(store)
    assert await shelf.catch_up()
    return shelf


def test_without_an_edition_there_is_nothing(empty: MemoryStore) -> None:
    """Number 0 stands for none yet."""

    async def scene() -> None:
        shelf = EditionState(empty)
        assert not await shelf.catch_up()
        assert await shelf.find("/atom.xml") is None
        assert shelf.missing() is None

    asyncio.run(scene())


def test_hot_responses_need_no_store(store: MemoryStore) -> None:
    """A poll never waits for a database."""

    async def scene() -> None:
        shelf = await caught_up(store)
        store.break_down()
        assert words(await shelf.find("/atom.xml")) == "first"
        assert words(shelf.missing()) == "nothing here"

    asyncio.run(scene())


def test_a_cold_response_is_fetched_once(store: MemoryStore) -> None:
    """What was asked for lately stays at hand."""

    async def scene() -> None:
        shelf = await caught_up(store)
        assert words(await shelf.find("/news/story")) == "first"
        assert await shelf.find("/news/story") is await shelf.find("/news/story")
        assert store.fetches == ["/news/story"]

    asyncio.run(scene())


def test_another_store_with_the_same_number_is_taken_as_a_whole(store: MemoryStore, empty: MemoryStore) -> None:
    """A cold page of it does not go out beside hot feeds of the one before."""

    async def scene() -> None:
        store.publish(feed("gone"), page("gone", "/one"))
        empty.publish(feed("other"), page("other", "/one"))
        shelf = await caught_up(store)
        shelf._source = empty
        assert words(await shelf.find("/one")) == "other"
        assert words(await shelf.find("/atom.xml")) == "other"
        assert shelf.state.edition == empty.edition

    asyncio.run(scene())


def test_a_store_that_was_made_anew_is_taken_as_a_whole(store: MemoryStore, empty: MemoryStore) -> None:
    """Its editions begin far behind those that are served, and it has no word of what has gone in between."""

    async def scene() -> None:
        store.publish(feed("gone", "/gone/atom.xml"), page(path="/gone"))
        shelf = await caught_up(store)
        empty.edition = Edition(1002, 0)
        empty.publish(feed("anew"))
        shelf._source = empty
        assert await shelf.catch_up()
        assert words(await shelf.find("/atom.xml")) == "anew"
        assert await shelf.find("/gone/atom.xml") is None
        assert await shelf.find("/gone") is None

    asyncio.run(scene())


def test_what_is_new_does_not_wait_behind_cold_pages(store: MemoryStore) -> None:
    """However many are asked for, and however slow the store is: a crawler must not hold up an edition."""
    asked, free = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        free.wait(60)

    store.before_fetch = wait
    store.publish(*(page(path=f"/news/{number}") for number in range(20)))

    async def scene() -> None:
        shelf = await caught_up(store)
        asking = [asyncio.create_task(shelf.find(f"/news/{number}")) for number in range(20)]
        await until(asked.is_set)
        store.publish(feed("newest"))
        try:
            async with asyncio.timeout(30):
                assert await shelf.catch_up()
        finally:
            free.set()
        assert all(await asyncio.gather(*asking))

    asyncio.run(scene())


def test_the_store_is_not_asked_for_what_is_not_there(store: MemoryStore) -> None:
    """Guesses of strangers cost no database."""

    async def scene() -> None:
        shelf = await caught_up(store)
        assert await shelf.find("/wp-login.php") is None
        assert store.fetches == []
        assert [shelf.holds(path) for path in ("/atom.xml", "/news/story", "/x")] == [True, True, False]

    asyncio.run(scene())


def test_a_new_edition_replaces_what_changed_and_keeps_the_rest(store: MemoryStore) -> None:
    """Neither memory nor store is spent on what stayed."""

    async def scene() -> None:
        store.publish(page(path="/news/other"))
        shelf = await caught_up(store)
        before = await shelf.find("/atom.xml")
        await shelf.find("/news/story")
        other = await shelf.find("/news/other")
        store.publish(page("second"))
        assert await shelf.catch_up()
        assert words(await shelf.find("/news/story")) == "second"
        assert await shelf.find("/news/other") is other
        assert await shelf.find("/atom.xml") is before
        assert not await shelf.catch_up()

    asyncio.run(scene())


def test_a_path_may_change_its_nature(store: MemoryStore) -> None:
    """Hot, cold, dropped, and back again."""

    async def scene() -> None:
        shelf = await caught_up(store)
        for step, expected in [
            (page("cold", "/atom.xml"), "cold"),
            (feed("hot"), "hot"),
        ]:
            store.publish(step)
            await shelf.catch_up()
            assert words(await shelf.find("/atom.xml")) == expected
            assert ("/atom.xml" in shelf.state.cold) is (expected == "cold")
        store.publish(drop=["/atom.xml", "/news/story"])
        await shelf.catch_up()
        assert await shelf.find("/atom.xml") is None
        assert await shelf.find("/news/story") is None

    asyncio.run(scene())


def test_a_row_of_a_newer_edition_brings_all_of_it(store: MemoryStore) -> None:
    """Never a mixture: whoever sees the new page sees the new feed from then on."""

    async def scene() -> None:
        shelf = await caught_up(store)
        number = store.publish(page("second"), feed("second"))
        assert words(await shelf.find("/news/story")) == "second"
        assert shelf.state.edition.number == number
        assert words(await shelf.find("/atom.xml")) == "second"

    asyncio.run(scene())


def test_a_row_that_was_dropped_meanwhile_is_gone(store: MemoryStore) -> None:
    """The edition that dropped it is followed first."""

    async def scene() -> None:
        shelf = await caught_up(store)
        number = store.publish(drop=["/news/story"])
        assert await shelf.find("/news/story") is None
        assert shelf.state.edition.number == number

    asyncio.run(scene())


def test_a_row_that_keeps_running_away_is_given_up(store: MemoryStore) -> None:
    """A request ends, whatever the publisher does."""

    async def scene() -> None:
        shelf = await caught_up(store)
        store.before_fetch = lambda: store.publish(page("again"))
        with pytest.raises(StoreError, match="/news/story"):
            await shelf.find("/news/story")

    asyncio.run(scene())


def test_an_edition_that_comes_during_a_fetch_is_not_spoiled_by_it(store: MemoryStore) -> None:
    """What an old edition fetched stays with the old edition."""

    async def scene() -> None:
        shelf = await caught_up(store)
        swapped = threading.Event()
        store.after_fetch = lambda: swapped.wait(30)
        fetching = asyncio.create_task(shelf.find("/news/story"))
        await until(lambda: store.fetches)
        store.publish(page("second"))
        await shelf.catch_up()
        swapped.set()
        assert words(await fetching) == "first"
        assert words(await shelf.find("/news/story")) == "second"

    asyncio.run(scene())


def test_an_older_backup_in_the_place_of_the_store_is_followed(store: MemoryStore) -> None:
    """As a whole, so that nothing stays that it does not hold, and with a warning; nothing has to be restarted."""

    async def scene() -> None:
        backup = MemoryStore()
        backup.publish(feed("old"), page("old page"))
        store.publish(feed("second"), feed("left", "/left.xml"))
        shelf = await caught_up(store)
        assert shelf.state.edition.number == 2
        shelf._source = backup
        with capture_logs() as logs:
            assert await shelf.catch_up()
            assert not await shelf.catch_up()
        assert [(log["served"], log["found"]) for log in logs if log["log_level"] == "warning"] == [(2, 1)]
        assert words(await shelf.find("/atom.xml")) == "old"
        assert words(await shelf.find("/news/story")) == "old page"
        assert await shelf.find("/left.xml") is None
        backup.publish(feed("third"))
        assert await shelf.catch_up()
        assert words(await shelf.find("/atom.xml")) == "third"

    asyncio.run(scene())


def test_an_empty_store_in_the_place_of_a_full_one_empties_no_feed(store: MemoryStore) -> None:
    """What is served stays until something is published there."""

    async def scene() -> None:
        shelf = await caught_up(store)
        shelf._source = MemoryStore()
        with pytest.raises(StoreError, match="holds no edition any more"):
            await shelf.catch_up()
        assert words(await shelf.find("/atom.xml")) == "first"

    asyncio.run(scene())


def test_the_cache_holds_no_more_than_its_size(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors that read everything must not fill the memory; what is too large is served uncached."""
    monkeypatch.setattr(shelf_module, "CACHE_SIZE", 10_000)

    async def scene() -> None:
        large = "".join(sha256(bytes([number])).hexdigest() for number in range(250))
        store.publish(*(page(path=f"/{n}") for n in range(9)), page(large, "/large"))
        shelf = await caught_up(store)
        for n in range(9):
            await shelf.find(f"/{n}")
        assert 1 < len(shelf.state.cache) < 9
        assert words(await shelf.find("/large")) == large
        assert "/large" not in shelf.state.cache

    asyncio.run(scene())


def test_few_ask_the_source_at_once(store: MemoryStore) -> None:
    """Each would have a connection of its own, however many cores there are."""
    asking: list[str] = []
    most: list[int] = []

    def ask() -> None:
        asking.append("somebody")
        most.append(len(asking))
        threading.Event().wait(0.01)
        asking.pop()

    async def scene() -> None:
        store.publish(*(page(path=f"/{number}") for number in range(9)))
        store.before_fetch = ask
        shelf = await caught_up(store)
        await asyncio.gather(*(shelf.find(f"/{number}") for number in range(9)))
        assert len(most) == 9
        assert max(most) <= 2

    asyncio.run(scene())


def test_two_that_catch_up_at_once_read_the_changes_once(store: MemoryStore) -> None:
    """The poll and a fetch may both see a new number."""

    async def scene() -> None:
        shelf = EditionState(store)
        assert sorted(await asyncio.gather(shelf.catch_up(), shelf.catch_up())) == [False, True]

    asyncio.run(scene())
