"""The staging database: where what a round writes waits until the round is whole.

It is a private SQLite database that has no name and vanishes with its process. Small contents stay in memory,
large ones go to a file in the system's folder for temporary files; so a round of any size needs little memory, and
the store is not locked while files are read and documents rendered.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import TypeAlias

from sqlalchemy import Connection, Executable, Table, create_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, CursorResult
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from feedsvc.core.errors import StoreError
from feedsvc.store.engine import Address, translated
from feedsvc.store.rows import Row
from feedsvc.store.schema import (
    archive_positions,
    bodies,
    channels,
    former_addresses,
    inline_media,
    media_files,
    records,
    responses,
)

_ROWS = 200
_LENGTH = 2_000_000
"""How many rows, or characters and bytes, wait before they are sent: enough to be fast, and little in memory."""
_LONG = frozenset({"content", "article"})
"""The columns that may hold much; all others together hold little."""

Values: TypeAlias = tuple[object, ...]
"""The values of a row, in the order of the table's columns."""


class Session:
    """A connection in a transaction that is lost as a whole once a statement fails.

    SQLite may undo a transaction by itself (full disk, I/O error) and would take what follows as a new one;
    so after a fault nothing more is let through, whatever the caller makes of the error.
    """

    def __init__(self, connection: Connection, address: Address) -> None:
        self._connection = connection
        self._address = address
        self._failed = False

    def run(self, statement: Executable, rows: Sequence[Row] = ()) -> CursorResult[tuple[object, ...]]:
        """Execute a statement, once for each row if there are rows.

        Raises:
            StoreError: It failed, or one before it did.
        """
        with self._unless_failed():
            return self._connection.execute(statement, [dict(row) for row in rows] or None)

    def send(self, statement: str, rows: list[Values]) -> None:
        """Execute a statement in the driver's own words, once for each row: in half the time of :meth:`run`.

        Raises:
            StoreError: It failed, or one before it did.
        """
        with self._unless_failed():
            self._connection.exec_driver_sql(statement, rows)

    @contextmanager
    def _unless_failed(self) -> Iterator[None]:
        self.check()
        self._failed = True
        with translated(self._address):
            yield
        self._failed = False

    def check(self) -> None:
        """Raise StoreError if a statement failed."""
        if self._failed:
            raise StoreError(f"{self._address.shown} failed earlier in this round", "try the round again")

    def upsert(self, table: Table) -> "Batch":
        """A batch of rows for ``table``; a row replaces the one with its key, or is left out as the same."""
        return Batch(self, table, _upsert(table, self._connection.dialect.name))


def _upsert(table: Table, engine: str) -> str:
    """The statement in the driver's own words; for both engines the same, but for the marks where values go."""
    statement = sqlite.insert(table)
    key = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    if others and table is not bodies:  # the key of a body is its digest
        statement = statement.on_conflict_do_update(index_elements=key, set_=others)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    dialect = sqlite.dialect(paramstyle="qmark" if engine == "sqlite" else "format")
    return str(statement.compile(dialect=dialect, column_keys=table.columns.keys()))


class Batch:
    """Rows on their way to one table."""

    def __init__(self, session: Session, table: Table, statement: str) -> None:
        names = table.columns.keys()
        self._session = session
        self._statement = statement
        self._values = itemgetter(*names)
        self._long = [number for number, name in enumerate(names) if name in _LONG]
        self._rows: list[Values] = []
        self._length = 0

    def add(self, row: Row) -> None:
        """Take a row, which has a value for each column."""
        self.add_values(self._values(row))

    def add_values(self, values: Values) -> None:
        """Take a row by its values, in the order of the columns."""
        self._rows.append(values)
        for number in self._long:
            self._length += len(values[number])  # type: ignore[arg-type] # these are texts or bytes
        if len(self._rows) >= _ROWS or self._length >= _LENGTH:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        rows, self._rows, self._length = self._rows, [], 0
        if rows:
            self._session.send(self._statement, rows)


LEDGER = (bodies, records, inline_media, former_addresses, media_files, archive_positions, channels)
"""The tables of the ledger and its index, in an order in which each row finds those that it refers to."""


def _connect() -> sqlite3.Connection:
    # An empty name is SQLite's word for a private file (sqlite.org, "Temporary Databases").
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    # Nothing of it has to outlast anything.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")  # or each row would be a transaction
    return connection


_ADDRESS = Address(URL.create("sqlite+pysqlite"), "the round's temporary file", None)
"""For messages alone."""
_ENGINE = create_engine(_ADDRESS.url, creator=_connect, poolclass=NullPool)
"""Compiles each statement once for all rounds. Without a pool the end of a connection is that of its database."""


class Staging:
    """The staging database of a round, and the rows on their way to each of its tables.

    These have the columns and keys of those in the store, so that a row fits both.
    """

    def __init__(self) -> None:
        """Open the database.

        Raises:
            StoreError: There is no room for temporary files.
        """
        with translated(_ADDRESS):
            self._connection = _ENGINE.connect()
            for table in (*LEDGER, responses):
                self._connection.execute(CreateTable(table))
        self.session = Session(self._connection, _ADDRESS)
        self._batches = {table: self.session.upsert(table) for table in (*LEDGER, responses)}

    def close(self) -> None:
        """Remove the database."""
        self._connection.close()

    def add(self, table: Table, row: Row) -> None:
        """Take a row, in place of the one with its key."""
        self._batches[table].add(row)

    def flush(self, table: Table) -> None:
        """Bring all rows of a table into the session."""
        self._batches[table].flush()

    def finish(self) -> None:
        """Bring all that waits into the session."""
        for batch in self._batches.values():
            batch.flush()
        self.session.check()
