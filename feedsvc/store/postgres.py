"""Connections to PostgreSQL with a time limit for the server's answer.

A server that hangs while the kernel of its host goes on answering, because it is stopped or its disk is away, is
noticed by no keep-alive, and keeps none of its own time limits. So the client measures the time, and closes a
connection on which the server has sent nothing for too long.
"""

import time
from collections.abc import Generator
from threading import Event
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.pool import ConnectionPoolEntry

_KEEPALIVE = {
    "connect_timeout": 3,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""By which libpq notices that PostgreSQL cannot be reached, or that its host or the way to it is gone without a
word. A URL may name others."""

Row = tuple[Any, ...]
Result = TypeVar("Result")
Step = Generator[Any, Any, Result]
"""What psycopg does on a connection: it yields what it waits for, and is sent what is ready, or 0 now and then."""


def postgres_engine(url: URL, silence: float, ended: Event) -> Engine:
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
