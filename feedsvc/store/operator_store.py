"""Exchange between commands and the publisher: reports, publish requests, the site's access and readers."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, exists, insert, select, update

from feedsvc.articles.policy.safeguards import Overrides
from feedsvc.responses.site_readers import Access, Privacy, Reader
from feedsvc.store.engine import Database
from feedsvc.store.report import Report, from_json, to_json
from feedsvc.store.schema import publisher_status as status
from feedsvc.store.schema import readers, records, responses, site


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """A round that a command has asked the running publisher for."""

    number: int
    """The number of the newest request that waits. All up to it are served together."""
    overrides: Overrides
    """The safeguards that the operator lets this round pass."""


class OperatorStore:
    """The store as commands see it. Every method may be called from any thread, and raises StoreError alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self) -> tuple[Report, int]:
        """The report of the last round, and the number of the newest publish request that a round has served."""
        with self._database.reading() as connection:
            row = connection.execute(select(status.c.report, status.c.last_served)).one()
        return (Report() if row.report is None else from_json(row.report)), row.last_served

    def keep_report(self, report: Report, served: int = 0) -> None:
        """Replace the report; ``served`` is the newest publish request that its round served, or 0."""
        values: dict[str, object] = {"report": to_json(report)}
        with self._database.writing(durable=False) as connection:
            connection.execute(update(status).values(values | ({"last_served": served} if served else {})))

    def request_round(self, overrides: Overrides) -> int:
        """Ask the publisher for a round; returns the number of the request.

        The overrides of requests that wait together add up.
        """
        with self._database.writing() as connection:
            row = connection.execute(select(status.c.last_request, status.c.overrides)).one()
            before = json.loads(row.overrides)
            given = {name: value or before.get(name, False) for name, value in asdict(overrides).items()}
            connection.execute(
                update(status).values(last_request=row.last_request + 1, overrides=json.dumps(given))
            )
            return int(row.last_request) + 1

    def is_round_requested(self) -> bool:
        """Whether there is a publish request that no round has served."""
        with self._database.reading() as connection:
            row = connection.execute(select(status.c.last_request, status.c.last_served)).one()
            return bool(row.last_request > row.last_served)

    def take_request(self) -> PublishRequest | None:
        """The publish requests that wait, for the one round that serves them; None if there are none.

        This uses their overrides up, whatever becomes of the round.
        """
        if not self.is_round_requested():
            return None
        with self._database.writing() as connection:
            row = connection.execute(select(status.c.last_request, status.c.overrides)).one()
            connection.execute(update(status).values(overrides="{}"))
            return PublishRequest(row.last_request, Overrides(**json.loads(row.overrides)))

    def privacy(self) -> Privacy:
        """Whom the site is for, and its readers."""
        with self._database.reading() as connection:
            return Privacy(_access(connection), _readers(connection))

    def keep_readers(self, given: Iterable[Reader]) -> None:
        """Add the readers that the store lacks, and revoke the tokens that are revoked in ``given``.

        Nothing else of a reader ever changes, and no reader is ever removed.
        """
        with self._database.writing() as connection:
            known = {reader.digest: reader for reader in _readers(connection)}
            for reader in given:
                there = known.get(reader.digest)
                known.setdefault(reader.digest, reader)
                if there is None:
                    row = {name: getattr(reader, name) for name in Reader.__slots__}
                    connection.execute(insert(readers), [row])
                elif there.revoked is None and reader.revoked is not None:
                    change = update(readers).where(readers.c.digest == reader.digest)
                    connection.execute(change.values(revoked=reader.revoked))

    def claim_access(self, wanted: Access) -> Access:
        """Set whom the site is for if that was never set; returns whom it is for then."""
        with self._database.reading() as connection:
            known = _access(connection)
        if known is not None:
            return known
        with self._database.writing() as connection:
            found = _access(connection)
            if found is None:
                _set_access(connection, wanted)
            return found or wanted

    def set_access(self, wanted: Access) -> None:
        """Set whom the site is for, whatever it was."""
        with self._database.writing() as connection:
            _set_access(connection, wanted)


def _readers(connection: Connection) -> tuple[Reader, ...]:
    """All readers there ever were, the oldest first."""
    found = [Reader(**row) for row in connection.execute(select(readers)).mappings()]
    return tuple(sorted(found, key=lambda reader: (reader.created, reader.digest)))


def _access(connection: Connection) -> Access | None:
    """Whom the site is for; None if that was never set."""
    found: Access | None = connection.execute(select(site.c.access)).scalar()
    return found


def _set_access(connection: Connection, wanted: Access) -> None:
    if _access(connection) == "channels" and wanted == "public":
        _forget_private(connection)
    connection.execute(delete(site))
    connection.execute(insert(site), [{"id": 1, "access": wanted}])


def _forget_private(connection: Connection) -> None:
    """Let the articles of private channels count as never published.

    Else the public would be told of each article that is moved away: by its id in a tombstone, and by a 410. What
    is public has a page, and what was withdrawn answers 410; what was private has neither. Where the store has no
    responses, as after the import of a ledger, nothing is known and nothing changes.
    """
    page = exists().where(responses.c.path == records.c.page, ~responses.c.dropped)
    private = records.c.settled & ~page & exists(select(responses.c.path))
    never = {"settled": False, "listed": False, "withdrawn": None, "changed": None, "membership_changes": "[]"}
    connection.execute(update(records).where(private).values(never))
