"""Several publishers on one store: one publishes, the others stand by and take over."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import psycopg
import pytest
from other_host import can_be_another_host, on_host
from postgres import Postgres
from serving import command, environment, wait_for, write

from feedsvc.store.store import Store, open_store

pytestmark = pytest.mark.slow(first=True)


class Publisher:
    """``feedsvc serve --role publisher``, on this host or on one that it takes for another."""

    def __init__(self, home: Path, url: str, name: str, *, another_host: bool) -> None:
        self._log_file = home / f"{name}.log"
        line = command("serve", "articles", "--role", "publisher", "--store", url, "--interval", 1)
        if another_host:
            line = on_host(name, line)
        with self._log_file.open("wb") as log:
            settings = environment(log__format="logfmt", base_url="https://news.example.org", log__level="info")
            self._process = subprocess.Popen(line, cwd=home, env=settings, stderr=log)
        self._another_host = another_host

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def log(self) -> str:
        """What it logged."""
        return self._log_file.read_text("utf-8")

    def logs(self, event: str, times: int = 1) -> None:
        """Wait until it has logged an event so many times."""
        wait_for(lambda: self.log.count(event) >= times, f"{event!r} in\n{self.log}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the supervisor; one that stops processes to all of them, as if the host stood still."""
        process = psutil.Process(self._process.pid)
        supervisor = process.children()[0] if self._another_host else process
        others = [] if number == signal.SIGTERM else supervisor.children(recursive=True)
        for each in [supervisor, *others]:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(number)


Start = Callable[[str], Publisher]


class Scene:
    """A directory, a store, and publishers."""

    def __init__(self, home: Path, url: str, *, another_host: bool) -> None:
        self.home = home
        self.articles = write(home / "articles", {"one.txt": "One\n\nFirst.\n"})
        self.url = url
        self.store: Store = open_store(url)
        self._another_host = another_host

    def publisher(self, name: str) -> Publisher:
        """Start one."""
        return Publisher(self.home, self.url, name, another_host=self._another_host)

    def add(self, name: str) -> None:
        """Put an article into the directory."""
        write(self.articles, {f"{name}.txt": f"{name.title()}\n\nNews.\n"})

    def owner(self) -> str:
        """The host and process of who may publish."""
        lease = self.store.publisher.lease()
        return "" if lease is None else lease.owner

    def tells(self, title: str) -> bool:
        """Whether the newest edition has an article of that title."""
        found = self.store.editions.fetch("/feed.json")
        return found is not None and any(title.encode() in form.body for form in found[1].representations)


@pytest.fixture(params=["SQLite", "PostgreSQL", "PostgreSQL, two hosts"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Publishers of one host over either kind of store, and of two hosts over PostgreSQL."""
    another_host = "two hosts" in request.param
    if another_host and not can_be_another_host():
        pytest.skip("a second host needs unshare and the superuser")
    url = f"sqlite:///{tmp_path}/feedsvc.db"
    if request.param != "SQLite":
        server = request.getfixturevalue("postgres")
        assert isinstance(server, Postgres)
        url = server.new_database()
    made = Scene(tmp_path, url, another_host=another_host)
    yield made
    made.store.close()


def test_one_publishes_and_another_takes_over_when_it_is_killed(scene: Scene) -> None:
    """Exactly one works; when its lease has lapsed, what is new is published by the other."""
    with scene.publisher("anna") as anna:
        anna.logs("event=published")
        with scene.publisher("bert") as bert:
            bert.logs("standing by")
            scene.add("two")
            wait_for(lambda: scene.tells("Two"), "the second article")
            assert "event=published" not in bert.log
            before = scene.owner()
            anna.signal(signal.SIGKILL)
            scene.add("three")
            wait_for(lambda: scene.tells("Three"), "the third article")
            assert scene.owner() != before
            bert.logs("took over the lease")


def test_who_ends_in_order_is_followed_at_once(scene: Scene) -> None:
    """The right is given back, so nothing has to lapse."""
    with scene.publisher("anna") as anna:
        anna.logs("event=published")
        with scene.publisher("bert") as bert:
            bert.logs("standing by")
            anna.signal(signal.SIGTERM)
            bert.logs("took over the lease")
            scene.add("two")
            wait_for(lambda: scene.tells("Two"), "the second article")


def test_who_was_paused_for_too_long_does_not_commit(scene: Scene) -> None:
    """It finds that another has published since, and stands by."""
    with scene.publisher("anna") as anna:
        anna.logs("event=published")
        with scene.publisher("bert") as bert:
            bert.logs("standing by")
            anna.signal(signal.SIGSTOP)
            scene.add("two")
            wait_for(lambda: scene.tells("Two"), "the second article")
            bert.logs("event=published")
            anna.signal(signal.SIGCONT)
            anna.logs("standing by")
            assert anna.log.count("event=published") == 1
            scene.add("three")
            wait_for(lambda: scene.tells("Three"), "the third article")
            assert anna.log.count("event=published") == 1


def test_who_is_paused_while_it_commits_keeps_nobody_out(tmp_path: Path, postgres: Postgres) -> None:
    """PostgreSQL takes the lock from a silent client; when that wakes up, its round does not count."""
    if not can_be_another_host():
        pytest.skip("a second host needs unshare and the superuser")
    scene = Scene(tmp_path, postgres.new_database(), another_host=True)
    with (
        closing(scene.store),
        scene.publisher("anna") as anna,
        psycopg.connect(scene.url) as connection,
    ):
        anna.logs("event=published")
        with scene.publisher("bert") as bert:
            bert.logs("standing by")
            connection.execute("SELECT pg_advisory_xact_lock(1717921124, hashtext(current_schema()))")
            scene.add("two")
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            wait_for(lambda: connection.execute(waiting).fetchone() != (0,), "the commit")
            anna.signal(signal.SIGSTOP)
            connection.rollback()
            wait_for(lambda: scene.tells("Two"), "the second article")
            bert.logs("event=published")
            anna.signal(signal.SIGCONT)
            anna.logs("standing by")
            assert anna.log.count("event=published") == 1
