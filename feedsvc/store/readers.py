"""Whom a store is for, and the readers who were given a token. No row of a reader is ever removed."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from feedsvc.responses.access import Access, Reader
from feedsvc.store.schema import readers as table
from feedsvc.store.schema import records, responses, site

_MOVED = select(func.count() + func.count(table.c.revoked)).select_from(table)


def moved(connection: Connection) -> int:
    """A number that rises whenever a token is given or revoked."""
    return int(connection.execute(_MOVED).scalar_one())


def readers(connection: Connection) -> tuple[Reader, ...]:
    """All there ever were, the oldest first."""
    found = [Reader(**row) for row in connection.execute(select(table)).mappings()]
    return tuple(sorted(found, key=lambda reader: (reader.created, reader.digest)))


def keep(connection: Connection, given: Iterable[Reader]) -> None:
    """Add those that are not there, and revoke those that are revoked; nothing else of a reader ever changes."""
    known = {reader.digest: reader for reader in readers(connection)}
    for reader in given:
        there = known.get(reader.digest)
        known.setdefault(reader.digest, reader)
        if there is None:
            row = {name: getattr(reader, name) for name in Reader.__slots__}
            connection.execute(insert(table), [row])
        elif there.revoked is None and reader.revoked is not None:
            change = update(table).where(table.c.digest == reader.digest)
            connection.execute(change.values(revoked=reader.revoked))


def access(connection: Connection) -> Access | None:
    """Whom the store is for; None where nothing has said so yet."""
    found: Access | None = connection.execute(select(site.c.access)).scalar()
    return found


def set_access(connection: Connection, wanted: Access) -> None:
    """Say whom the store is for, whatever it was for."""
    if access(connection) == "channels" and wanted == "public":
        _forget_private(connection)
    connection.execute(delete(site))
    connection.execute(insert(site), [{"id": 1, "access": wanted}])


def _forget_private(connection: Connection) -> None:
    """Let what stood in private channels count as never published.

    Else the public would be told of each article that is moved away: by its id in a tombstone, and by a 410. What
    is public has a page, and what was taken back answers 410; what was private has neither. Where the store has no
    responses, as after the import of a ledger, nothing is known and nothing changes.
    """
    page = exists().where(responses.c.path == records.c.page, ~responses.c.dropped)
    private = records.c.settled & ~page & exists(select(responses.c.path))
    never = {"settled": False, "listed": False, "withdrawn": None, "changed": None, "membership_changes": "[]"}
    connection.execute(update(records).where(private).values(never))
