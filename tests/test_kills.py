"""``kill -9`` of publisher and web worker at random moments, while files come, change, move and go."""

import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from lxml import etree
from postgres import Postgres
from role_processes import RoleProcesses
from serving import wait_for

from feedsvc.responses.edition import PublisherState
from feedsvc.store.store import open_store

pytestmark = pytest.mark.slow(first=True)

KILLS = 100
"""A test; with three seeds these are 300 on SQLite."""
KILLS_ON_A_SERVER = 30
VICTIMS = (("publisher",), ("publisher",), ("web",), ("publisher", "web"))
"""Half of the time it is the publisher alone: it is who writes."""
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a subscriber knows an article by."""

    id: str
    published: str


class Files:
    """The articles directory, and what the feeds should tell of it. No article is known by its file's name."""

    def __init__(self, directory: Path, chance: random.Random) -> None:
        self.directory = directory
        self.texts: dict[str, str] = {}
        """By title, which never changes and so tells which article is which."""
        self.busy: set[str] = set()
        """Titles of what changed and was not yet seen: to rename and edit a file at once makes a new article."""
        self._paths: dict[str, str] = {}
        self._chance = chance
        self._count = 0
        directory.mkdir()
        for _ in range(6):
            self.add()

    def change(self) -> None:
        """Do one thing to one article that was not changed since it was last seen."""
        if len(self.texts) < 4:
            self.add()
        elif len(self.texts) > 12:
            self.remove()
        else:
            self._chance.choice((self.add, self.edit, self.edit, self.rename, self.remove))()

    def add(self) -> None:
        """Write a new file."""
        self._count += 1
        title = f"Article {self._count:04}"
        self.busy.add(title)
        self.texts[title] = self._words(title)
        self._paths[title] = self._name()
        self._write(title)

    def edit(self) -> None:
        """Let a file say something else."""
        title = self._any()
        self.texts[title] = self._words(title)
        self._write(title)

    def rename(self) -> None:
        """Give a file another name, perhaps in another folder."""
        title = self._any()
        before, self._paths[title] = self._paths[title], self._name()
        after = self.directory / self._paths[title]
        after.parent.mkdir(exist_ok=True)
        (self.directory / before).rename(after)

    def remove(self) -> None:
        """Delete a file."""
        title = self._any()
        del self.texts[title]
        (self.directory / self._paths.pop(title)).unlink()

    def paths(self) -> list[str]:
        """Where the files are."""
        return sorted(self._paths.values())

    def _any(self) -> str:
        title = self._chance.choice(sorted(self.texts.keys() - self.busy))
        self.busy.add(title)
        return title

    def _words(self, title: str) -> str:
        return f"About {title}: " + " ".join(str(self._chance.randrange(10**9)) for _ in range(20))

    def _name(self) -> str:
        folder = self._chance.choice(("", "news/", "town/"))
        return f"{folder}{self._chance.randrange(10**9)}.md"

    def _write(self, title: str) -> None:
        hidden = self.directory / ".next"
        hidden.write_text(f"# {title}\n\n{self.texts[title]}\n", "utf-8")
        place = self.directory / self._paths[title]
        place.parent.mkdir(exist_ok=True)
        hidden.replace(place)


class KilledService:
    """A site whose processes are killed again and again, and what was seen of it so far."""

    def __init__(self, processes: RoleProcesses, files: Files, url: str, chance: random.Random) -> None:
        self.processes = processes
        self.files = files
        self.edition = 0
        self.known: dict[str, Seen] = {}
        """By title; also of articles that are no more, which must not come back as others."""
        self.counts: Counter[str] = Counter()
        self._settled: set[str] = set()
        self._url = url
        self._chance = chance
        self._client = httpx2.Client(base_url=processes.url, timeout=30, headers={"connection": "close"})

    def begin(self) -> None:
        """Start both processes."""
        for role in ("publisher", "web"):
            self.processes.start(role)
        self.settle()

    def strike(self) -> None:
        """Change files, kill somebody meanwhile, start them again, and see that all is well."""
        self._change()
        self.processes.signal("publisher", signal.SIGHUP)
        pause = threading.Event()
        # Before, in or after the round, on a fast machine and on a busy one.
        pause.wait(self._chance.uniform(0, self._chance.choice((0.03, 0.1, 0.4))))
        if self._chance.random() < 0.5:
            self._change()
            self.processes.signal("publisher", signal.SIGHUP)
            pause.wait(self._chance.uniform(0, 0.03))
        victims = self._chance.choice(VICTIMS)
        for role in victims:
            self.processes.kill(role)
        self.counts["+".join(victims)] += 1
        self._look_into_the_store()
        for role in victims:
            self.processes.start(role)
        self.processes.signal("publisher", signal.SIGHUP)
        self.settle()

    def _change(self) -> None:
        self.counts["changes"] += 1
        self.files.change()

    def settle(self) -> None:
        """Wait until the feeds are those of the files; meanwhile nobody is shown anything wrong."""
        wait_for(self._is_told, "the feeds of the files")
        # Feeds do not tell of a rename, so the ledger has to.
        wait_for(lambda: self._present() == self.files.paths(), "the paths of the files")
        self.edition = self._memory().edition.number
        self.files.busy.clear()
        self._settled = set(self.files.texts)

    def _is_told(self) -> bool:
        try:
            feed = self._client.get("/feed.json")
            atom = etree.fromstring(self._client.get("/atom.xml").content)
            rss = etree.fromstring(self._client.get("/rss.xml").content)
        except (httpx2.TransportError, etree.XMLSyntaxError):
            return False  # the worker was killed, or has no edition yet
        if not feed.is_success:
            return False
        items = feed.json()["items"]
        titles = [item["title"] for item in items]
        assert len(set(titles)) == len(titles), "an article is there twice"
        for item in items:
            seen = Seen(item["id"], item["date_published"])
            assert self.known.setdefault(item["title"], seen) == seen, "an id or a date changed"
        assert self._settled & self.files.texts.keys() <= set(titles), "an article vanished for a while"
        if set(titles) != self.files.texts.keys():
            return False
        ids = [item["id"] for item in items]
        return (
            all(self.files.texts[item["title"]] in item["content_html"] for item in items)
            and atom.xpath("a:entry/a:id/text()", namespaces=ATOM) == ids
            and rss.xpath("channel/item/guid/text()") == ids
        )

    def _present(self) -> list[str]:
        return sorted(record.article.path for record in self._memory().records.values() if record.present)

    def _memory(self) -> PublisherState:
        store = open_store(self._url)
        try:
            return store.publisher.state()
        finally:
            store.close()

    def _look_into_the_store(self) -> None:
        """As it was left by who was killed."""
        memory = self._memory()
        assert memory.edition.number >= self.edition, "an edition was taken back"
        self.counts["unfinished"] += memory.edition.number == self.edition
        self.edition = memory.edition.number
        ids = {record.id for record in memory.records.values() if record.settled}
        assert {seen.id for seen in self.known.values()} <= ids, "an id was lost"


def kill_often(tmp_path: Path, url: str, seed: int, kills: int) -> None:
    """Kill ``kills`` times."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    files = Files(tmp_path / "articles", chance)
    settings = {
        "articles": str(files.directory), "store__url": url, "scan__interval": 3600, "log__format": "logfmt",
        "base_url": "https://news.example.org",
        "safeguards__removal_limit": 100,  # a storm removes in a minute what people remove in a month
    }  # fmt: skip
    begin = time.monotonic()
    with RoleProcesses(tmp_path, settings) as processes:
        under = KilledService(processes, files, url, chance)
        under.begin()
        for _ in range(kills):
            under.strike()
        log = processes.log
    print(f"seed {seed}: {kills} kills in {time.monotonic() - begin:.0f} s, {dict(under.counts)}")  # noqa: T201 - how it went
    assert "Traceback" not in log, log
    assert under.counts["unfinished"] > kills / 20, "hardly any kill hit a round, so the test proves nothing"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_by_kills(tmp_path: Path, seed: int) -> None:
    """Editions only rise, ids and dates stay, no article vanishes or doubles, the feeds are those of the files."""
    kill_often(tmp_path, f"sqlite:///{tmp_path}/feedsvc.db", seed, KILLS)


def test_nothing_is_lost_by_kills_on_a_server(tmp_path: Path, postgres: Postgres) -> None:
    """PostgreSQL undoes what a dead client left unfinished, and the next publisher goes on."""
    kill_often(tmp_path, postgres.new_database(), 4, KILLS_ON_A_SERVER)
