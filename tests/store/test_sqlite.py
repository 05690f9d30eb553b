"""SQLite: what connections are told, and whom the file is for."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from feedsvc.core.errors import StoreError
from feedsvc.store.sqlite import _write_ahead, replace_file
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


def test_a_file_that_cannot_be_replaced_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what SQLite keeps beside it, where the newest rounds may be; and nothing is left of the new one."""
    for name in ("store.db", "store.db-wal", "fresh.db"):
        (tmp_path / name).write_text(name)

    def refused(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "hardlink_to", refused)
    monkeypatch.setattr("shutil.copyfile", refused)
    with pytest.raises(StoreError, match="cannot be replaced"):
        replace_file(tmp_path / "store.db", tmp_path / "fresh.db", tmp_path / "aside.db")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["store.db", "store.db-wal"]


def test_a_file_whose_place_cannot_be_taken_keeps_what_is_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a folder with the sticky bit, where it is another user's; no copy of it stays behind."""
    for name in ("store.db", "store.db-wal", "fresh.db"):
        (tmp_path / name).write_text(name)
    replace = Path.replace

    def replace_others(self: Path, target: Path) -> Path:
        if self.name == "fresh.db":
            raise PermissionError
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_others)
    with pytest.raises(StoreError, match="cannot be replaced"):
        replace_file(tmp_path / "store.db", tmp_path / "fresh.db", tmp_path / "aside.db")
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        "store.db": "store.db",
        "store.db-wal": "store.db-wal",
    }
