"""Exchange between commands and the publisher: reports, publish requests, the site's access and readers.

The store keeps the report of the last round, so that ``feedsvc status`` and monitoring need neither the publisher
nor the articles directory.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

import msgspec
from sqlalchemy import Connection, delete, exists, insert, select, update

from feedsvc.articles.model import Problem
from feedsvc.articles.safeguards import Overrides, Refusal
from feedsvc.core.errors import PrivacyError
from feedsvc.responses.site_readers import Access, Privacy, Reader
from feedsvc.store.engine import Database
from feedsvc.store.schema import publisher_status as status
from feedsvc.store.schema import readers, records, responses, site

NAMED = 100
"""How many pages of each kind of change a report names; the rest is only counted."""

Kind = Literal["published", "updated", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of articles in each state."""

    published: int = 0
    """Public, the unlisted ones included."""
    unlisted: int = 0
    scheduled: int = 0
    """Complete, with a date in the future."""
    drafts: int = 0
    withdrawn: int = 0
    """Public once, and not now: removed, expired, or made a draft."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The articles that a round published, updated or withdrew."""

    kind: Kind
    count: int
    pages: tuple[str, ...]
    """The first :data:`NAMED` of them, as URL paths."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of the last round, as plain values."""

    time: int = 0
    """When it began, in seconds since 1970; 0 stands for never."""
    seconds: float = 0.0
    """How long it took."""
    interval: float = 0.0
    """Seconds after which the publisher begins the next round at the latest; 0 after a round of a command."""
    read: int = 0
    """How many files it read."""
    changed: int = 0
    """How many responses it wrote or dropped."""
    moved: tuple[Moved, ...] = ()
    counts: Counts = Counts()
    left_out: tuple[tuple[str, int], ...] = ()
    """The kinds of files that are no articles, or not read, and how many there are of each."""
    problems: tuple[Problem, ...] = ()
    """The problems of single files, warnings included."""
    refusals: tuple[Refusal, ...] = ()
    """The safeguards that refused the round."""
    failure: str | None = None
    """Why the round failed, with the remedy."""
    rounds: int = 0
    """How many rounds there were since the store was made."""
    refused: int = 0
    """How many of them a safeguard refused."""
    failed: int = 0
    """How many of these rounds failed."""

    @property
    def set_aside(self) -> tuple[Problem, ...]:
        """The problems that keep a file from being published as it is."""
        return tuple(problem for problem in self.problems if problem.severity == "problem")


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """A round that a command has asked the running publisher for."""

    number: int
    """The number of the newest request that waits. All up to it are served together."""
    overrides: Overrides
    """The safeguards that the operator lets this round pass."""


class OperatorStore:
    """The store as commands see it. Every method may be called from any thread, and raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self) -> tuple[Report, int]:
        """The report of the last round, and the number of the newest publish request that a round has served."""
        with self._database.reading() as connection:
            row = connection.execute(select(status.c.report, status.c.last_served)).one()
        report = Report() if row.report is None else msgspec.json.decode(row.report, type=Report)
        return report, row.last_served

    def keep_report(self, report: Report, served: int = 0) -> None:
        """Replace the report; ``served`` is the newest publish request that its round served, or 0."""
        values: dict[str, object] = {"report": msgspec.json.encode(report).decode()}
        with self._database.writing(durable=False) as connection:
            connection.execute(update(status).values(values | ({"last_served": served} if served else {})))

    def request_round(self, overrides: Overrides) -> int:
        """Ask the publisher for a round; returns the number of the request.

        The overrides of requests that wait together add up.
        """
        with self._database.writing() as connection:
            row = connection.execute(select(status.c.last_request, status.c.overrides)).one()
            before = asdict(msgspec.json.decode(row.overrides, type=Overrides))
            given = {name: value or before[name] for name, value in asdict(overrides).items()}
            written = msgspec.json.encode(given).decode()
            connection.execute(update(status).values(last_request=row.last_request + 1, overrides=written))
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
            return PublishRequest(row.last_request, msgspec.json.decode(row.overrides, type=Overrides))

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
                    connection.execute(insert(readers), [asdict(reader)])
                elif there.revoked is None and reader.revoked is not None:
                    change = update(readers).where(readers.c.digest == reader.digest)
                    connection.execute(change.values(revoked=reader.revoked))

    def claim_access(self, wanted: Access) -> Access:
        """Set whom the site is for if that was never set, as in a new store; returns whom it is for then."""
        with self._database.reading() as connection:
            known = _access(connection)
        if known is not None:
            return known
        with self._database.writing() as connection:
            found = _access(connection)
            if found is None:
                _set_access(connection, wanted)
            return found or wanted

    def claim(self, wanted: Access) -> None:
        """Refuse to publish or serve a private site with the settings of a public one, and the other way round.

        Lost settings, or those of another site, have ``access = "public"``. With them all of a private site would
        be public at once, and nothing that was published can be taken back.

        Raises:
            PrivacyError: The value in the store differs; the remedy names the command that changes it.
        """
        found = self.claim_access(wanted)
        if found == "channels":
            raise PrivacyError(
                "the store has private channels of an earlier feedsvc, which no longer exist, and all of it would "
                f"become {wanted}",
                "move their articles to a private site of their own (docs/how-to/private-site.md), then say what "
                "this site is: feedsvc store access public, or private",
            )
        if found != wanted:
            raise PrivacyError(
                f"the store is of a {found} site, and by these settings it would be {wanted}",
                f'name the feedsvc.toml that says access = "{found}" with --config, or say that it is meant: '
                f"feedsvc store access {wanted}",
            )

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
