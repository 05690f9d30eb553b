"""SQLite: what connections are told, and how a change of the file is noticed."""

import errno
import os
import select
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from serving import PATIENCE

from feedsvc.core.errors import StoreError
from feedsvc.store.notifications import ChangeListener
from feedsvc.store.sqlite import _write_ahead
from feedsvc.store.store import open_store


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)],
)
def test_every_connection_is_set_up(tmp_path: Path, pragma: str, value: object) -> None:
    """Readers beside a writer, an fsync at each commit, references kept, five seconds of patience."""
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    with store._database.reading(), store._database.reading() as second:
        assert second.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    store.close()


@pytest.fixture
def permissive() -> Iterator[None]:
    """A process that makes files for everybody, if it is not told otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("permissive")
def test_a_new_store_and_its_journals_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Whatever the process makes other files like; drafts and hashes of tokens are in it."""
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as store, store._database.reading():
        modes = {file.name: f"{file.stat().st_mode & 0o777:o}" for file in tmp_path.iterdir()}
    assert modes == dict.fromkeys(["store.db", "store.db-wal", "store.db-shm"], "600")


@pytest.mark.usefixtures("permissive")
def test_a_store_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    """They are the operator's choice, who is warned of it elsewhere."""
    file = tmp_path / "store.db"
    file.touch(0o640)
    open_store(f"sqlite:///{file}").close()
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_file_system_without_write_ahead_log_is_refused() -> None:
    """Where WAL cannot be had, readers and writer would block each other; a database in memory is such a place."""
    connection = sqlite3.connect(":memory:")
    with pytest.raises(
        StoreError, match=r"URL lies where SQLite cannot write ahead .*: name a file on a local disk"
    ):
        _write_ahead(connection, "URL", tries=1)
    connection.close()


def test_a_file_that_is_busy_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that opens the same new file soon lets go of it."""
    holder = sqlite3.connect(tmp_path / "store.db")
    holder.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr("feedsvc.store.sqlite.time", SimpleNamespace(sleep=lambda _: holder.rollback()))
    waiting = sqlite3.connect(tmp_path / "store.db", timeout=0)
    _write_ahead(waiting, "URL", tries=1)
    assert waiting.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    waiting.close()
    holder.close()


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
    """A commit of another process, and a backup that takes the place of the file; once each."""
    assert not notifies(listener, 0.3)
    change(file)
    assert notifies(listener)
    assert listener.heard()
    assert not notifies(listener, 0.3)


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
        monkeypatch.setattr("feedsvc.store.sqlite.os.pipe", full)
        assert store.editions.listen() is None


def test_a_file_named_by_a_uri_has_no_listener(file: Path) -> None:
    """Its name is SQLite's to read."""
    with closing(open_store(f"sqlite:///file:{file}?uri=true")) as store:
        assert store.editions.listen() is None
        assert store.editions.newest().number == 0
        _commit(file)
        assert store.editions.newest().number == 7
