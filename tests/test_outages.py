"""What goes wrong around a running service: it says what, serves on from memory, and mends itself when it can."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from postgres import Postgres, running
from serving import PATIENCE, Service, command, environment, wait_for, write

from feedsvc.store.store import open_store

pytestmark = pytest.mark.slow

WITHOUT_PRIVILEGE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""The superuser may read and write everything; so the service runs without that power."""
FEEDS = ("/rss.xml", "/atom.xml", "/feed.json")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, four megabytes large."""
    place = tmp_path / "disk"
    place.mkdir()
    made = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], check=False, capture_output=True
    ).returncode == 0  # fmt: skip
    if not made:
        pytest.skip("only the superuser may mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of one article, with its store in the working directory."""
    write(tmp_path / "articles", {"one.txt": "One\n\nFirst.\n"})
    with Service(tmp_path, "--port", 0, "--interval", 3600, "--base-url", "https://news.example.org") as running:
        yield running.ready()


def bodies(service: Service) -> list[bytes]:
    """What is served."""
    return [service.get(path).content for path in FEEDS]


def add(service: Service, title: str, *, size: int = 1) -> None:
    """Write an article and ask for a round, without waiting for its end."""
    write(service.home / "articles", {f"{title.lower()}.txt": f"{title}\n\n" + os.urandom(size).hex() + "\n"})
    service.process.send_signal(signal.SIGHUP)


def refused(service: Service, words: str) -> None:
    """Wait until a round was refused for that reason, to be tried again."""

    def told() -> list[str]:
        return [line for line in service.log.splitlines() if words in line and "round failed" in line]

    wait_for(told, f"{words!r} in\n{service.log}")


def test_a_full_disk(tmp_path: Path, disk: Path) -> None:
    """Nothing of the round counts; when there is room again it is published by itself."""
    write(tmp_path / "articles", {"one.txt": "One\n\nFirst.\n"})
    with Service(tmp_path, "--port", 0, "--interval", 3600, "--store", f"sqlite:///{disk}/feedsvc.db") as service:
        service.ready()
        before = bodies(service)
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 512)
        add(service, "Two", size=100_000)
        refused(service, "the disk is full")
        assert bodies(service) == before
        filler.unlink()
        wait_for(lambda: "Two" in service.titles(), "the second article")


def test_a_store_that_another_process_locks(service: Service) -> None:
    """The message says so; when it is let go, the round is made up for."""
    before = bodies(service)
    with contextlib.closing(sqlite3.connect(service.home / "feedsvc.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        add(service, "Two")
        refused(service, "is locked by another process")
        assert bodies(service) == before
        other.execute("ROLLBACK")
    wait_for(lambda: "Two" in service.titles(), "the second article")


def test_a_store_that_vanishes(service: Service) -> None:
    """Publisher and worker notice; the feeds are served from memory, and go on when it is put back."""
    before = bodies(service)
    store, away = service.home / "feedsvc.db", service.home / "away.db"
    store.rename(away)
    add(service, "Two")
    refused(service, "has vanished")
    wait_for(lambda: "store unreadable, serving from memory" in service.log, "the worker's notice")
    assert bodies(service) == before
    assert not store.exists()
    away.rename(store)
    wait_for(lambda: "Two" in service.titles(), "the second article")


def test_an_older_backup_under_the_running_service(service: Service) -> None:
    """Worker and publisher follow it without a restart: what it lacks is published again under the same id."""
    home = service.home
    with contextlib.closing(sqlite3.connect(home / "feedsvc.db")) as store:
        store.execute("VACUUM INTO ?", (str(home / "backup.db"),))
    add(service, "Two")
    wait_for(lambda: "Two" in service.titles(), "the second article")
    known = {entry.id: entry.published for entry in service.feed().entries}
    for name in ("feedsvc.db-wal", "feedsvc.db-shm"):
        (home / name).unlink(missing_ok=True)
    (home / "backup.db").replace(home / "feedsvc.db")
    wait_for(lambda: "the store was replaced, serving its edition" in service.log, "the worker's notice")
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(service.titles()) == 2, "both articles")
    now = {entry.id: entry.published for entry in service.feed().entries}
    assert known.items() <= now.items()
    assert service.log.count("the store was replaced, serving its edition") == 1


def test_a_store_that_is_damaged(service: Service) -> None:
    """A publisher that starts says how it is mended; the worker serves from memory."""
    before = bodies(service)
    store = service.home / "feedsvc.db"
    content = store.read_bytes()
    (publisher,) = service.children("publisher")
    publisher.suspend()
    for file in service.home.glob("feedsvc.db-wal"):
        os.truncate(file, 0)
    store.write_bytes(b"\xa5" * len(content))
    publisher.kill()
    wait_for(lambda: "feedsvc store rebuild" in service.log, f"the remedy in\n{service.log}")
    assert bodies(service) == before


@pytest.mark.skipif(not shutil.which("setpriv"), reason="without setpriv the superuser is not held back")
class TestRights:
    def test_a_store_that_may_not_be_written(self, tmp_path: Path) -> None:
        """It is told before anything starts, in one line."""
        write(tmp_path / "articles", {"one.txt": "One\n\nFirst.\n"})
        with Service(tmp_path, "--port", 0) as service:
            service.ready()
        (tmp_path / "feedsvc.db").chmod(0o444)
        tmp_path.chmod(0o555)
        done = subprocess.run(
            [*WITHOUT_PRIVILEGE, *command("serve", "--port", 0)],
            cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        tmp_path.chmod(0o755)
        assert done.returncode == 2
        assert "give this user the right to write the store and its folder" in done.stderr

    def test_a_folder_that_may_no_longer_be_read(self, tmp_path: Path) -> None:
        """What was published from it stays; it is named, and all else goes on."""
        articles = write(tmp_path / "articles", {"one.txt": "One\n\n1.\n", "in/two.txt": "Two\n\n2.\n"})
        with Service(tmp_path, "--port", 0, "--interval", 3600, prefix=WITHOUT_PRIVILEGE) as service:
            service.ready()
            (articles / "in").chmod(0)
            add(service, "Three")
            wait_for(lambda: "Three" in service.titles(), "the third article")
            assert "Two" in service.titles()
            assert "this folder cannot be read" in service.log
            (articles / "in").chmod(0o755)
            service.scan()
            assert sorted(service.titles()) == ["One", "Three", "Two"]


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A PostgreSQL server that a test may stop."""
    with running() as server:
        yield server


@contextlib.contextmanager
def hanging(server: Postgres) -> Iterator[None]:
    """For the length of the block the server does nothing, while the kernel takes in all that it is sent."""
    leader = psutil.Process(int((server.folder / "postmaster.pid").read_text().split()[0]))
    leader.suspend()  # first, so that it starts no other; one that ends just now does nothing either
    processes = [leader, *leader.children(recursive=True)]
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()


def test_a_database_that_hangs_holds_up_neither_feeds_nor_pages_nor_the_end(
    tmp_path: Path, server: Postgres
) -> None:
    """Feeds come as ever, clients that want a page are told to wait, and all is well again afterwards."""
    stories = {f"{number}.txt": f"Story {number}\n\nText.\n" for number in range(20)}
    articles = write(tmp_path / "articles", stories)
    settings = {"store__url": server.new_database(), "scan__interval": "3600", "port": "0"}
    with Service(tmp_path, articles, settings=settings) as service:
        service.ready()
        paths = [urlsplit(entry.link).path for entry in service.feed().entries]
        assert len(paths) == 20
        with hanging(server), ThreadPoolExecutor(10) as clients:
            asked = [clients.submit(service.get_once, path) for path in paths[:10]]
            assert [service.get(path).status_code for path in FEEDS] == [200] * 3
            for answer in asked:
                assert (answer.result().status_code, answer.result().headers["retry-after"]) == (503, "1")
        wait_for(lambda: service.get(paths[0]).status_code == 200, "the page")
        with hanging(server):
            assert service.get_once(paths[11]).status_code == 503
            assert service.stop() < 15  # four seconds, and what a busy machine takes


def test_a_database_that_hangs_does_not_hold_up_a_command(tmp_path: Path, server: Postgres) -> None:
    """``feedsvc status`` ends with 2, since it cannot tell, and says why in one line."""
    url = server.new_database()
    open_store(url).close()
    with hanging(server):
        done = subprocess.run(
            command("status", "--store", url), cwd=tmp_path, env=environment(), capture_output=True, text=True,
            check=False, timeout=PATIENCE,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
