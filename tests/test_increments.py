"""Rounds that make only what changed end where a round ends that makes everything."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from every_document import prepared, rendered, rendered_paths
from read_here import ReadHere
from serving import write

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.record import release
from feedsvc.articles.safeguards import SafeguardLimits
from feedsvc.channels.selection import select
from feedsvc.channels.site import Query, Site
from feedsvc.documents import on_demand
from feedsvc.documents.snapshot import MemorySnapshot
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.round import publish
from feedsvc.publishing.site_index import LedgerIndex, SiteIndex
from feedsvc.responses.builder import digest
from feedsvc.responses.edition import PublisherState
from feedsvc.store.store import Store, open_store

pytestmark = pytest.mark.slow

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEP = timedelta(hours=13)
"""From round to round; after two more a channel that was emptied is gone, and a tombstone has ended."""
ROUNDS = 6
SITE = Site(
    "https://example.org",
    "News",
    "All of it.",
    "en",
    feed_size=3,
    feed_days=0,
    archive_size=2,
    empty_channel_days=1,
    tombstone_days=1,
    queries=(Query("/sea-and-me/", "Sea and me", tags=("sea",), authors=("Ann",)),),
)


class Desk:
    """Writes, edits, moves and removes stories by chance."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.count = 0
        self.touched: set[str] = set()
        """What file events would name."""
        for _ in range(12):
            self._write(self._new())

    def work(self) -> None:
        """A few things, as they may happen between two rounds."""
        self.touched.clear()
        if (self.folder / "news").exists() and self.chance.random() < 0.2:
            (self.folder / "news").rename(self.folder.with_name(f"taken-{self.count}"))
            self._touch(self.folder / "news")  # events name the folder alone
            self._write(self._new())
            return
        for _ in range(self.chance.randint(1, 3)):
            story = self.chance.choice(sorted(self.folder.rglob("*.md")))
            deed = self.chance.choice(("new", "edit", "edit", "move", "remove", "picture"))
            if deed == "picture":
                picture = story.with_name(f"picture-{self.chance.randint(1, 4)}.png")
                picture.write_bytes(self.chance.randbytes(20))
                self._touch(picture)
            elif deed in {"new", "edit"}:
                self._write(self._new() if deed == "new" else story)
            elif deed == "move":
                self._touch(story, story.rename(self._new()))
            else:
                story.unlink()
                self._touch(story)

    def _new(self) -> Path:
        self.count += 1
        stem = f"story-{self.count}"
        if self.chance.random() < 0.3:  # perhaps of a story that is there
            stem = f"story-{self.chance.randint(1, self.count)}.{self.chance.choice(('fr', 'de'))}"
        place = self.folder / self.chance.choice(("", "news", "news/local")) / f"{stem}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _touch(self, *paths: Path) -> None:
        self.touched.update(path.relative_to(self.folder).as_posix() for path in paths)

    def _rare(self) -> str:
        """A tag of hardly more than one story."""
        return f"rare-{self.chance.randint(1, 30)}"

    def _write(self, story: Path) -> None:
        """A story with another header and other words each time."""
        header = {
            "title": f"Story {self.chance.randint(1, 99)}",
            "date": f"2026-05-{self.chance.randint(1, 31):02}",
            "tags": f"[{', '.join((*self.chance.sample(('sea', 'Sea', 'moon', 'tea'), 2), self._rare()))}]",
            "author": self.chance.choice(("Ann", "Bob")),
            "draft": self.chance.choice(("false", "false", "false", "true")),
            "unlisted": self.chance.choice(("false", "false", "false", "true")),
            "audio": self.chance.choice(("", "", "{url: https://cdn.example/a.mp3, length: 7, duration: 95}")),
            "aliases": self.chance.choice(("[]", "[]", f"[/old/{self.chance.randint(1, 3)}, /tags/tea]")),
            "expires": self.chance.choice(("2026-06-01T14:30:00Z", "2027-01-01", "2028-01-01")),
        }
        lines = "\n".join(f"{name}: {value}" for name, value in header.items())
        words = f"Words {self.chance.randint(1, 999)} ![](picture-{self.chance.randint(1, 4)}.png)."
        story.write_text(f"---\n{lines}\n---\n\n{words}\n", "utf-8")
        self._touch(story)


@pytest.mark.parametrize("seed", range(8))
def test_rounds_over_what_changed_end_where_one_over_everything_does(tmp_path: Path, seed: int) -> None:
    """Every path, key and byte: nothing that is remembered from round to round outlives what it was made of.

    Two rounds of three go by what file events say.
    """
    desk = Desk(tmp_path / "articles", random.Random(seed))  # noqa: S311 - a chance that comes again is wanted
    rules = ReadOptions(SITE.base_url, ZoneInfo("UTC"), 10_000)
    plan = RoundOptions(desk.folder, SITE, rules, "example.org", limits=SafeguardLimits(removals=100, flood=100))
    store = open_store(f"sqlite:///{tmp_path}/feedsvc.db")
    memory, index = PublisherState(), SiteIndex()
    for number in range(ROUNDS):
        now = NOON + number * STEP
        outcome = publish(
            plan,
            store.publisher,
            memory,
            now,
            afresh=not number,
            progress=lambda *_: None,
            readers=ReadHere(),
            index=index,
            touched=None if number % 3 == 2 else desk.touched,
        )
        memory = outcome.state
        assert memory == store.publisher.state()
        _check_index(index, memory, now)
        present = {record.article.path for record in memory.records.values() if record.present}
        assert present == {story.relative_to(desk.folder).as_posix() for story in desk.folder.rglob("*.md")}
        desk.work()
    served = _served(store, memory)
    assert served == _everything(store, memory, NOON + (ROUNDS - 1) * STEP)
    rare = [path for path in served if path.startswith("/tags/rare-") and path not in memory.responses]
    with store.editions.snapshot(memory.edition) as snapshot:
        documents = [on_demand.render(snapshot, path) for path in rare]
    assert {document.traits.status for document in documents if document} == {200, 301, 410}
    store.close()


def test_a_folder_spelled_otherwise_is_shown_as_it_is_now(tmp_path: Path) -> None:
    """Its paths stay, and the articles in it; every page that tells its name is made anew."""
    folder = write(tmp_path / "articles", {"sea_stories/one.txt": "One\n\nFirst.\n", "two.txt": "Two\n"})
    plan = RoundOptions(folder, SITE, ReadOptions(SITE.base_url, ZoneInfo("UTC"), 10_000), "example.org")
    store = open_store(f"sqlite:///{tmp_path}/feedsvc.db")
    before = publish(
        plan, store.publisher, PublisherState(), NOON, afresh=True, progress=lambda *_: None, readers=ReadHere()
    ).state
    page = "/sea-stories/one"
    shown_before = _served(store, before)[page]
    (folder / "sea_stories").rename(folder / "Sea-Stories")
    after = publish(
        plan, store.publisher, before, NOON + HOUR, afresh=False, progress=lambda *_: None, readers=ReadHere()
    ).state
    assert shown_before != _served(store, after)[page]
    assert _served(store, after) == _everything(store, after, NOON + HOUR)
    store.close()


def _check_index(index: SiteIndex, memory: PublisherState, now: datetime) -> None:
    """What is kept in memory is what is made of the whole ledger."""
    indexed = index.of(memory.records, now)
    assert indexed is not None
    assert indexed.selector is not None
    ledger, whole = indexed.ledger, LedgerIndex(memory.records, now, tombstone_days=SITE.tombstone_days)
    assert (ledger.counts, ledger.by_path, ledger.next_moment) == (whole.counts, whole.by_path, whole.next_moment)
    assert ledger.aliased == whole.aliased
    assert (ledger.rest({}).present, ledger.rest({}).public) == (whole.rest({}).present, whole.rest({}).public)
    pages = {page for record in memory.records.values() for page in (record.page, *record.former_pages)}
    assert all(page in ledger.rest({}).pages for page in pages)
    kept = indexed.selector.select(memory.archive_positions, now)
    selection = select(SITE, memory.records.values(), memory.archive_positions, now)
    assert replace(kept, changed=selection.changed) == selection


def _everything(store: Store, memory: PublisherState, now: datetime) -> dict[str, str]:
    """A digest of each document, made of what the store remembers and nothing else."""
    released = release(store.publisher.state().records, now)
    selection = select(SITE, released.records.values(), memory.archive_positions, now)
    since = now - timedelta(days=SITE.tombstone_days)
    body = store.publisher.body
    documents = {
        **rendered(MemorySnapshot(SITE, released.records, selection, body)),
        **prepared(SITE, selection, released.public, body, since=since),
    }
    return {path: served.key for path, served in documents.items()}


def _served(store: Store, memory: PublisherState) -> dict[str, str]:
    """A digest of each document that the store gives."""
    with store.editions.snapshot(memory.edition) as snapshot:
        made = {path: on_demand.render(snapshot, path) for path in rendered_paths(snapshot)}
    return {
        **{path: digest(document) for path, document in made.items() if document is not None},
        **{path: kept.digest for path, kept in memory.responses.items()},
    }
