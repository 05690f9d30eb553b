"""The reads of a web worker: the newest edition, changes since another one, single responses, and tokens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, desc, exists, func, or_, select

from feedsvc.core.errors import EditionConflictError
from feedsvc.responses.edition import NO_EDITION, Changes, Edition
from feedsvc.responses.response import Response
from feedsvc.responses.site_readers import Readers
from feedsvc.store.engine import Database
from feedsvc.store.rows import edition_of, response_of
from feedsvc.store.schema import editions, readers, responses

if TYPE_CHECKING:
    from feedsvc.store.postgres import ChangeListener
    from feedsvc.store.snapshot import StoredSnapshot

_NEWEST = select(editions).order_by(desc(editions.c.number)).limit(1)
_TOKENS_VERSION = select(func.count() + func.count(readers.c.revoked)).select_from(readers)
"""A number that rises whenever a token is given or revoked: no row of a reader is ever removed."""


def newest_edition(connection: Connection) -> Edition:
    """The newest edition, number 0 if there is none."""
    return edition_of(connection.execute(_NEWEST).mappings().first())


class EditionStore:
    """The store as a web worker sees it; nothing is written here. Every method raises StoreError alone."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._newest: tuple[tuple[int, ...], Edition] | None = None

    def newest(self) -> Edition:
        """The newest edition, number 0 if there is none.

        While nothing is committed to an SQLite store, the answer takes some microseconds.
        """
        version, known = self._database.version(), self._newest
        if version is not None and known is not None and version == known[0]:
            return known[1]
        with self._database.reading() as connection:
            newest = newest_edition(connection)
        self._newest = None if version is None else (version, newest)
        return newest

    def changes(self, since: Edition = NO_EDITION) -> Changes:
        """The responses that changed after the edition ``since``, from one snapshot.

        All responses if ``since`` is the edition 0, or one that the store does not hold.
        """
        with self._database.reading() as connection:
            is_held = bool(connection.execute(select(_holds(since))).scalar())
            moved = responses.c.edition > since.number if is_held else ~responses.c.dropped
            whole = select(responses).where(moved, responses.c.pinned, ~responses.c.dropped)
            named = select(responses.c.path, responses.c.dropped).where(
                moved, or_(~responses.c.pinned, responses.c.dropped)
            )
            pinned = map(response_of, connection.execute(whole).mappings())
            paths = sorted(tuple(row) for row in connection.execute(named))
            return Changes(
                edition=newest_edition(connection),
                pinned=tuple(sorted(pinned, key=lambda response: response.path)),
                stored=tuple(path for path, dropped in paths if not dropped),
                dropped=tuple(path for path, dropped in paths if dropped),
                replaced=since.number > 0 and not is_held,
            )

    def fetch(self, path: str, known: Edition = NO_EDITION) -> tuple[int, Response] | None:
        """The response of a path, with the number of the edition that wrote it; None if there is none.

        None also if the store does not hold the edition ``known``: then its responses are another store's.
        """
        with self._database.reading() as connection:
            there = select(responses).where(responses.c.path == path, ~responses.c.dropped)
            if known.number:
                there = there.where(_holds(known))
            row = connection.execute(there).mappings().first()
        return None if row is None else (row["edition"], response_of(row))

    @contextmanager
    def snapshot(self, edition: Edition) -> Iterator["StoredSnapshot"]:
        """The contents of the store at its newest edition, for documents that are rendered on demand.

        Raises:
            EditionConflictError: The newest edition is not ``edition``.
        """
        from feedsvc.store.snapshot import StoredSnapshot  # noqa: PLC0415 - loads what web workers do without

        with self._database.reading() as connection:
            shown = self._database.address.shown
            if (newest := newest_edition(connection)) != edition:
                raise EditionConflictError(f"{shown} holds edition {newest.number}", "ask for that one")
            yield StoredSnapshot(connection, shown)

    def valid_tokens(self, seen: int) -> tuple[int, Readers] | None:
        """The access tokens that were not revoked, with a version that rises when they change.

        None if the version is still ``seen``.
        """
        with self._database.reading() as connection:
            version = int(connection.execute(_TOKENS_VERSION).scalar_one())
            if version == seen:
                return None
            valid = select(readers.c.digest, readers.c.name).where(readers.c.revoked.is_(None))
            return version, {row.digest: row.name for row in connection.execute(valid)}

    def listen(self) -> "ChangeListener | None":
        """A listener for changes of editions and tokens; None where the database cannot notify, now or at all."""
        return self._database.listen()


def _holds(edition: Edition) -> ColumnElement[bool]:
    """Whether the store holds this very edition, and not another with its number."""
    return exists().where(editions.c.number == edition.number, editions.c.identity == edition.identity)
