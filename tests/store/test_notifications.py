"""The bell, over both engines: what rings it, and when it will ring no more."""

import errno
import select
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from postgres import Postgres

from feedsvc.core.errors import EditionConflictError
from feedsvc.responses.access import Reader
from feedsvc.responses.edition import NO_EDITION, Edition
from feedsvc.responses.response import Response
from feedsvc.store import notifications as bells
from feedsvc.store.lease import LeaseOwner
from feedsvc.store.notifications import ChangeListener
from feedsvc.store.store import Store, open_store

PATIENCE = 90
MakeResponse = Callable[..., Response]
Publish = Callable[..., Edition]


@pytest.fixture
def bell(store: Store, opened: Callable[[], Store]) -> Iterator[ChangeListener]:
    """One that another process has on the test's store."""
    assert store.editions.newest().number == 0
    bell = opened().editions.listen()
    assert bell is not None
    with closing(bell):
        yield bell


def rings(bell: ChangeListener, seconds: float = PATIENCE) -> bool:
    """Whether it can be heard now, or within a while."""
    poll = select.poll()
    poll.register(bell.fileno(), select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def test_an_edition_rings(bell: ChangeListener, store: Store, publish: Publish, response: MakeResponse) -> None:
    """Once for each, and what rang can be seen."""
    for number in (1, 2):
        assert not rings(bell, 0)
        publish(response("/a", str(number).encode()))
        assert rings(bell)
        assert store.editions.newest().number == number
        assert bell.heard()
    assert not rings(bell, 0)


def test_a_token_rings(bell: ChangeListener, store: Store) -> None:
    """It works, or is turned away, at once."""
    store.operator.keep_readers([Reader("d" * 64, "abc", "ada", 1_777_000_000)])
    assert rings(bell)


def test_all_who_listen_hear_it(
    bell: ChangeListener, opened: Callable[[], Store], publish: Publish, response: MakeResponse
) -> None:
    """There may be many web workers."""
    other = opened().editions.listen()
    assert other is not None
    publish(response("/a"))
    with closing(other):
        assert rings(other)
        assert rings(bell)


def test_it_rings_once_it_can_be_seen_and_not_before(bell: ChangeListener, store: Store) -> None:
    """Who looks too early finds nothing, and would not look again for seconds."""
    with store._database.writing():
        assert not rings(bell, 0.2)
    assert rings(bell)


def test_a_transaction_that_fails_does_not_ring(bell: ChangeListener, store: Store) -> None:
    """There is nothing to be seen."""
    with pytest.raises(KeyError), store._database.writing():
        raise KeyError
    assert not rings(bell, 0.2)


def test_what_no_reader_sees_does_not_ring(bell: ChangeListener, store: Store) -> None:
    """A publisher that stays at work wakes nobody, and neither does a round that fails."""
    lease = store.publisher.acquire(LeaseOwner.this())
    assert lease is not None
    assert rings(bell)
    assert bell.heard()
    store.publisher.renew(lease)
    with pytest.raises(EditionConflictError), store.publisher.round(NO_EDITION) as transaction:
        transaction.publish(Edition(7, 0))
    assert not rings(bell, 0.2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an SQLite store is."""
    return tmp_path / "store.db"


@pytest.fixture
def file_bell(file: Path) -> Iterator[ChangeListener]:
    """Its bell."""
    with closing(open_store(f"sqlite:///{file}")) as store:
        bell = store.editions.listen()
    assert bell is not None
    with closing(bell):
        yield bell


@pytest.mark.parametrize("way", ["renamed", "removed", "replaced"])
def test_without_its_file_it_rings_for_the_last_time(file: Path, file_bell: ChangeListener, way: str) -> None:
    """Who listens has to listen to the new one."""
    other = file.with_name("other.db")
    shutil.copyfile(file, other)
    if way == "removed":
        file.unlink()
    elif way == "renamed":
        file.rename(file.with_name("elsewhere.db"))
    else:
        other.replace(file)
    assert rings(file_bell)
    assert not file_bell.heard()


def test_a_lost_connection_is_noticed(postgres: Postgres) -> None:
    """When the server restarts, who listens must not wait for ever, and has to know what to listen to no more."""
    url = postgres.new_database()
    with closing(open_store(url)) as store:
        bell = store.editions.listen()
        assert bell is not None
        descriptor = bell.fileno()
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        with closing(bell):
            assert rings(bell)
            while bell.heard():  # the server's last words come before its end
                assert rings(bell)
            assert bell.fileno() == descriptor


def test_a_server_that_cannot_be_reached_has_none(postgres: Postgres) -> None:
    """Whoever asks goes on without."""
    url = postgres.new_database()
    with closing(open_store(url)) as store, psycopg.connect(postgres.url("postgres"), autocommit=True) as other:
        store.close()
        other.execute(f"DROP DATABASE {url.partition('@/')[2].partition('?')[0]}")
        assert store.editions.listen() is None


def test_where_no_descriptor_is_left_there_is_none(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is full goes on by looking."""

    def full(_descriptor: int) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    with closing(open_store(postgres.new_database())) as store:
        monkeypatch.setattr("feedsvc.store.notifications.os.dup", full)
        assert store.editions.listen() is None


def test_where_nothing_tells_of_files_there_is_none(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other systems than Linux, and a file named by a URI."""
    with closing(open_store(f"sqlite:///file:{file}?uri=true")) as store:
        assert store.editions.listen() is None
    monkeypatch.setattr(bells, "_init", None)
    with closing(open_store(f"sqlite:///{file}")) as store:
        assert store.editions.listen() is None


def test_where_no_more_can_be_watched_there_is_none(file: Path) -> None:
    """As where the system's limit of watches is reached."""
    with closing(open_store(f"sqlite:///{file}")) as store:
        file.rename(file.with_name("elsewhere.db"))
        assert store.editions.listen() is None
