"""A transaction: what one round writes, all of it or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, delete, exists, insert, select, update

from feedsvc.articles.record import Record
from feedsvc.errors import EditionConflictError, StoreError
from feedsvc.responses.edition import Edition
from feedsvc.responses.response import Response
from feedsvc.store.address import Address
from feedsvc.store.rows import record_row, response_row
from feedsvc.store.session import Session
from feedsvc.store.tables import bodies, editions, records, responses


class Transaction:
    """Writes one round; used by one thread at a time."""

    def __init__(self, session: Session, number: int, shown: str) -> None:
        self._session = session
        self._number = number
        self._shown = shown
        self._bodies = session.upsert(bodies, replace=False)
        self._records = session.upsert(records, replace=True)
        self._responses = session.upsert(responses, replace=True)
        self._ledger_moved = False
        self._responses_moved = False
        self._published = False

    def keep_body(self, digest: str, body: str) -> None:
        """Keep a body under its digest (SHA-256, hex); keeping it again changes nothing."""
        self._ledger_moved = True
        self._bodies.add({"digest": digest, "html": body}, len(body))

    def body(self, digest: str) -> str:
        """The body of that digest, also one kept in this round.

        Raises:
            StoreError: There is none, which only a damaged store can bring about.
        """
        self._bodies.flush()
        found = self._session.run(select(bodies.c.html).where(bodies.c.digest == digest)).scalar()
        if found is None:
            raise StoreError(f"{self._shown} lacks the body {digest}", "restore the store from a backup")
        return str(found)

    def save(self, record: Record) -> None:
        """Remember a record, in place of the one with its id. Its body has been kept, now or before."""
        self._ledger_moved = True
        self._bodies.flush()
        row = record_row(record)
        self._records.add(row, len(str(row["article"])))

    def forget(self, record_id: str) -> None:
        """Forget the record of that id."""
        self._ledger_moved = True
        self._records.flush()
        self._session.run(delete(records).where(records.c.id == record_id))

    def put(self, response: Response) -> None:
        """Set what a path answers from this edition on."""
        self._responses_moved = True
        row = response_row(response, self._number)
        self._responses.add(row, sum(len(form.body) for form in response.representations))

    def drop(self, path: str) -> None:
        """Let a path answer nothing from this edition on; its row stays, so that web workers notice."""
        self._responses_moved = True
        self._responses.flush()
        gone = {"edition": self._number, "dropped": True, "codings": "[]", "content": b""}
        there = (responses.c.path == path) & ~responses.c.dropped
        self._session.run(update(responses).where(there).values(gone))

    def publish(self, edition: Edition) -> None:
        """Make this round an edition; without it only the ledger moves.

        Raises:
            EditionConflictError: Its number is not the one that follows.
        """
        if edition.number != self._number:
            raise EditionConflictError(
                f"edition {edition.number} cannot follow edition {self._number - 1} in {self._shown}",
                "start the round again from the newest edition",
            )
        row = {"number": edition.number, "time": edition.time, "next_moment": edition.next_moment}
        self._session.run(insert(editions), [row])
        self._published = True

    def finish(self) -> None:
        """Send what waits, and delete the bodies to which no record refers any more."""
        for batch in (self._bodies, self._records, self._responses):
            batch.flush()
        self._session.check()
        if self._ledger_moved:
            used = exists().where(records.c.body == bodies.c.digest)
            self._session.run(delete(bodies).where(~used))
        if self._responses_moved and not self._published:
            # A worker could fetch these rows, and never learn of them.
            raise RuntimeError("responses changed, but no edition was published")


@contextmanager
def transaction(connection: Connection, address: Address, number: int) -> Iterator[Transaction]:
    """Write the round that may become edition ``number``; ``connection`` is committed by who opened it."""
    writing = Transaction(Session(connection, address), number, address.shown)
    yield writing
    writing.finish()
