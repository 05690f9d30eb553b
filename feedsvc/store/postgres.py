"""PostgreSQL: connections with a time limit for the server's answer, one writer at a time, and notifications.

A server that hangs while the kernel of its host goes on answering, because it is stopped or its disk is away, is
noticed by no keep-alive, and keeps none of its own time limits. So the client measures the time, and closes a
connection on which the server has sent nothing for too long.
"""

import os
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from feedsvc.store.engine import Address, Database, translated
from feedsvc.store.notifications import ChangeListener

_KEEPALIVE = {
    "connect_timeout": 3,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""By which libpq notices that PostgreSQL cannot be reached, or that its host or the way to it is gone without a
word. A URL may name others."""

_WRITERS = 0x66656564
"""The advisory lock of PostgreSQL's writers: "feed" in ASCII. Its second half is the schema, because two sites
may share a database."""
_IDLE = 5.0
"""Seconds after which PostgreSQL ends the transaction of a writer that sends nothing: a host that was paused or
cut off must not lock the others out."""
_SLACK = 10.0
"""Seconds for which PostgreSQL may send nothing, beyond those for which a writer waits for another."""

Row = tuple[Any, ...]
Result = TypeVar("Result")
Step = Generator[Any, Any, Result]
"""What psycopg does on a connection: it yields what it waits for, and is sent what is ready, or 0 now and then."""


class PostgresDatabase(Database):
    """A database of a PostgreSQL server.

    Args:
        address: Where the database is.
        patience: Seconds to wait for another writer before giving up.
    """

    def __init__(self, address: Address, patience: float) -> None:
        self._patience = patience
        self._ended = Event()
        super().__init__(address, _connections(address.url, patience + _SLACK, self._ended))
        self._readers = self._pool.execution_options(isolation_level="REPEATABLE READ")
        # After the lock each statement must see what the writer before has committed.
        self._writers = self._pool.execution_options(isolation_level="READ COMMITTED")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See :class:`.Database`."""
        with translated(self.address), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """See :class:`.Database`."""
        with translated(self.address), self._writers.begin() as connection:
            self._wait_for_writers(connection)
            yield connection
            if durable:
                connection.execute(text("NOTIFY feedsvc"))  # arrives once the transaction is committed, if it is

    def listen(self) -> ChangeListener | None:
        """See :class:`.Database`; None where the server has no connection for it now."""
        try:
            pooled = self._pool.raw_connection()
        except (SQLAlchemyError, psycopg.Error):
            return None
        connection = cast("TimedConnection", pooled.driver_connection)
        pooled.detach()
        try:
            return NotificationListener(connection)
        except (psycopg.Error, OSError):
            connection.close()
            return None

    def close(self) -> None:
        """Close all connections that are not in use; a statement that waits for the server is given up."""
        self._ended.set()
        super().close()

    def _wait_for_writers(self, connection: Connection) -> None:
        for limit, wait in (("lock_timeout", self._patience), ("idle_in_transaction_session_timeout", _IDLE)):
            milliseconds = f"{round(wait * 1000)}ms"
            connection.execute(
                text("SELECT set_config(:limit, :time, true)"), {"limit": limit, "time": milliseconds}
            )
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:writers, hashtext(current_schema()))"), {"writers": _WRITERS}
        )


def _connections(url: URL, silence: float, ended: Event) -> Engine:
    """A pool of connections with a time limit.

    Args:
        url: Of the database.
        silence: Seconds for which a statement may wait for the next bytes of the server's answer. They have to be
            more than those for which the server itself lets it wait for another writer.
        ended: Once it is set, no statement waits any longer.
    """
    # A server that restarted is noticed before a statement is lost to a dead connection.
    keepalive = {name: value for name, value in _KEEPALIVE.items() if name not in url.query}
    engine = create_engine(url, pool_pre_ping=True, connect_args=keepalive)

    @event.listens_for(engine, "do_connect")
    def connect(
        _dialect: Dialect, _entry: ConnectionPoolEntry, arguments: list[str], options: dict[str, Any]
    ) -> "TimedConnection":
        connection = TimedConnection.connect(*arguments, **options)
        connection.silence, connection.ended = silence, ended
        return connection

    return engine


class TimedConnection(psycopg.Connection[Row]):
    """A connection that is closed when the server sends nothing for too long."""

    silence = float("inf")
    ended = Event()

    def wait(self, gen: Step[Result], *arguments: Any, **options: Any) -> Result:  # noqa: ANN401 - as psycopg has it
        """Do one step on the connection.

        Raises:
            psycopg.OperationalError: The server sent nothing for too long, or the store is being closed.
        """
        return super().wait(self._timed(gen), *arguments, **options)

    def _timed(self, step: Step[Result]) -> Step[Result]:
        """The step, given up when nothing comes for too long; psycopg sends 0 ten times a second meanwhile."""
        last = time.monotonic()
        try:
            waits = next(step)
            while True:
                ready = yield waits
                now = time.monotonic()
                if ready:
                    last = now
                elif now - last > self.silence:
                    raise self._given_up(f"the server has said nothing for {self.silence:g} seconds")
                elif self.ended.is_set():
                    raise self._given_up("the store is being closed")
                waits = step.send(ready)
        except StopIteration as end:
            result: Result = end.value
            return result

    def _given_up(self, why: str) -> psycopg.OperationalError:
        """Close the connection, in whatever state it is; the pool opens another."""
        self.pgconn.finish()
        return psycopg.OperationalError(why)


class NotificationListener:
    """Receives the notifications of a PostgreSQL server; see :class:`.ChangeListener`.

    Another site in the same database wakes in vain, which is no harm. A notification says no more than "look", and
    may get lost, such as behind a pooler of connections; so its receiver looks by itself now and then as well.
    """

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        """Listen on a connection of its own."""
        self._connection = connection
        connection.autocommit = True
        connection.execute("LISTEN feedsvc")
        # libpq closes its own as soon as the connection is lost, and whoever waits for it has yet to be told.
        self._descriptor = os.dup(connection.fileno())

    def fileno(self) -> int:
        """See :class:`.ChangeListener`."""
        return self._descriptor

    def heard(self) -> bool:
        """See :class:`.ChangeListener`."""
        try:
            for _ in self._connection.notifies(timeout=0):
                pass
        except (psycopg.Error, UnicodeError):  # the latter where another program notifies, in another encoding
            return False
        return True

    def close(self) -> None:
        """See :class:`.ChangeListener`."""
        os.close(self._descriptor)
        self._connection.close()
