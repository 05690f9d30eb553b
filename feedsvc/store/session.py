"""A session: the statements of one write transaction, and batches of rows on their way to a table."""

from collections.abc import Sequence

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult

from feedsvc.errors import StoreError
from feedsvc.store.address import Address
from feedsvc.store.faults import translated
from feedsvc.store.rows import Row

_ROWS = 200
_BYTES = 2_000_000
"""How many rows or bytes wait before they are sent: enough to be fast, and no big round is held in memory."""


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
        self.check()
        self._failed = True
        with translated(self._address):
            result = self._connection.execute(statement, [dict(row) for row in rows] or None)
        self._failed = False
        return result

    def check(self) -> None:
        """Raise StoreError if a statement failed."""
        if self._failed:
            raise StoreError(f"{self._address.shown} failed earlier in this round", "try the round again")

    def upsert(self, table: Table, *, replace: bool) -> "Batch":
        """A batch of rows for ``table``; a row whose key is there replaces it, or is left out."""
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        statement: sqlite.Insert | postgresql.Insert = insert(table)
        key = [column.name for column in table.primary_key]
        if not replace:
            return Batch(self, statement.on_conflict_do_nothing(index_elements=key))
        fresh = {
            column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key
        }
        return Batch(self, statement.on_conflict_do_update(index_elements=key, set_=fresh))


class Batch:
    """Rows on their way to one table."""

    def __init__(self, session: Session, statement: Executable) -> None:
        self._session = session
        self._statement = statement
        self._rows: list[Row] = []
        self._size = 0

    def add(self, row: Row, size: int) -> None:
        """Take a row of about ``size`` bytes."""
        self._rows.append(row)
        self._size += size
        if len(self._rows) >= _ROWS or self._size >= _BYTES:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        rows, self._rows, self._size = self._rows, [], 0
        if rows:
            self._session.run(self._statement, rows)
