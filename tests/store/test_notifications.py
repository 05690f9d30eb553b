"""Waiting for changes of the store, and how a change of an SQLite file is noticed."""

import asyncio
import errno
import select
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from serving import PATIENCE

from feedsvc.store.notifications import ChangeListener, ChangeWatch
from feedsvc.store.store import open_store


def test_a_store_that_does_not_notify_is_not_asked_for_a_listener_all_the_time() -> None:
    """Each attempt may open a connection."""
    asked: list[None] = []

    async def listen() -> None:
        asked.append(None)

    async def scene() -> None:
        watch = ChangeWatch(listen)
        assert not any([await watch.wait(0) for _ in range(5)])
        assert not watch.hears
        watch.close()

    asyncio.run(scene())
    assert len(asked) == 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an SQLite store is."""
    return tmp_path / "store.db"


@pytest.fixture
def listener(file: Path) -> Iterator[ChangeListener]:
    """Listens to an SQLite store."""
    with closing(open_store(f"sqlite:///{file}")) as store:
        listener = store.editions.listen()
        assert listener is not None
        with closing(listener):
            yield listener


def _commit(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO editions VALUES (7, 1, NULL, 'x')")


def _exchange(file: Path) -> None:
    other = file.with_name("other.db")
    shutil.copyfile(file, other)
    other.replace(file)


def _copy_over(file: Path) -> None:
    other = file.with_name("other.db")
    open_store(f"sqlite:///{other}").close()
    _commit(other)
    shutil.copyfile(other, file)


def notifies(listener: ChangeListener, seconds: float = PATIENCE) -> bool:
    """Whether it can be heard now, or within a while."""
    return bool(select.select([listener.fileno()], [], [], seconds)[0])


@pytest.mark.parametrize("change", [_commit, _exchange, _copy_over])
def test_each_change_of_a_file_notifies(
    file: Path, listener: ChangeListener, change: Callable[[Path], None]
) -> None:
    """A commit of another process, and a backup that takes the place of the file; then there is peace."""
    assert not notifies(listener, 0.3)
    change(file)
    assert notifies(listener)
    while notifies(listener, 0.3):  # a file that is copied over another changes more than once
        assert listener.heard()


def test_a_file_that_cannot_be_read_notifies(file: Path, listener: ChangeListener) -> None:
    """Then a query says what is wrong; and so does a file that comes back."""
    elsewhere = file.rename(file.with_name("elsewhere.db"))
    for _ in range(2):
        assert notifies(listener)
        assert listener.heard()
    elsewhere.rename(file)
    while notifies(listener, 0.5):
        listener.heard()
    _commit(file)
    assert notifies(listener)


def test_a_listener_gives_back_all_that_it_takes(file: Path) -> None:
    """Its thread, its pipe and its connection: a worker makes another whenever the store was away.

    SQLite itself keeps a descriptor for the next connection, while another one holds a lock.
    """
    taken = []
    with closing(open_store(f"sqlite:///{file}")) as store:
        for _ in range(4):
            listener = store.editions.listen()
            assert listener is not None
            (thread,) = (each for each in threading.enumerate() if each.name == "changes")
            listener.close()
            thread.join(PATIENCE)
            assert not thread.is_alive()
            taken.append(psutil.Process().num_fds())
    assert len(set(taken)) == 1


def test_where_no_descriptor_is_left_there_is_no_listener(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is full goes on by looking."""

    def full() -> tuple[int, int]:
        raise OSError(errno.EMFILE, "Too many open files")

    with closing(open_store(f"sqlite:///{file}")) as store:
        monkeypatch.setattr("feedsvc.store.notifications.os.pipe", full)
        assert store.editions.listen() is None


def test_where_no_thread_can_be_started_there_is_no_listener(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does anything stay open for it."""

    def refused(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    with closing(open_store(f"sqlite:///{file}")) as store:
        assert store.editions.newest().number == 0
        before = psutil.Process().num_fds()
        monkeypatch.setattr("feedsvc.store.notifications.Thread.start", refused)
        assert store.editions.listen() is None
        assert psutil.Process().num_fds() == before


def test_a_file_named_by_a_uri_has_no_listener(file: Path) -> None:
    """Its name is SQLite's to read."""
    with closing(open_store(f"sqlite:///file:{file}?uri=true")) as store:
        assert store.editions.listen() is None
        assert store.editions.newest().number == 0
        _commit(file)
        assert store.editions.newest().number == 7
