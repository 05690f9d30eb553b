"""Observations of outside hubs: whether they confirmed our subscription, and whether they push."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import case, delete, func, insert, select, update

from feedsvc.store.engine import Database
from feedsvc.store.schema import watched_hubs as table


@dataclass(frozen=True, slots=True)
class WatchedHub:
    """An outside hub. The columns of the table say what each field is."""

    hub: str
    token: str = field(repr=False)
    expires: int = 0
    asked: int = 0
    owing: int | None = None
    received: int | None = None
    silent: bool = False


class HubWatchStore:
    """The outside hubs in the store. Every method may be called from any thread, and raises StoreError alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hubs(self) -> Sequence[WatchedHub]:
        """All of them, by URL."""
        with self._database.reading() as connection:
            found = connection.execute(select(table)).mappings()
            return sorted((WatchedHub(**row) for row in found), key=lambda each: each.hub)

    def silent(self) -> frozenset[str]:
        """The URLs of those that the feeds do not name."""
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(table.c.hub).where(table.c.silent)).scalars())

    def configure(self, wanted: Sequence[str]) -> None:
        """Watch these hubs, and no others."""
        known = {each.hub for each in self.hubs()}
        if known == set(wanted):
            return
        with self._database.writing() as connection:
            connection.execute(delete(table).where(table.c.hub.not_in(wanted)))
            fresh = [WatchedHub(hub, secrets.token_urlsafe(24)) for hub in wanted if hub not in known]
            if fresh:
                connection.execute(insert(table), list(map(asdict, fresh)))

    def expect_push(self, hub: str, now: int, since: int) -> None:
        """Note that a hub with a subscription in force owes a push, unless it owes one or has pushed ``since``."""
        owes = (
            (table.c.hub == hub)
            & (table.c.expires > now)
            & table.c.owing.is_(None)
            & (func.coalesce(table.c.received, 0) < since)
        )
        with self._database.writing(durable=False) as connection:
            connection.execute(update(table).where(owes).values(owing=now))

    def change(self, hub: str, **values: int | None) -> None:
        """Change what is known of a hub."""
        with self._database.writing(durable=False) as connection:
            connection.execute(update(table).where(table.c.hub == hub).values(**values))

    def confirm(self, token: str, expires: int) -> bool:
        """Note that a hub has confirmed a subscription until ``expires``; False if the token is of none.

        A push that the hub owes stays owed: it was owed from a moment on at which the subscription was in force.
        """
        still_owed = case((table.c.owing < table.c.expires, table.c.owing), else_=None)
        return self._change_of(token, expires=expires, owing=still_owed)

    def receive(self, token: str, now: int) -> bool:
        """Note that a hub pushed at ``now``; False if the token is of none."""
        return self._change_of(token, received=now, owing=None)

    def _change_of(self, token: str, **values: object) -> bool:
        """Change the hub with that token, if there is one: what strangers send must not take the writers' turn."""
        with self._database.reading() as connection:
            if connection.execute(select(table.c.hub).where(table.c.token == token)).first() is None:
                return False
        with self._database.writing() as connection:
            return connection.execute(update(table).where(table.c.token == token).values(**values)).rowcount > 0
