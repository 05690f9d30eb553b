"""The tickets of private channels in the store. No row is ever removed."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, insert, select, update

from feedsvc.responses.ticket import Ticket
from feedsvc.store.tables import tickets as table

_MOVED = select(func.count() + func.count(table.c.revoked)).select_from(table)


def moved(connection: Connection) -> int:
    """A number that rises whenever a ticket is given or revoked."""
    return int(connection.execute(_MOVED).scalar_one())


def tickets(connection: Connection) -> tuple[Ticket, ...]:
    """All there ever were, the oldest first."""
    found = [Ticket(**row) for row in connection.execute(select(table)).mappings()]
    return tuple(sorted(found, key=lambda ticket: (ticket.made, ticket.digest)))


def keep(connection: Connection, given: Iterable[Ticket]) -> None:
    """Add those that are not there, and revoke those that are revoked; nothing else of a ticket ever changes."""
    known = {ticket.digest: ticket for ticket in tickets(connection)}
    for ticket in given:
        there = known.get(ticket.digest)
        known.setdefault(ticket.digest, ticket)
        if there is None:
            row = {name: getattr(ticket, name) for name in Ticket.__slots__}
            connection.execute(insert(table), [row])
        elif there.revoked is None and ticket.revoked is not None:
            change = update(table).where(table.c.digest == ticket.digest)
            connection.execute(change.values(revoked=ticket.revoked))
