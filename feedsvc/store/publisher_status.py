"""Reports and wishes: what the publisher tells those who ask, and what it is asked for.

One row holds both. A wish is a round that a command asks the running publisher for, with the consents that the
operator gives it; it has a number, and whoever made it waits until that number is served.
"""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select, update

from feedsvc.articles.policy.refusals import Overrides
from feedsvc.store.report import Report, from_json, to_json
from feedsvc.store.schema import publisher_status as table


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """A round that somebody asked for."""

    number: int
    """All wishes up to this one; they are served together."""
    consent: Overrides


def report(connection: Connection) -> tuple[Report, int]:
    """What the last round left, and the number of the newest wish it served."""
    row = connection.execute(select(table.c.report, table.c.last_served)).one()
    return (Report() if row.report is None else from_json(row.report)), row.last_served


def keep(connection: Connection, told: Report, served: int) -> None:
    """Keep a report in place of the one before; ``served`` is the newest wish that its round served, or 0."""
    values: dict[str, object] = {"report": to_json(told)}
    connection.execute(update(table).values(values | ({"last_served": served} if served else {})))


def make(connection: Connection, consent: Overrides) -> int:
    """Ask for a round; gives the number of the wish. Consents add up until the round begins."""
    row = connection.execute(select(table.c.last_request, table.c.overrides)).one()
    before = _given(row.overrides)
    given = {name: value or before.get(name, False) for name, value in asdict(consent).items()}
    connection.execute(update(table).values(last_request=row.last_request + 1, overrides=json.dumps(given)))
    return int(row.last_request) + 1


def waiting(connection: Connection) -> bool:
    """Whether there is a wish that no round has served."""
    row = connection.execute(select(table.c.last_request, table.c.last_served)).one()
    return bool(row.last_request > row.last_served)


def take(connection: Connection) -> PublishRequest:
    """The wishes that wait. Their consents are used up by this, whatever becomes of the round."""
    row = connection.execute(select(table.c.last_request, table.c.overrides)).one()
    connection.execute(update(table).values(overrides="{}"))
    return PublishRequest(row.last_request, Overrides(**_given(row.overrides)))


def _given(consent: str) -> dict[str, bool]:
    return {name: bool(value) for name, value in json.loads(consent).items()}
