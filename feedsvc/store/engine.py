"""The engine: connections to either database, each with the same promises.

``reading`` sees one snapshot, however many statements it takes; ``writing`` is alone with the pen, and
all of it is kept or nothing.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, func, select, text
from sqlalchemy import Engine as Pool
from sqlalchemy.engine.interfaces import DBAPIConnection

from feedsvc.errors import StoreError
from feedsvc.store.address import Address
from feedsvc.store.faults import translated

_BEGIN = "feedsvc_begin"
_WRITERS = 0x66656564
"""The advisory lock that writers take in PostgreSQL: "feed" in ASCII, and beside it the schema."""
_PAUSE = 0.05


class Engine:
    """A pool of connections that any thread may use, but no forked process: open the store after a fork.

    Args:
        address: Where the store is.
        patience: How many seconds to wait for another writer before giving up.

    Raises:
        StoreError: The driver for this database is not installed.
    """

    def __init__(self, address: Address, patience: float) -> None:
        self.address = address
        self._patience = patience
        self._pool = self._postgres() if address.url.get_backend_name() == "postgresql" else self._sqlite()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot of the store."""
        with translated(self.address), self._pool.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, one writer at a time; kept when the block ends, undone when it raises."""
        pool = self._pool.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        with translated(self.address), pool.connect() as connection:
            if connection.dialect.name == "postgresql":
                # Each statement after the lock must see what the writer before us has committed.
                connection.execution_options(isolation_level="READ COMMITTED")
                self._wait_for_writers(connection)
            with connection.begin() if not connection.in_transaction() else connection.get_transaction():
                yield connection

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._pool.dispose()

    def _wait_for_writers(self, connection: Connection) -> None:
        connection.execute(select(func.set_config("lock_timeout", f"{round(self._patience * 1000)}ms", True)))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key, hashtext(current_schema()))"), {"key": _WRITERS})
