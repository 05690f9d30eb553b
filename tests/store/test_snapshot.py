"""A snapshot that is read by indexes holds what a round has in memory."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from every_document import rendered, rendered_paths
from read_here import ReadHere
from serving import write
from sqlalchemy import RowMapping

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.record import Record, release
from feedsvc.articles.safeguards import SafeguardLimits
from feedsvc.channels.selection import select
from feedsvc.channels.site import Query, Site
from feedsvc.core.errors import EditionConflictError, StoreError
from feedsvc.documents import on_demand
from feedsvc.documents.snapshot import MemorySnapshot
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.round import publish
from feedsvc.responses.builder import digest
from feedsvc.responses.edition import Edition, PublisherState, new_identity
from feedsvc.store.rows import record_of
from feedsvc.store.snapshot import SnapshotCache
from feedsvc.store.store import Store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = Site(
    "https://example.org",
    "News",
    "All of it.",
    "en",
    feed_size=2,
    feed_days=0,
    archive_size=2,
    empty_channel_days=1,
    key_field="cache-tag",
    queries=(Query("/sea/", "Sea", tags=("sea",)),),
)
DATES = ("2026-05-01", "2026-05-01", "2026-05-01", "2026-05-02", "2026-04-01", "2026-05-03")
STORIES = {
    f"news/story-{number}.md": f"---\ntitle: Story {number}\ndate: {date}\ntags: [sea, t{number % 2}]\n"
    f"author: Jo\naliases: [/old/{number}]\n---\n\nWords. ![A sketch](pic.svg)\n"
    for number, date in enumerate(DATES)
} | {
    "news/pic.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "trip.md": "---\ntitle: Trip\ndate: 2026-05-01\n---\nFar.\n",
    "trip.fr.md": "---\ntitle: Voyage\ndate: 2026-05-01\n---\nLoin.\n",
    "quiet.md": "---\ntitle: Quiet\ndate: 2026-05-01\nunlisted: true\n---\nHush.\n",
    "away.md": "---\ntitle: Away\ndate: 2026-05-01\nredirect_to: /old/1\n---\nx\n",
    "rare.md": "---\ntitle: Rare\ndate: 2026-05-01\ntags: [rare]\n---\nx\n",
}
Publish = Callable[..., PublisherState]


@pytest.fixture(name="publish_at")
def _publish_at(store: Store, tmp_path: Path) -> Publish:
    folder = write(tmp_path / "articles", STORIES)
    options = RoundOptions(
        folder,
        SITE,
        ReadOptions(SITE.base_url, ZoneInfo("UTC"), 10_000),
        "example.org",
        limits=SafeguardLimits(removals=100, flood=100),
    )

    def run(now: datetime, *, afresh: bool, site: Site = SITE) -> PublisherState:
        state = store.publisher.state()
        chosen = replace(options, site=site)
        outcome = publish(
            chosen, store.publisher, state, now, afresh=afresh, progress=lambda *_: None, readers=ReadHere()
        )
        return outcome.state

    return run


def served(store: Store, state: PublisherState, together: int = 0) -> dict[str, str]:
    """A digest of each document that is rendered from the store, so many of them read ahead at a time."""
    documents = {}
    with store.editions.snapshot(state.edition) as snapshot:
        paths = rendered_paths(snapshot)
        for number, path in enumerate(paths):
            if together and number % together == 0:
                snapshot.read_ahead(paths[number : number + together])
            documents[path] = on_demand.render(snapshot, path)
    return {path: digest(document) for path, document in documents.items() if document is not None}


def expected(store: Store, state: PublisherState, now: datetime) -> dict[str, str]:
    """The same, from the records in memory."""
    released = release(state.records, now)
    selection = select(SITE, released.records.values(), state.archive_positions, now)
    snapshot = MemorySnapshot(SITE, released.records, selection, store.publisher.body)
    return {path: each.key for path, each in rendered(snapshot).items()}


def test_every_document_is_the_same_round_after_round(store: Store, publish_at: Publish, tmp_path: Path) -> None:
    """After a first round, an edit, a rename, a removal, and when a channel that was emptied is dropped."""
    state = publish_at(NOON, afresh=True)
    assert served(store, state) == expected(store, state, NOON)
    folder = tmp_path / "articles"
    write(folder, {"news/story-3.md": STORIES["news/story-3.md"].replace("Story 3", "Another")})
    (folder / "quiet.md").rename(folder / "news/quiet.md")
    (folder / "news/story-4.md").unlink()
    (folder / "rare.md").unlink()
    for now in (NOON + HOUR, NOON + 40 * HOUR):
        state = publish_at(now, afresh=False)
        assert served(store, state) == expected(store, state, now)
    for together in (2, 5, 1000):
        assert served(store, state, together) == expected(store, state, now)
    with store.editions.snapshot(state.edition) as snapshot:
        found = [on_demand.render(snapshot, path) for path in ("/news/story-4", "/tags/rare/", "/quiet")]
    assert [document and document.traits.status for document in found] == [410, 410, 301]


def test_a_change_of_the_site_alone_makes_another_edition(store: Store, publish_at: Publish) -> None:
    """Workers forget the pages that were rendered by the options before."""
    before = publish_at(NOON, afresh=True)
    after = publish_at(NOON + HOUR, afresh=True, site=replace(SITE, archive_size=3))
    assert after.edition.number == before.edition.number + 1
    with store.editions.snapshot(after.edition) as snapshot:
        assert snapshot.site.archive_size == 3


@pytest.mark.parametrize("number", ["0", "01", "-1", "+1", "٢", "1e3", "999999999", "9" * 5_000])
def test_an_archive_number_that_is_none_leads_nowhere(store: Store, publish_at: Publish, number: str) -> None:
    """Strangers send any; Python refuses to read a number of more than 4,300 digits."""
    state = publish_at(NOON, afresh=True)
    with store.editions.snapshot(state.edition) as snapshot:
        found = [on_demand.render(snapshot, f"/news/archive/{each}/") for each in ("1", number)]
    assert [each is not None for each in found] == [True, False]


def test_a_touch_makes_no_edition(store: Store, publish_at: Publish, tmp_path: Path) -> None:
    """What is remembered of the file shows in no document."""
    before = publish_at(NOON, afresh=True)
    (tmp_path / "articles/trip.md").touch()
    assert publish_at(NOON + HOUR, afresh=False).edition == before.edition
    with store.editions.snapshot(before.edition):
        pass


def test_a_snapshot_is_of_one_edition(store: Store, publish_at: Publish) -> None:
    """Whoever knows another one has to follow first."""
    state = publish_at(NOON, afresh=True)
    for other in (replace(state.edition, number=7), replace(state.edition, identity=new_identity())):
        with pytest.raises(EditionConflictError), store.editions.snapshot(other):
            pytest.fail("it was given")


def test_what_was_read_of_an_edition_is_not_read_again(
    store: Store, publish_at: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the next snapshot of the same edition; that of another edition reads all anew."""
    decoded: list[str] = []
    cache = SnapshotCache()

    def counted(row: RowMapping) -> Record:
        decoded.append(row["path"])
        return record_of(row)

    def read(state: PublisherState, path: str) -> bytes:
        with store.editions.snapshot(state.edition, cache) as snapshot:
            document = on_demand.render(snapshot, path)
        assert document is not None
        return document.content

    monkeypatch.setattr("feedsvc.store.snapshot.record_of", counted)
    state = publish_at(NOON, afresh=True)
    first = read(state, "/news/archive/1/atom.xml")
    assert len(decoded) == len(set(decoded)) == 2
    assert read(state, "/news/archive/1/atom.xml") == first
    read(state, "/news/archive/1/rss.xml")
    read(state, "/news/archive/1/")
    assert len(decoded) == 2
    assert b"Story 4" in first
    write(tmp_path / "articles", {"news/story-4.md": STORIES["news/story-4.md"].replace("Story 4", "Another")})
    state = publish_at(NOON + HOUR, afresh=False)
    assert b"<title>Another</title>" in read(state, "/news/archive/1/atom.xml")


def test_a_store_that_no_round_has_indexed_says_so(store: Store) -> None:
    """After an upgrade, until the first round: it holds pages, and nothing yet to find them by."""
    refused = pytest.raises(StoreError, match="not been published with this version yet: wait for the next round")
    with refused, store.editions.snapshot(store.editions.newest()):
        pytest.fail("it was given")


def steps_of(store: Store, edition: Edition, path: str) -> int:
    """How many steps SQLite takes for a document (https://sqlite.org/c3ref/progress_handler.html)."""
    steps = count()
    with store.editions.snapshot(edition) as snapshot:
        driver = snapshot._connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(lambda: next(steps) < 0, 1)
        try:
            assert on_demand.render(snapshot, path) is not None
        finally:
            driver.set_progress_handler(None, 0)
    return next(steps)


@pytest.mark.parametrize("url", [pytest.param("sqlite", id="sqlite")], indirect=True)
def test_a_page_costs_the_same_among_ten_times_as_many_articles(
    store: Store, publish_at: Publish, tmp_path: Path
) -> None:
    """What is rendered on demand is read by indexes."""
    paths = ("/news/story-3", "/news/", "/news/archive/1/atom.xml", "/tags/sea/archive/1/", "/old/1", "/trip-fr")
    few = publish_at(NOON, afresh=False)
    before = [steps_of(store, few.edition, path) for path in paths]
    for number in range(150):
        date = f"2025-{1 + number % 12:02}-{1 + number // 12:02}"
        write(tmp_path / "articles", {f"more/m{number}.md": f"---\ndate: {date}\n---\nWords {number}.\n"})
    many = publish_at(NOON + HOUR, afresh=False)
    assert [steps_of(store, many.edition, path) for path in paths] == pytest.approx(before, rel=0.3, abs=100)


@pytest.mark.parametrize("url", [pytest.param("sqlite", id="sqlite")], indirect=True)
def test_pages_that_are_read_ahead_ask_the_store_for_nothing_more(store: Store, publish_at: Publish) -> None:
    """An export renders one page after another, and each question takes longer than its answer."""
    state = publish_at(NOON, afresh=True)
    paths = [f"/news/story-{number}" for number in range(len(DATES))]
    asked: list[str] = []
    with store.editions.snapshot(state.edition) as snapshot:
        driver = snapshot._connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(asked.append)
        try:
            snapshot.read_ahead(paths)
            at_once = len(asked)
            assert all(on_demand.render(snapshot, path) for path in paths)
        finally:
            driver.set_trace_callback(None)
    assert at_once == 4
    assert len(asked) <= at_once + 2, "besides, only neighbours that were not read ahead"
