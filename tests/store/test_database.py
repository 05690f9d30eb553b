"""What the databases are told."""

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import psycopg
import pytest
from postgres import Postgres

from feedsvc.errors import StoreError
from feedsvc.store.database import _write_ahead
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


@pytest.mark.parametrize(("query", "expected"), [("", "10000"), ("&tcp_user_timeout=3000", "3000")])
def test_a_server_that_is_gone_without_a_word_is_noticed(postgres: Postgres, query: str, expected: str) -> None:
    """Else whoever asked it would wait for ever. What the URL says counts more."""
    with closing(open_store(postgres.new_database() + query)) as store:
        pooled = store._database._pool.raw_connection()
        told = cast("psycopg.Connection", pooled.driver_connection).info.get_parameters()
        pooled.close()
    assert (told["tcp_user_timeout"], told["keepalives_idle"]) == (expected, "30")


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
    monkeypatch.setattr("feedsvc.store.database.time", SimpleNamespace(sleep=lambda _: holder.rollback()))
    waiting = sqlite3.connect(tmp_path / "store.db", timeout=0)
    _write_ahead(waiting, "URL", tries=1)
    assert waiting.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    waiting.close()
    holder.close()
