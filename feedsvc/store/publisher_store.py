"""The reads and writes of the publisher: the state that the last round left, the next round, and the lease."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from operator import attrgetter

from cachetools import cachedmethod
from sqlalchemy import Connection, delete, insert, select

from feedsvc.articles.model import SetAside
from feedsvc.channels.archive import Numbers
from feedsvc.core.errors import EditionConflictError
from feedsvc.responses.edition import NO_EDITION, Edition, Fingerprint, PublisherState
from feedsvc.store.editions import newest_edition
from feedsvc.store.engine import Database
from feedsvc.store.lease import PUBLISHER, Lease, LeaseOwner, LeaseStore
from feedsvc.store.rows import channel_of, record_of, set_aside_of, set_aside_row
from feedsvc.store.schema import archive_positions, channels, editions, records, responses, set_aside
from feedsvc.store.unit_of_work import BodyCache, Transaction, read_body

_POSITIONS = select(archive_positions.c.channel, archive_positions.c.record_id, archive_positions.c.position)
_PORTION = 200
"""How many rows are read at a time."""
_SET_ASIDE = select(set_aside).order_by(set_aside.c.path)
_FINGERPRINTS = select(responses.c.path, responses.c.key, responses.c.digest, responses.c.last_modified)


class PublisherStore(LeaseStore):
    """The store as the process that publishes sees it, and the commands that change the ledger.

    Every method may be called from any thread, and raises StoreError alone.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database, PUBLISHER)
        self._bodies = BodyCache()

    def state(self) -> PublisherState:
        """All that the last round left for the next one."""
        with self._database.reading() as connection:
            # By id and path, in the order of code points: databases sort by the customs of a country.
            rows = connection.execute(select(records)).mappings().yield_per(_PORTION)
            ledger = sorted(map(record_of, rows), key=lambda r: r.id)
            kept = sorted(tuple(row) for row in connection.execute(_FINGERPRINTS.where(~responses.c.dropped)))
            positions: dict[str, dict[str, int]] = {}
            ids = {record.id: record.id for record in ledger}  # one text for all the channels of an article
            numbers = Numbers()
            for channel, record_id, position in connection.execute(_POSITIONS).yield_per(_PORTION):
                positions.setdefault(channel, {})[ids.get(record_id, record_id)] = numbers.same(position)
            return PublisherState(
                edition=newest_edition(connection),
                records={record.id: record for record in ledger},
                responses={path: Fingerprint(key, digest, modified) for path, key, digest, modified in kept},
                archive_positions=positions,
                set_aside={row["path"]: set_aside_of(row) for row in connection.execute(_SET_ASIDE).mappings()},
                channels={row["path"]: channel_of(row) for row in connection.execute(select(channels)).mappings()},
            )

    @cachedmethod(attrgetter("_bodies"), key=lambda _self, digest: digest, lock=attrgetter("_bodies.lock"))
    def body(self, digest: str) -> str:
        """The body of that digest.

        Raises:
            StoreError: There is none, which only a damaged store can bring about.
        """
        return read_body(self._database, digest)

    @contextmanager
    def round(self, follows: Edition, lease: Lease | None = None) -> Iterator[Transaction]:
        """Begin the round that follows the edition ``follows``.

        The store is not locked while the block runs. When the block ends, all that it wrote is committed in one
        transaction, if the lease is still in force; nothing of it when the block raises, or the process dies.

        Args:
            follows: The edition that this round has seen, number 0 if there was none.
            lease: The right to publish; None where no other process can be publishing.

        Raises:
            EditionConflictError: The newest edition is another, or one of another store.
            LeaseLostError: Another process has, or had meanwhile, the right to publish.
            StoreError: Another process is writing, or the store fails; nothing was committed.
        """
        with self._database.reading() as connection:
            self._check_follows(connection, follows)
        with closing(Transaction(self._database, self._bodies, follows.number + 1)) as writing:
            yield writing
            if writing.finish():
                with self._database.writing() as connection:
                    self._check_lease(connection, lease)
                    self._check_follows(connection, follows)
                    writing.write(connection)
                    if lease is not None:
                        # Meanwhile nothing else can write, not even the renewal of the lease; and a large round
                        # may take longer than a lease lasts.
                        self._extend(connection)

    def _check_follows(self, connection: Connection, follows: Edition) -> None:
        newest = newest_edition(connection)
        if newest == follows:
            return
        shown = self._database.address.shown
        if newest.number == follows.number:
            raise EditionConflictError(
                f"{shown} holds another edition {newest.number} than the one that this round follows",
                "start the round again: another store, or a backup, was put in its place",
            )
        raise EditionConflictError(
            f"{shown} holds edition {newest.number}, but this round follows edition {follows.number}",
            "start the round again; let only one publisher work at a time",
        )

    def keep_set_aside(self, files: Sequence[SetAside]) -> None:
        """Replace the list of the files that crashed the processes which read them.

        This happens outside of a round: even if the round is refused, the next one must not read them again.
        """
        with self._database.writing() as connection:
            connection.execute(delete(set_aside))
            if files:
                connection.execute(insert(set_aside), [dict(set_aside_row(file)) for file in files])

    def continue_after(self, edition: Edition) -> None:
        """Number the editions of a store that has none yet from the one after ``edition``, another store's.

        Raises:
            EditionConflictError: The store has editions.
        """
        with self._database.writing() as connection:
            self._check_follows(connection, NO_EDITION)
            connection.execute(insert(editions), [asdict(edition)])

    @contextmanager
    def exclusive(self) -> Iterator[Lease]:
        """Take the lease from whichever process has it, for the length of the block: for short work by a command.

        A publisher whose round is under way loses the lease, and runs the round again once it has it back.
        """
        with self._database.writing() as connection:
            lease = self._grant(connection, LeaseOwner.this())
        try:
            yield lease
        finally:
            self.release(lease)
