"""``kill -9`` of sender, publisher and web worker at random moments, while articles change."""

import json
import random
import signal
import threading
from collections import Counter
from pathlib import Path

import httpx2
import pytest
from postgres import Postgres
from push_scene import Subscriber
from role_processes import RoleProcesses
from serving import wait_for, write

from feedsvc.store.store import open_store

pytestmark = pytest.mark.slow(first=True)

KILLS = 100
KILLS_ON_A_SERVER = 30
ROLES = ("publisher", "web", "sender")
VICTIMS = (("sender",), ("sender",), ("sender", "web"), ("publisher",), ("web",), ROLES)
"""Most of the time it is the sender: it is who must not forget."""
SITE = "https://news.example.org"
TOPICS = ("/atom.xml", "/rss.xml", "/feed.json")


class PushedSite:
    """A site whose processes are killed again and again, and its subscribers."""

    def __init__(self, home: Path, store: str, processes: RoleProcesses, server: Subscriber) -> None:
        self.counts: Counter[str] = Counter()
        self._articles = home / "articles"
        self._store = open_store(store)
        self._processes = processes
        self._server = server
        self._chance = random.Random(7)  # noqa: S311 - a test
        self._client = httpx2.Client(base_url=processes.url, timeout=30, headers={"connection": "close"})
        self._topics: dict[str, str] = {}
        """The topic of each callback that wants a subscription."""
        self._number = 0

    def begin(self) -> None:
        """Start all processes."""
        self.edit()
        for role in ROLES:
            self._processes.start(role)
        wait_for(lambda: self._get("/atom.xml") is not None, "the first edition")

    def edit(self) -> None:
        """Change an article, and so each of the feeds."""
        self._number += 1
        self.counts["edits"] += 1
        name = f"a{self._chance.randrange(5)}.md"
        write(self._articles, {name: f"# Article {name}\n\nWords of edit {self._number}.\n"})

    def strike(self) -> None:
        """Let something happen, and kill somebody meanwhile."""
        self._chance.choice((self.edit, self.edit, self._subscribe, self._unsubscribe))()
        self._scan()
        pause = threading.Event()
        pause.wait(self._chance.uniform(0, self._chance.choice((0.03, 0.2, 0.6))))
        victims = self._chance.choice(VICTIMS)
        for role in victims:
            self._processes.kill(role)
            self.counts[role] += 1
        for role in victims:
            self._processes.start(role)

    def settle(self) -> None:
        """Wait until each subscriber has the last bytes of its topic."""
        wait_for(lambda: not self._store.push.requests(), "the verifications")
        self.edit()
        self._scan()
        words = f"Words of edit {self._number}.".encode()
        wait_for(lambda: words in (self._get("/feed.json") or b""), "the edition")
        wait_for(self._is_told, "the deliveries")
        self._server.requests.clear()

    def _is_told(self) -> bool:
        last = {asked.path: asked.body for asked in list(self._server.deliveries)}
        return all(last.get(callback) == self._get(topic) for callback, topic in self._topics.items())

    def close(self) -> None:
        """Let go of what is open."""
        self._client.close()
        self._store.close()

    def _scan(self) -> None:
        self._processes.signal("publisher", signal.SIGHUP)

    def _subscribe(self) -> None:
        callback = f"/{len(self._topics)}-{self._chance.randrange(10**9)}"
        self._topics[callback] = self._chance.choice(TOPICS)
        self._ask("subscribe", callback)

    def _unsubscribe(self) -> None:
        if len(self._topics) < 4:
            self._subscribe()
            return
        callback = self._chance.choice(sorted(self._topics))
        self._ask("unsubscribe", callback)
        del self._topics[callback]

    def _ask(self, mode: str, callback: str) -> None:
        self.counts[mode] += 1
        url, topic = self._server.url + callback, SITE + self._topics[callback]
        form = {"hub.mode": mode, "hub.callback": url, "hub.topic": topic, "hub.secret": "s"}
        wait_for(lambda: self._post(form) == 202, "the hub")

    def _post(self, form: dict[str, str]) -> int:
        try:
            return self._client.post("/hub", data=form).status_code
        except httpx2.TransportError:
            return 0

    def _get(self, path: str) -> bytes | None:
        try:
            answer = self._client.get(path, headers={"accept-encoding": "identity"})
        except httpx2.TransportError:
            return None
        return answer.content if answer.status_code == 200 else None


def run(home: Path, store: str, kills: int) -> None:
    """Kill processes so many times, and see now and then that nobody was forgotten."""
    settings = {
        "articles": str(home / "articles"),
        "store__url": store,
        "base_url": SITE,
        "log__format": "logfmt",
        "scan__watch": False,
        "push__interval": 0,
        "push__allowed_networks": ["127.0.0.0/8"],
    }
    (home / "articles").mkdir()
    with Subscriber() as server, RoleProcesses(home, settings) as processes:
        pushed = PushedSite(home, store, processes, server)
        pushed.begin()
        for number in range(1, kills + 1):
            pushed.strike()
            if number % 10 == 0:
                pushed.settle()
        pushed.close()
        assert sum(pushed.counts[role] for role in ROLES) >= kills, json.dumps(pushed.counts)
        assert "Traceback" not in processes.log, processes.log


def test_no_subscriber_is_forgotten(tmp_path: Path) -> None:
    """Each ends with the last bytes of its topic, whoever was killed at whatever moment."""
    run(tmp_path, f"sqlite:///{tmp_path}/feedsvc.db", KILLS)


def test_no_subscriber_is_forgotten_on_a_server(tmp_path: Path, postgres: Postgres) -> None:
    """The same on PostgreSQL."""
    run(tmp_path, postgres.new_database(), KILLS_ON_A_SERVER)
