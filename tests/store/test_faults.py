"""Stores that cannot be used: one clear line for each, with the remedy."""

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import InvalidRequestError

from feedsvc.core.errors import StoreError
from feedsvc.responses.edition import NO_EDITION, Edition
from feedsvc.responses.response import Response
from feedsvc.store.engine import parse, translated
from feedsvc.store.store import open_store

MakeResponse = Callable[..., Response]


def missing_folder(folder: Path) -> str:
    """A file in a folder that does not exist."""
    return f"sqlite:///{folder}/none/store.db"


def folder_as_file(folder: Path) -> str:
    """A folder where a file should be."""
    return f"sqlite:///{folder}"


def other_file(folder: Path) -> str:
    """A file of another kind."""
    (folder / "store.db").write_text("Dear diary, this is no database. " * 100)
    return f"sqlite:///{folder}/store.db"


def damaged_file(folder: Path) -> str:
    """A store of which all pages but the first are overwritten."""
    file = folder / "store.db"
    open_store(f"sqlite:///{file}").close()
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    return f"sqlite:///{file}"


def read_only_file(folder: Path) -> str:
    """An empty file that may only be read."""
    (folder / "store.db").touch()
    return f"sqlite:///file:{folder}/store.db?mode=ro&uri=true"


def unopenable_file(folder: Path) -> str:
    """A file that may only be read, and is not there."""
    return f"sqlite:///file:{folder}/store.db?mode=ro&uri=true"


def locked_file(folder: Path) -> str:
    """A new file that another process does not let go."""
    holder = sqlite3.connect(folder / "store.db")
    holder.execute("BEGIN EXCLUSIVE")
    HELD.append(holder)
    return f"sqlite:///{folder}/store.db"


def no_server(folder: Path) -> str:
    """A server that does not run."""
    return f"postgresql://user:secret@/feeds?host={folder}"


HELD: list[sqlite3.Connection] = []


@pytest.mark.parametrize(
    ("make", "what", "remedy"),
    [
        (missing_folder, "cannot be made, there is no folder", "create the folder"),
        (folder_as_file, "is a folder", "name a file inside it"),
        (other_file, "is no SQLite database", "name another file"),
        (damaged_file, "is damaged", "restore it from a backup"),
        (read_only_file, "cannot be written", "give this user the right to write"),
        (unopenable_file, "cannot be opened", "give this user the right to write"),
        (locked_file, "is locked by another process", "wait until its round is over"),
        (no_server, "cannot be reached (", "check that the server runs"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why(
    tmp_path: Path, make: Callable[[Path], str], what: str, remedy: str
) -> None:
    """One line that names the store without its password, the fault, and what to do."""
    url = make(tmp_path)
    with pytest.raises(StoreError) as caught:
        open_store(url, patience=0.1)
    while HELD:
        HELD.pop().close()
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert url.replace("secret", "***") in caught.value.what
    assert "\n" not in str(caught.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL needs an extra that not everyone has installed."""
    monkeypatch.delitem(sys.modules, "feedsvc.store.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"needs psycopg.*pip install 'feedsvc\[postgres\]'"):
        open_store("postgresql://user@host/feeds")


def test_a_full_disk_undoes_the_round(tmp_path: Path, response: MakeResponse) -> None:
    """Nothing half-written stays, and the store can be read on."""
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    with store._database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 30")

    def fill() -> None:
        with store.publisher.round(NO_EDITION) as transaction:
            transaction.keep_body("b1", "fits")
            transaction.put(response("/a", b"x" * 3_000_000))
            transaction.publish(Edition(1, 5))

    with pytest.raises(StoreError, match="cannot grow, the disk is full: free some space"):
        fill()
    store.close()
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    with pytest.raises(StoreError, match="lacks the body"), store.publisher.round(NO_EDITION) as transaction:
        transaction.body("b1")
    store.close()


def test_a_store_that_may_only_be_read_can_be_followed(tmp_path: Path) -> None:
    """A web worker needs no right to write; a round there says what is missing."""
    open_store(f"sqlite:///{tmp_path}/store.db").close()
    store = open_store(f"sqlite:///file:{tmp_path}/store.db?mode=ro&uri=true")
    assert store.editions.newest().number == 0
    with (
        pytest.raises(StoreError, match="cannot be written: give this user"),
        store.publisher.round(NO_EDITION) as transaction,
    ):
        transaction.keep_body("b1", "")
    store.close()


def test_an_error_without_a_cause_in_the_database_is_told_too(tmp_path: Path) -> None:
    """What SQLAlchemy itself finds wrong is a StoreError like any other, in one line."""
    with (
        pytest.raises(StoreError, match=r"failed \(first\): try again"),
        translated(parse(f"sqlite:///{tmp_path}/store.db")),
    ):
        raise InvalidRequestError("first\nsecond")


class TestServer:
    """Faults that only a real PostgreSQL has."""

    def test_a_wrong_password_is_told_without_it(self, no_password: str) -> None:
        """The server's own words are passed on."""
        with pytest.raises(StoreError, match="password authentication failed") as caught:
            open_store(no_password)
        assert "guess" not in str(caught.value)

    def test_a_database_that_is_not_there_is_named(self, no_database: str) -> None:
        """Tables are made here, databases by whoever runs the server."""
        with pytest.raises(StoreError, match=r'cannot be reached \(.*database "none" does not exist'):
            open_store(no_database)

    def test_a_user_without_rights_is_told_so(self, no_rights: str) -> None:
        """A role that may not make tables cannot open a new store."""
        with pytest.raises(StoreError, match="cannot be written: give this user the right"):
            open_store(no_rights)
