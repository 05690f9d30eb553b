"""What a worker holds."""

import asyncio
import re
import threading
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from unittest.mock import patch

import pytest
from memory_store import MemoryStore, feed, missing, page, until
from serving import PATIENCE
from structlog.testing import capture_logs

from feedsvc.core.errors import StoreError
from feedsvc.documents.model import FEED, Document
from feedsvc.responses.edition import Edition
from feedsvc.responses.response import PreparedResponse, Response
from feedsvc.web import edition_state
from feedsvc.web.edition_state import EditionState
from feedsvc.web.render_process import RenderError


def words(ready: PreparedResponse | None) -> str:
    """What the title of a response says."""
    assert ready is not None
    found = re.search(rb"<title>(.*)</title>", ready.variants["identity"].body)
    assert found
    return found[1].decode()


async def caught_up(store: MemoryStore) -> EditionState:
    """A editions at the newest edition."""
    editions = EditionState(store, store)
    assert await editions.catch_up()
    return editions


def test_without_an_edition_there_is_nothing(empty: MemoryStore) -> None:
    """Number 0 stands for none yet."""

    async def scene() -> None:
        editions = EditionState(empty, empty)
        assert not await editions.catch_up()
        assert await editions.find("/atom.xml") is None
        assert editions.loaded.not_found is None

    asyncio.run(scene())


def test_pinned_responses_need_no_store(store: MemoryStore) -> None:
    """A poll never waits for a database."""

    async def scene() -> None:
        editions = await caught_up(store)
        store.break_down()
        assert words(await editions.find("/atom.xml")) == "first"
        assert words(editions.loaded.not_found) == "nothing here"

    asyncio.run(scene())


def test_a_page_is_rendered_once(store: MemoryStore) -> None:
    """What was asked for lately stays at hand."""

    async def scene() -> None:
        editions = await caught_up(store)
        assert words(await editions.find("/news/story")) == "first"
        assert await editions.find("/news/story") is await editions.find("/news/story")
        assert store.rendered == ["/news/story"]

    asyncio.run(scene())


def test_another_store_with_the_same_number_is_taken_as_a_whole(store: MemoryStore, empty: MemoryStore) -> None:
    """A page of it does not go out beside feeds of the one before."""

    async def scene() -> None:
        store.publish(feed("gone"), page("gone", "/one"))
        empty.publish(feed("other"), page("other", "/one"), missing())
        editions = await caught_up(store)
        editions._source = editions._renderer = empty
        assert words(await editions.find("/one")) == "other"
        assert words(await editions.find("/atom.xml")) == "other"
        assert editions.loaded.edition == empty.edition

    asyncio.run(scene())


def test_a_store_that_was_made_anew_is_taken_as_a_whole(store: MemoryStore, empty: MemoryStore) -> None:
    """Its editions begin far behind those that are served, and it has no word of what has gone in between."""

    async def scene() -> None:
        store.publish(feed("gone", "/gone/atom.xml"), page(path="/gone"))
        editions = await caught_up(store)
        empty.edition = Edition(1002, 0)
        empty.publish(feed("anew"))
        editions._source = editions._renderer = empty
        assert await editions.catch_up()
        assert words(await editions.find("/atom.xml")) == "anew"
        assert await editions.find("/gone/atom.xml") is None
        assert await editions.find("/gone") is None

    asyncio.run(scene())


def test_what_is_new_does_not_wait_behind_pages(store: MemoryStore) -> None:
    """However many are asked for, and however slow the store is: a crawler must not hold up an edition."""
    asked, free = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        free.wait(PATIENCE)

    store.before_render = wait
    store.publish(*(page(path=f"/news/{number}") for number in range(20)))

    async def scene() -> None:
        editions = await caught_up(store)
        asking = [asyncio.create_task(editions.find(f"/news/{number}")) for number in range(20)]
        await until(asked.is_set)
        store.publish(feed("newest"))
        try:
            async with asyncio.timeout(PATIENCE):
                assert await editions.catch_up()
        finally:
            free.set()
        assert all(await asyncio.gather(*asking))

    asyncio.run(scene())


def test_those_who_ask_at_once_wait_for_the_same(store: MemoryStore) -> None:
    """A page that becomes known in a moment is rendered once, and a client that goes away ends it for nobody."""

    async def scene() -> None:
        editions = await caught_up(store)
        asking = [asyncio.create_task(editions.find("/news/story")) for _ in range(100)]
        await until(lambda: store.rendered)
        asking[0].cancel()
        found = await asyncio.gather(*asking[1:])
        assert {words(each) for each in found} == {"first"}
        assert store.rendered == ["/news/story"]

    asyncio.run(scene())


def test_a_client_does_not_wait_for_ever(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told to come again; the rendering goes on, and the next client gets what came of it."""
    monkeypatch.setattr(edition_state, "_LONGEST_LOADING", 0.05)
    free = threading.Event()
    store.before_render = lambda: free.wait(PATIENCE)

    async def scene() -> None:
        editions = await caught_up(store)
        with pytest.raises(RenderError) as refused:
            await editions.find("/news/story")
        assert refused.value.is_passing
        free.set()
        await until(lambda: "/news/story" in editions.loaded.cache)
        assert words(await editions.find("/news/story")) == "first"
        assert store.rendered == ["/news/story"]

    asyncio.run(scene())


def test_a_path_with_a_nul_holds_nothing(store: MemoryStore) -> None:
    """PostgreSQL refuses to be asked for one."""

    async def scene() -> None:
        editions = await caught_up(store)
        assert await editions.find("/news/\0story") is None
        assert store.rendered == []

    asyncio.run(scene())


def test_a_guess_is_looked_up_once(store: MemoryStore) -> None:
    """A stranger who repeats it costs nothing, and many guesses cost no memory."""

    async def scene() -> None:
        editions = await caught_up(store)
        assert await editions.find("/wp-login.php") is None
        assert await editions.find("/wp-login.php") is None
        assert store.rendered == ["/wp-login.php"]
        for number in range(1000):
            await editions.find(f"/{number}")
        assert len(editions.loaded.unknown) <= 256

    asyncio.run(scene())


def test_a_new_edition_replaces_what_changed_and_keeps_the_rest(store: MemoryStore) -> None:
    """Neither memory nor store is spent on feeds that stayed; a page may show what changed in another article."""

    async def scene() -> None:
        store.publish(page(path="/news/other"))
        editions = await caught_up(store)
        before = await editions.find("/atom.xml")
        await editions.find("/news/story")
        other = await editions.find("/news/other")
        store.publish(page("second"))
        assert await editions.catch_up()
        assert words(await editions.find("/news/story")) == "second"
        assert await editions.find("/news/other") is not other
        assert await editions.find("/atom.xml") is before
        assert not await editions.catch_up()

    asyncio.run(scene())


def test_a_path_may_change_its_nature(store: MemoryStore) -> None:
    """Pinned, rendered on demand, read when it is asked for, pinned again, and dropped."""

    async def scene() -> None:
        editions = await caught_up(store)
        for step, expected in [
            (page("rendered", "/atom.xml"), "rendered"),
            (feed("read", traits=FEED), "read"),
            (feed("pinned"), "pinned"),
            (feed("read again", traits=FEED), "read again"),
        ]:
            store.publish(step)
            await editions.catch_up()
            assert words(await editions.find("/atom.xml")) == expected
            assert ("/atom.xml" in editions.loaded.pinned) is (expected == "pinned")
            assert ("/atom.xml" in editions.loaded.stored) is expected.startswith("read")
        store.publish(drop=["/atom.xml", "/news/story"])
        await editions.catch_up()
        assert await editions.find("/atom.xml") is None
        assert await editions.find("/news/story") is None

    asyncio.run(scene())


def test_a_row_of_a_newer_edition_brings_all_of_it(store: MemoryStore) -> None:
    """Never a mixture: whoever sees the new page sees the new feed from then on."""

    async def scene() -> None:
        editions = await caught_up(store)
        number = store.publish(page("second"), feed("second"))
        assert words(await editions.find("/news/story")) == "second"
        assert editions.loaded.edition.number == number
        assert words(await editions.find("/atom.xml")) == "second"

    asyncio.run(scene())


def test_a_row_that_was_dropped_meanwhile_is_gone(store: MemoryStore) -> None:
    """The edition that dropped it is followed first."""

    async def scene() -> None:
        editions = await caught_up(store)
        number = store.publish(drop=["/news/story"])
        assert await editions.find("/news/story") is None
        assert editions.loaded.edition.number == number

    asyncio.run(scene())


def test_a_row_that_keeps_running_away_is_given_up(store: MemoryStore) -> None:
    """A request ends, whatever the publisher does."""

    async def scene() -> None:
        editions = await caught_up(store)
        store.before_render = lambda: store.publish(page("again"))
        with pytest.raises(StoreError, match="/news/story"):
            await editions.find("/news/story")

    asyncio.run(scene())


def test_an_edition_that_comes_during_a_fetch_is_not_spoiled_by_it(store: MemoryStore) -> None:
    """What an old edition fetched stays with the old edition."""

    async def scene() -> None:
        editions = await caught_up(store)
        swapped = threading.Event()
        store.after_render = lambda: swapped.wait(PATIENCE)
        fetching = asyncio.create_task(editions.find("/news/story"))
        await until(lambda: store.rendered)
        store.publish(page("second"))
        await editions.catch_up()
        swapped.set()
        assert words(await fetching) == "first"
        assert words(await editions.find("/news/story")) == "second"

    asyncio.run(scene())


def test_an_older_backup_in_the_place_of_the_store_is_followed(store: MemoryStore) -> None:
    """As a whole, so that nothing stays that it does not hold, and with a warning; nothing has to be restarted."""

    async def scene() -> None:
        backup = MemoryStore()
        backup.publish(feed("old"), page("old page"), missing())
        store.publish(feed("second"), feed("left", "/left.xml"))
        editions = await caught_up(store)
        assert editions.loaded.edition.number == 2
        editions._source = editions._renderer = backup
        with capture_logs() as logs:
            assert await editions.catch_up()
            assert not await editions.catch_up()
        assert [(log["served"], log["found"]) for log in logs if log["log_level"] == "warning"] == [(2, 1)]
        assert words(await editions.find("/atom.xml")) == "old"
        assert words(await editions.find("/news/story")) == "old page"
        assert await editions.find("/left.xml") is None
        backup.publish(feed("third"))
        assert await editions.catch_up()
        assert words(await editions.find("/atom.xml")) == "third"

    asyncio.run(scene())


def test_an_empty_store_in_the_place_of_a_full_one_empties_no_feed(store: MemoryStore) -> None:
    """What is served stays until something is published there."""

    async def scene() -> None:
        editions = await caught_up(store)
        editions._source = MemoryStore()
        with pytest.raises(StoreError, match="holds no edition any more"):
            await editions.catch_up()
        assert words(await editions.find("/atom.xml")) == "first"

    asyncio.run(scene())


@pytest.mark.parametrize("made", [page, partial(feed, traits=FEED)], ids=["pages", "feeds of other channels"])
def test_the_cache_holds_no_more_than_its_size(store: MemoryStore, made: Callable[..., Document]) -> None:
    """Visitors that read everything must not fill the memory; what is too large is served uncached."""

    async def scene() -> None:
        large = "".join(sha256(bytes([number])).hexdigest() for number in range(250))
        store.publish(*(made(path=f"/{n}") for n in range(9)), made(large, "/large"))
        editions = EditionState(store, store, cache_memory=10_000)
        await editions.catch_up()
        for n in range(9):
            assert words(await editions.find(f"/{n}")) == "first"
        assert 1 < len(editions.loaded.cache) < 9
        assert editions.loaded.cache.currsize <= 10_000
        assert words(await editions.find("/large")) == large
        assert "/large" not in editions.loaded.cache

    asyncio.run(scene())


def test_few_ask_the_source_at_once(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would have a connection of its own, however many cores there are."""
    asking: list[str] = []
    most: list[int] = []

    def ask() -> None:
        asking.append("somebody")
        most.append(len(asking))
        threading.Event().wait(0.01)
        asking.pop()

    async def scene() -> None:
        store.publish(*(feed(path=f"/{number}", traits=FEED) for number in range(9)))
        monkeypatch.setattr(store, "fetch", lambda *_: ask())
        editions = await caught_up(store)
        found = (editions.find(f"/{number}") for number in range(9))
        await asyncio.gather(*found, return_exceptions=True)
        assert len(most) >= 9
        assert max(most) <= 2

    asyncio.run(scene())


def test_a_feed_that_is_not_pinned_is_read_once_until_it_changes(store: MemoryStore) -> None:
    """An edition gives up what it changed of it, and keeps the rest; nothing of it is rendered."""
    read: list[str] = []
    fetch = store.fetch

    def counted(path: str, known: Edition) -> tuple[int, Response] | None:
        read.append(path)
        return fetch(path, known)

    async def scene() -> None:
        store.publish(feed("a", "/a/rss.xml", FEED), feed("b", "/b/rss.xml", FEED))
        editions = await caught_up(store)
        for _ in range(2):
            assert words(await editions.find("/a/rss.xml")) == "a"
            assert words(await editions.find("/b/rss.xml")) == "b"
        store.publish(feed("changed", "/a/rss.xml", FEED))
        await editions.catch_up()
        for _ in range(2):
            assert words(await editions.find("/a/rss.xml")) == "changed"
            assert words(await editions.find("/b/rss.xml")) == "b"
        assert read == ["/a/rss.xml", "/b/rss.xml", "/a/rss.xml"]
        assert store.rendered == []

    with patch.object(store, "fetch", counted):
        asyncio.run(scene())


@pytest.mark.parametrize("dropped", [True, False], ids=["dropped", "changed"])
def test_a_feed_of_a_newer_edition_brings_all_of_it(store: MemoryStore, dropped: bool) -> None:
    """The publisher commits between two reads of one worker: it catches up before it answers."""

    async def scene() -> None:
        store.publish(feed("old", "/a/rss.xml", FEED))
        editions = await caught_up(store)
        store.publish(
            feed("new"), *([] if dropped else [feed("new", "/a/rss.xml", FEED)]), drop=["/a/rss.xml"] * dropped
        )
        found = await editions.find("/a/rss.xml")
        assert found is None if dropped else words(found) == "new"
        assert words(await editions.find("/atom.xml")) == "new"

    asyncio.run(scene())


def test_without_the_store_goes_out_what_is_in_memory(store: MemoryStore) -> None:
    """What is pinned, and what was asked for lately; all else has to wait."""

    async def scene() -> None:
        store.publish(feed("a", "/a/rss.xml", FEED), feed("b", "/b/rss.xml", FEED))
        editions = await caught_up(store)
        await editions.find("/a/rss.xml")
        await editions.find("/news/story")
        store.break_down()
        assert [words(await editions.find(path)) for path in ("/atom.xml", "/a/rss.xml", "/news/story")] == [
            "first",
            "a",
            "first",
        ]
        with pytest.raises(StoreError):
            await editions.find("/b/rss.xml")

    asyncio.run(scene())


def test_two_that_catch_up_at_once_read_the_changes_once(store: MemoryStore) -> None:
    """The poll and a fetch may both see a new number."""

    async def scene() -> None:
        editions = EditionState(store, store)
        assert sorted(await asyncio.gather(editions.catch_up(), editions.catch_up())) == [False, True]

    asyncio.run(scene())
