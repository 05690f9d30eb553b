"""A transaction: what one round writes, all of it or nothing.

While the round runs, all of it waits in the spool. At the end it is copied to the store in one short
transaction, so that neither web workers nor other writers wait for a round.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from sqlalchemy import Connection, Executable, Table, bindparam, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult

from feedsvc.articles.record import Record
from feedsvc.core.errors import EditionConflictError, StoreError
from feedsvc.core.lru_cache import LruCache
from feedsvc.responses.edition import Edition
from feedsvc.responses.response import Response
from feedsvc.store.engine import Database, translated
from feedsvc.store.rows import Row, record_row, response_row
from feedsvc.store.schema import archive_positions, bodies, editions, inline_media, records, responses
from feedsvc.store.url import Address

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


_PORTION = 200
"""How many rows are read from the spool at a time."""
_DROPPED = {"status": 0, "headers": "[]", "last_modified": 0, "hot": False, "key": "", "digest": ""}
"""What a dropped path has in the spool; the store keeps what it had."""
_REKEY = update(responses).where(responses.c.path == bindparam("at")).values(key=bindparam("now"))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The spool, and the rows on their way to each of its tables."""

    spool: Session
    bodies: Batch
    records: Batch
    inline_media: Batch
    responses: Batch
    positions: Batch

    @classmethod
    def of(cls, spool: Session) -> "_Waiting":
        return cls(
            spool,
            bodies=spool.upsert(bodies, replace=False),
            records=spool.upsert(records, replace=True),
            inline_media=spool.upsert(inline_media, replace=False),
            responses=spool.upsert(responses, replace=True),
            positions=spool.upsert(archive_positions, replace=True),
        )

    def finish(self) -> None:
        """Bring all that waits into the spool."""
        for batch in (self.bodies, self.records, self.inline_media, self.positions, self.responses):
            batch.flush()
        self.spool.check()


class Transaction:
    """Writes one round; used by one thread at a time."""

    def __init__(
        self, open_spool: Callable[[], Session], database: Database, stored: LruCache[str, str], number: int
    ) -> None:
        self._open_spool = open_spool
        self._database = database
        self._stored = stored
        self._kept: set[str] = set()
        self._number = number
        self._forgotten: set[str] = set()
        self._saved: set[str] = set()
        self._keys: dict[str, str] = {}
        self._edition: Edition | None = None
        self.ledger_moved = False
        """Whether a record or a body was written or forgotten."""
        self.responses_moved = False
        """Whether a response was put or dropped."""

    @cached_property
    def _waiting(self) -> "_Waiting":
        """What is written, on its way to the spool; most rounds write nothing, and need none."""
        return _Waiting.of(self._open_spool())

    def keep_body(self, digest: str, body: str) -> None:
        """Keep a body under its digest (SHA-256, hex); keeping it again changes nothing."""
        self.ledger_moved = True
        self._kept.add(digest)
        self._waiting.bodies.add({"digest": digest, "content": body}, len(body))
        self._stored.keep(digest, body)

    def body(self, digest: str) -> str:
        """The body of that digest, also one kept in this round.

        Raises:
            StoreError: There is none, which only a damaged store can bring about.
        """
        if digest not in self._kept:
            return self._stored(digest)
        known = self._stored.known(digest)
        if known is not None:
            return known
        self._waiting.bodies.flush()
        wanted = select(bodies.c.content).where(bodies.c.digest == digest)
        body = str(self._waiting.spool.run(wanted).scalar_one())
        self._stored.keep(digest, body)
        return body

    def save(self, record: Record) -> None:
        """Remember a record, in place of the one with its id. Its body has been kept, now or before."""
        self.ledger_moved = True
        self._forgotten.discard(record.id)
        row = record_row(record)
        self._waiting.records.add(row, len(str(row["article"])))
        self._saved.add(record.id)
        for digest in sorted({file.kept for file in record.article.media if file.kept is not None}):
            self._waiting.inline_media.add(
                {"record_id": record.id, "digest": digest}, len(record.id) + len(digest)
            )

    def forget(self, record_id: str) -> None:
        """Forget the record of that id."""
        self.ledger_moved = True
        self._forgotten.add(record_id)
        self._waiting.records.flush()
        self._waiting.spool.run(delete(records).where(records.c.id == record_id))

    def keep_position(self, channel: str, record_id: str, position: int) -> None:
        """Remember where an article stands in the archive of the channel with that path."""
        self.ledger_moved = True
        self._waiting.positions.add(
            {"channel": channel, "record_id": record_id, "position": position}, len(channel) + len(record_id)
        )

    def put(self, response: Response) -> None:
        """Set what a path answers from this edition on."""
        self.responses_moved = True
        row = response_row(response, self._number)
        self._waiting.responses.add(row, response.weight)

    def rekey(self, path: str, key: str) -> None:
        """Remember that a path has the same bytes by another key. No edition tells of it, since nobody sees it."""
        self._keys[path] = key

    def drop(self, path: str) -> None:
        """Let a path answer nothing from this edition on; its row stays, so that web workers notice."""
        self.responses_moved = True
        gone = {
            "path": path,
            "edition": self._number,
            "dropped": True,
            "file": None,
            "codings": "[]",
            "content": b"",
        }
        self._waiting.responses.add(_DROPPED | gone, 0)

    def publish(self, edition: Edition) -> None:
        """Make this round an edition; without it only the ledger moves.

        Raises:
            EditionConflictError: Its number is not the one that follows.
        """
        if edition.number != self._number:
            shown = self._database.address.shown
            raise EditionConflictError(
                f"edition {edition.number} cannot follow edition {self._number - 1} in {shown}",
                "start the round again from the newest edition",
            )
        self._edition = edition

    def finish(self) -> bool:
        """Bring all that waits into the spool; return whether there is anything to commit.

        Raises:
            StoreError: The spool failed, now or before.
        """
        if self.ledger_moved or self.responses_moved:
            self._waiting.finish()
        if self.responses_moved and self._edition is None:
            # A worker could fetch these rows, and never learn of them.
            raise RuntimeError("responses changed, but no edition was published")
        return self.ledger_moved or bool(self._keys) or self._edition is not None

    def write(self, connection: Connection) -> None:
        """Copy the round to the store, in the transaction of ``connection``; called once, after :meth:`finish`."""
        session = Session(connection, self._database.address)
        if self.ledger_moved:
            for record_id in sorted(self._forgotten):
                session.run(delete(records).where(records.c.id == record_id))
            self._copy(session, bodies, replace=False)
            self._copy(session, records, replace=True)
            self._let_go_of_media(session)
            self._copy(session, inline_media, replace=False)
            self._copy(session, archive_positions, replace=True)
            shown = exists().where(records.c.body == bodies.c.digest)
            told = exists().where(records.c.markdown == bodies.c.digest)
            drawn = exists().where(inline_media.c.digest == bodies.c.digest)
            session.run(delete(bodies).where(~shown & ~told & ~drawn))
        if self._keys:
            rows = [{"at": path, "now": key} for path, key in sorted(self._keys.items())]
            session.run(_REKEY, rows)
        if self._edition is not None:
            self._copy(session, responses, replace=True)
            self._drop(session)
            session.run(insert(editions), [asdict(self._edition)])

    def _let_go_of_media(self, session: Session) -> None:
        """Forget which pictures the articles had that are saved or forgotten now."""
        ids = sorted(self._saved | self._forgotten)
        if ids and session.run(select(inline_media.c.record_id).limit(1)).first() is not None:
            gone = delete(inline_media).where(inline_media.c.record_id == bindparam("id"))
            session.run(gone, [{"id": each} for each in ids])

    def _copy(self, session: Session, table: Table, *, replace: bool) -> None:
        batch = session.upsert(table, replace=replace)
        there = select(table).where(~responses.c.dropped) if table is responses else select(table)
        for row in self._waiting.spool.run(there).mappings().yield_per(_PORTION):
            batch.add(dict(row), sum(len(value) for value in row.values() if isinstance(value, str | bytes)))
        batch.flush()

    def _drop(self, session: Session) -> None:
        gone = {"edition": self._number, "dropped": True, "codings": "[]", "content": b""}
        for path in self._waiting.spool.run(select(responses.c.path).where(responses.c.dropped)).scalars():
            there = (responses.c.path == path) & ~responses.c.dropped
            session.run(update(responses).where(there).values(gone))
