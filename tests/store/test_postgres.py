"""PostgreSQL: how a web worker learns of a commit by a notification, and a server that says nothing."""

import errno
import select
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import cast

import psycopg
import pytest
from postgres import Postgres
from serving import PATIENCE

from feedsvc.core.errors import EditionConflictError
from feedsvc.responses.edition import NO_EDITION, Edition
from feedsvc.responses.response import Response
from feedsvc.responses.site_readers import Reader
from feedsvc.store.lease import LeaseOwner
from feedsvc.store.notifications import ChangeListener
from feedsvc.store.store import Store, open_store

MakeResponse = Callable[..., Response]
Publish = Callable[..., Edition]


@pytest.fixture
def url(postgres: Postgres) -> str:
    """The URL of a database that can notify."""
    return postgres.new_database()


@pytest.fixture
def listener(store: Store, opened: Callable[[], Store]) -> Iterator[ChangeListener]:
    """The listener of another process that has the test's store open."""
    assert store.editions.newest().number == 0
    listener = opened().editions.listen()
    assert listener is not None
    with closing(listener):
        yield listener


def notifies(listener: ChangeListener, seconds: float = PATIENCE) -> bool:
    """Whether it can be heard now, or within a while."""
    poll = select.poll()
    poll.register(listener.fileno(), select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def test_an_edition_notifies(
    listener: ChangeListener, store: Store, publish: Publish, response: MakeResponse
) -> None:
    """Once for each, and the change can be seen then."""
    for number in (1, 2):
        assert not notifies(listener, 0)
        publish(response("/a", str(number).encode()))
        assert notifies(listener)
        assert store.editions.newest().number == number
        assert listener.heard()
    assert not notifies(listener, 0)


def test_a_token_notifies(listener: ChangeListener, store: Store) -> None:
    """It works, or is turned away, at once."""
    store.operator.keep_readers([Reader("d" * 64, "abc", "ada", 1_777_000_000)])
    assert notifies(listener)


def test_all_who_listen_hear_it(
    listener: ChangeListener, opened: Callable[[], Store], publish: Publish, response: MakeResponse
) -> None:
    """There may be many web workers."""
    other = opened().editions.listen()
    assert other is not None
    publish(response("/a"))
    with closing(other):
        assert notifies(other)
        assert notifies(listener)


def test_it_notifies_once_it_can_be_seen_and_not_before(listener: ChangeListener, store: Store) -> None:
    """A worker that looks too early finds nothing, and would not look again for seconds."""
    with store._database.writing():
        assert not notifies(listener, 0.2)
    assert notifies(listener)


def test_a_transaction_that_fails_does_not_notify(listener: ChangeListener, store: Store) -> None:
    """There is nothing to be seen."""
    with pytest.raises(KeyError), store._database.writing():
        raise KeyError
    assert not notifies(listener, 0.2)


def test_what_no_reader_sees_does_not_notify(listener: ChangeListener, store: Store) -> None:
    """A publisher that stays at work wakes nobody, and neither does a round that fails."""
    lease = store.publisher.acquire(LeaseOwner.this())
    assert lease is not None
    assert notifies(listener)
    assert listener.heard()
    store.publisher.renew(lease)
    with pytest.raises(EditionConflictError), store.publisher.round(NO_EDITION) as transaction:
        transaction.publish(Edition(7, 0))
    assert not notifies(listener, 0.2)


def test_a_lost_connection_is_noticed(postgres: Postgres) -> None:
    """When the server restarts, who listens must not wait for ever, and has to know what to listen to no more."""
    url = postgres.new_database()
    with closing(open_store(url)) as store:
        listener = store.editions.listen()
        assert listener is not None
        descriptor = listener.fileno()
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        with closing(listener):
            assert notifies(listener)
            while listener.heard():  # the server's last words come before its end
                assert notifies(listener)
            assert listener.fileno() == descriptor


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
        monkeypatch.setattr("feedsvc.store.postgres.os.dup", full)
        assert store.editions.listen() is None


@pytest.mark.parametrize(("query", "expected"), [("", "10000"), ("&tcp_user_timeout=3000", "3000")])
def test_a_server_that_is_gone_without_a_word_is_noticed(postgres: Postgres, query: str, expected: str) -> None:
    """Else whoever asked it would wait for ever. What the URL says counts more."""
    with closing(open_store(postgres.new_database() + query)) as store:
        pooled = store._database._pool.raw_connection()
        told = cast("psycopg.Connection", pooled.driver_connection).info.get_parameters()
        pooled.close()
    assert (told["tcp_user_timeout"], told["keepalives_idle"]) == (expected, "30")
