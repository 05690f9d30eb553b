"""The store: what publisher and web workers share."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, desc, exists, insert, or_, select

from feedsvc.articles.model import SetAside
from feedsvc.articles.policy.refusals import Overrides
from feedsvc.core.errors import EditionConflictError, StoreError
from feedsvc.core.lru_cache import LruCache
from feedsvc.responses.access import Access, Privacy, Reader, Readers
from feedsvc.responses.edition import NO_EDITION, Changes, Edition, Fingerprint, PublisherState
from feedsvc.responses.response import Response
from feedsvc.store import publisher_status, readers
from feedsvc.store.engine import Database
from feedsvc.store.lease import Lease, LeaseOwner, acquire, check, current, extend, hand_back
from feedsvc.store.migrate import migrate
from feedsvc.store.notifications import ChangeListener
from feedsvc.store.publisher_status import PublishRequest
from feedsvc.store.report import Report
from feedsvc.store.rows import edition_of, record_of, response_of, set_aside_of, set_aside_row
from feedsvc.store.schema import archive_positions, bodies, editions, records, responses, set_aside
from feedsvc.store.staging import staging
from feedsvc.store.unit_of_work import Transaction
from feedsvc.store.url import parse

_NEWEST = select(editions).order_by(desc(editions.c.number)).limit(1)
_SET_ASIDE = select(set_aside).order_by(set_aside.c.path)
_KEPT = select(responses.c.path, responses.c.key, responses.c.digest, responses.c.last_modified)

_BODIES = 8_000_000
"""How many characters of bodies are kept at hand from round to round: those of a thousand articles, mostly."""


def open_store(url: str, patience: float = 5.0, *, make: bool = True) -> "Store":
    """Open the store at ``url``, made or brought up to date if need be. Several processes may do so at once.

    Args:
        url: ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://user@host/database``.
        patience: Seconds to wait for another writer before giving up.
        make: Whether to make a file that is not there; else that is an error.

    Raises:
        StoreTooNewError: A newer feedsvc wrote it.
        StoreError: It cannot be opened; the message names the URL (without password) and the remedy.
    """
    address = parse(url)
    if not make and address.file is not None and not Path(address.file).exists():
        raise StoreError(f"{address.shown} does not exist", "name another with --store, or publish first")
    database = Database(address, patience)
    try:
        migrate(database)
        database.watch_file()
    except BaseException:
        database.close()
        raise
    return Store(database)


class Store:
    """The ledger, the editions, and the responses of the newest one.

    Every method may be called from any thread, and raises StoreError alone. A process that was forked must
    open its own. Made by :func:`open_store`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bodies = LruCache(self._body, len, _BODIES)

    def __repr__(self) -> str:
        return f"<Store {self._database.address.shown}>"

    def newest(self) -> Edition:
        """The newest edition, number 0 if there is none."""
        with self._database.reading() as connection:
            return _newest(connection)

    def memory(self) -> PublisherState:
        """All that the last round left for the next one."""
        with self._database.reading() as connection:
            # By id and path, in the order of code points: databases sort by the customs of a country.
            ledger = sorted(map(record_of, connection.execute(select(records)).mappings()), key=lambda r: r.id)
            kept = sorted(tuple(row) for row in connection.execute(_KEPT.where(~responses.c.dropped)))
            places: dict[str, dict[str, int]] = {}
            for channel, record, place in sorted(
                tuple(row) for row in connection.execute(select(archive_positions))
            ):
                places.setdefault(channel, {})[record] = place
            return PublisherState(
                edition=_newest(connection),
                records={record.id: record for record in ledger},
                responses={path: Fingerprint(key, digest, modified) for path, key, digest, modified in kept},
                archive_positions=places,
                set_aside={row["path"]: set_aside_of(row) for row in connection.execute(_SET_ASIDE).mappings()},
            )

    @contextmanager
    def round(self, follows: Edition, lease: Lease | None = None) -> Iterator[Transaction]:
        """Begin the round that follows the edition ``follows``.

        The store is not locked while the block runs. When it ends, all that was written is committed in one
        transaction, if the lease is still in force; nothing of it when the block raises, or the process dies.

        Args:
            follows: The edition that this round has seen, number 0 if there was none.
            lease: The right to publish; None where nobody else can be publishing.

        Raises:
            EditionConflictError: The newest edition is another, or one of another store.
            LeaseLostError: Another process has, or had meanwhile, the right to publish.
            StoreError: Another process is writing, or the store fails; nothing was committed.
        """
        with self._database.reading() as connection:
            self._check_follows(connection, follows)
        with staging() as open_spool:
            writing = Transaction(open_spool, self._database, self._bodies, follows.number + 1)
            yield writing
            if writing.finish():
                with self._database.writing() as connection:
                    check(connection, lease, self._database.address.shown)
                    self._check_follows(connection, follows)
                    writing.write(connection)

    def keep_set_aside(self, files: Sequence[SetAside]) -> None:
        """Keep the files that were fatal to readers, in place of those that are kept.

        Not within a round: if that comes to nothing, the next one must not run into them again.
        """
        with self._database.writing() as connection:
            connection.execute(delete(set_aside))
            if files:
                connection.execute(insert(set_aside), [dict(set_aside_row(file)) for file in files])

    def _body(self, digest: str) -> str:
        with self._database.reading() as connection:
            found = connection.execute(select(bodies.c.content).where(bodies.c.digest == digest)).scalar()
        if found is None:
            shown = self._database.address.shown
            raise StoreError(f"{shown} lacks the body {digest}", "restore the store from a backup")
        return str(found)

    def go_on_from(self, edition: Edition) -> None:
        """Let the editions of a store that has none yet be numbered after ``edition``, as those of another were.

        Raises:
            EditionConflictError: There are editions.
        """
        with self._database.writing() as connection:
            self._check_follows(connection, NO_EDITION)
            connection.execute(insert(editions), [asdict(edition)])

    def lease(self) -> Lease | None:
        """The right to publish as it is in force, for those who want to know who has it; None if nobody has."""
        with self._database.reading() as connection:
            return current(connection)

    def acquire(self, owner: LeaseOwner) -> Lease | None:
        """Take the right to publish for ``owner``; None while another process has it."""
        if self.lease() is not None:
            return None
        with self._database.writing() as connection:
            return acquire(connection, owner)

    def renew(self, lease: Lease) -> Lease:
        """Keep the right to publish for another while.

        Raises:
            LeaseLostError: It lapsed, or another process has it.
        """
        with self._database.writing(durable=False) as connection:
            return extend(connection, lease, self._database.address.shown)

    def release(self, lease: Lease) -> None:
        """Give the right to publish back, so that nobody has to wait until it lapses."""
        with self._database.writing() as connection:
            hand_back(connection, lease)

    @contextmanager
    def turn(self) -> Iterator[Lease]:
        """Take the right to publish from whoever has it, for the length of the block: for short work by a command.

        A publisher whose round is under way then loses it, and runs it again once it has the right back.
        """
        with self._database.writing() as connection:
            lease = acquire(connection, LeaseOwner.this(), by_force=True)
        if lease is None:
            raise RuntimeError("a lease taken by force was not granted")
        try:
            yield lease
        finally:
            self.release(lease)

    def _check_follows(self, connection: Connection, follows: Edition) -> None:
        newest = _newest(connection)
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

    def bell(self) -> ChangeListener | None:
        """What rings after each commit of an edition or of readers; None where nothing does, now or at all."""
        return self._database.bell()

    def changes(self, since: Edition = NO_EDITION) -> Changes:
        """What moved after the edition ``since``, from one snapshot.

        Everything that is there with the edition 0, and where the store does not hold the edition ``since``.
        """
        with self._database.reading() as connection:
            is_held = bool(connection.execute(select(_holds(since))).scalar())
            moved = responses.c.edition > since.number if is_held else ~responses.c.dropped
            whole = select(responses).where(moved, responses.c.hot, ~responses.c.dropped)
            named = select(responses.c.path, responses.c.dropped).where(
                moved, or_(~responses.c.hot, responses.c.dropped)
            )
            hot = map(response_of, connection.execute(whole).mappings())
            paths = sorted(tuple(row) for row in connection.execute(named))
            return Changes(
                edition=_newest(connection),
                hot=tuple(sorted(hot, key=lambda response: response.path)),
                cold=tuple(path for path, dropped in paths if not dropped),
                dropped=tuple(path for path, dropped in paths if dropped),
                replaced=since.number > 0 and not is_held,
            )

    def fetch(self, path: str, known: Edition = NO_EDITION) -> tuple[int, Response] | None:
        """What ``path`` answers now, with the number of the edition that wrote it; None if it is unknown.

        None also where ``known`` is an edition that this store does not hold: what is here belongs to another.
        """
        with self._database.reading() as connection:
            there = select(responses).where(responses.c.path == path, ~responses.c.dropped)
            if known.number:
                there = there.where(_holds(known))
            row = connection.execute(there).mappings().first()
        return None if row is None else (row["edition"], response_of(row))

    def readers_in_force(self, seen: int) -> tuple[int, Readers] | None:
        """Whose tokens are in force, with a number that rises when they change; None if it is ``seen`` still."""
        with self._database.reading() as connection:
            number = readers.moved(connection)
            if number == seen:
                return None
            force = [reader for reader in readers.readers(connection) if reader.revoked is None]
        return number, {reader.digest: reader.name for reader in force}

    def privacy(self) -> Privacy:
        """Whom the store is for, and who its readers are."""
        with self._database.reading() as connection:
            return Privacy(readers.access(connection), readers.readers(connection))

    def keep_readers(self, given: Iterable[Reader]) -> None:
        """Add those that are not there, and revoke those that are revoked."""
        with self._database.writing() as connection:
            readers.keep(connection, given)

    def claim_access(self, wanted: Access) -> Access:
        """Say whom the store is for where nothing has said so yet; gives what it is then."""
        with self._database.reading() as connection:
            known = readers.access(connection)
        if known is not None:
            return known
        with self._database.writing() as connection:
            found = readers.access(connection)
            if found is None:
                readers.set_access(connection, wanted)
            return found or wanted

    def set_access(self, wanted: Access) -> None:
        """Say whom the store is for, whatever it was for."""
        with self._database.writing() as connection:
            readers.set_access(connection, wanted)

    def report(self) -> tuple[Report, int]:
        """What the last round left, and the number of the newest wish it served."""
        with self._database.reading() as connection:
            return publisher_status.report(connection)

    def keep_report(self, report: Report, served: int = 0) -> None:
        """Keep the report of a round, which served the wishes up to that number; 0 if it served none."""
        with self._database.writing(durable=False) as connection:
            publisher_status.keep(connection, report, served)

    def wish(self, consent: Overrides) -> int:
        """Ask whoever publishes for a round with these consents; gives the number of the wish."""
        with self._database.writing() as connection:
            return publisher_status.make(connection, consent)

    def is_wished(self) -> bool:
        """Whether somebody waits for a round."""
        with self._database.reading() as connection:
            return publisher_status.waiting(connection)

    def take_wish(self) -> PublishRequest | None:
        """The wishes that wait, for the one round that serves them; None if there are none."""
        if not self.is_wished():
            return None
        with self._database.writing() as connection:
            return publisher_status.take(connection)

    def close(self) -> None:
        """Close the connections; what other processes do with the store goes on."""
        self._database.close()


def _holds(edition: Edition) -> ColumnElement[bool]:
    """Whether the store holds this very edition, and not another with its number."""
    return exists().where(editions.c.number == edition.number, editions.c.identity == edition.identity)


def _newest(connection: Connection) -> Edition:
    return edition_of(connection.execute(_NEWEST).mappings().first())
