"""A subscriber walks back through ten thousand articles while the site goes on living."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from archive_walk import Step, steps
from builders import record as make_record
from every_document import prepared, rendered
from serving import Service, wait_for, write

from feedsvc.articles.record import Record
from feedsvc.channels.archive import Positions
from feedsvc.channels.selection import select
from feedsvc.channels.site import Site
from feedsvc.documents.model import DocumentSpec
from feedsvc.documents.snapshot import MemorySnapshot

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
ARTICLES = 10_000
STEPS_A_ROUND = 25
HOME = "https://news.example.org"
ATOM = f"{HOME}/atom.xml"
FEEDS = ("/rss.xml", "/atom.xml", "/feed.json")


class Gazette:
    """Ten thousand articles, and rounds in which some are added, edited, taken back and returned."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a chance that comes again is what is wanted
        self.now = FIRST + ARTICLES * HOUR
        self.site = Site("https://example.org", "The Gazette", "News.", "en")
        self.records: dict[str, Record] = {}
        self.recipes: dict[str, DocumentSpec] = {}
        self.positions: Positions = {}
        self.always = {self.add(FIRST + number * HOUR) for number in range(ARTICLES)}
        self.publish()

    def add(self, published: datetime) -> str:
        """A new article; its id."""
        name = f"n{len(self.records):05}"
        times = {"published": published, "updated": published, "changed": published}
        self.records[name] = make_record(name, id=name, title=name, settled=True, listed=True, **times)
        return name

    def live(self) -> None:
        """A round in which everything happens that can happen to a subscriber."""
        self.now += HOUR
        for _ in range(self.chance.randint(1, 8)):
            self.add(self.now)
        self.add(FIRST + self.chance.randrange(ARTICLES) * HOUR)  # dated back
        for record in self.chance.sample(list(self.records.values()), 20):
            self._change(record)
        self.publish()

    def _change(self, record: Record) -> None:
        if record.withdrawn:
            self.records[record.id] = replace(record, withdrawn=None, listed=True, changed=self.now)
        elif self.chance.random() < 0.5:
            self.records[record.id] = replace(record, withdrawn=self.now, listed=False, changed=self.now)
            self.always.discard(record.id)
        else:
            article = replace(record.article, body=f"edited {self.now}")
            self.records[record.id] = replace(record, article=article, updated=self.now, changed=self.now)

    def publish(self) -> None:
        """List everything there is."""
        public = [record for record in self.records.values() if record.listed]
        public.sort(key=lambda record: (-record.published.timestamp(), record.id))
        selection = select(self.site, self.records.values(), self.positions)
        self.positions = {channel.path: channel.positions for channel in selection.channels}
        snapshot = MemorySnapshot(self.site, self.records, selection, lambda body: body)
        self.documents = {**prepared(self.site, selection, public, lambda body: body), **rendered(snapshot)}

    def get(self, url: str) -> bytes:
        """What is there now."""
        return self.documents[url.removeprefix(self.site.base_url)].make().content


def _walk(get: Callable[[str], bytes], url: str, meanwhile: Callable[[], None], often: int) -> Iterator[Step]:
    for number, step in enumerate(steps(get, url), 1):
        yield step
        if number % often == 0:
            meanwhile()


def _check(walked: list[Step], always: set[str], page: int) -> None:
    """Each id stands on one page alone, none is missing, and the feed repeats little of the archive."""
    feed, *pages = walked
    archived = [each for step in pages for each in step.ids]
    assert len(archived) == len(set(archived))
    assert always <= {*feed.ids, *archived}
    assert len({*feed.ids} & {*archived}) < 2 * page


@pytest.mark.parametrize("path", FEEDS)
def test_ten_thousand_articles_are_found_once_each(path: str) -> None:
    """While articles are added, dated back, edited, taken back and brought back between the steps."""
    gazette = Gazette(path)
    walked = list(_walk(gazette.get, gazette.site.url(path), gazette.live, STEPS_A_ROUND))
    assert len(walked) > 190
    _check(walked, gazette.always, gazette.site.archive_size)


@pytest.mark.parametrize("path", FEEDS[:2])
def test_a_full_page_changes_with_its_articles_alone(path: str) -> None:
    """Over the rounds, a page of which no article was touched keeps every byte."""
    gazette = Gazette(path)
    file = path.removeprefix("/")
    size = gazette.site.archive_size
    numbers = gazette.chance.sample(range(1, ARTICLES // size + 1), 10)
    for _ in range(3):
        before = {number: (gazette.get(f"/archive/{number}/{file}"), _on(gazette, number)) for number in numbers}
        gazette.live()
        after = {number: (gazette.get(f"/archive/{number}/{file}"), _on(gazette, number)) for number in numbers}
        assert {n: after[n][0] == before[n][0] for n in numbers} == {
            n: after[n][1] == before[n][1] for n in numbers
        }


def _on(gazette: Gazette, number: int) -> list[Record]:
    """The articles of a page, as they are now."""
    size = gazette.site.archive_size
    return [gazette.records[name] for name, place in gazette.positions["/"].items() if place // size == number - 1]


def test_a_running_service_can_be_walked(tmp_path: Path) -> None:
    """The same over HTTP, with a round between any two steps."""
    stories = write(
        tmp_path / "stories", {f"2026-03-{day:02}-{day}.txt": f"Day {day}\n\nIt passed.\n" for day in range(1, 29)}
    )
    settings = {
        "feeds__size": "4",
        "feeds__days": "0",
        "feeds__archive_size": "4",
        "scan__interval": "3600",
        "port": "0",
    }
    added = iter(range(1, 29))

    def meanwhile() -> None:
        day = next(added)
        edition = service.edition()
        write(
            stories,
            {
                f"2026-04-{day:02}.txt": f"Late {day}\n\nNew.\n",
                f"2026-03-{day:02}-{day}.txt": f"Day {day}\n\nWell.\n",
            },
        )
        if day > 1:
            (stories / f"2026-04-{day - 1:02}.txt").unlink()
        service.scan()
        wait_for(lambda: service.edition() > edition, "the next edition")

    with Service(tmp_path, stories, settings=settings | {"base_url": HOME}) as service:
        service.ready()
        ids = {
            entry
            for step in steps(lambda url: service.get(url.removeprefix(HOME)).content, ATOM)
            for entry in step.ids
        }
        walked = list(_walk(lambda url: service.get(url.removeprefix(HOME)).content, ATOM, meanwhile, 1))
    assert len(ids) == 28
    _check(walked, ids, 4)
