"""Editions: the newest one, its responses, and what changed since another one, for web workers and for push.

For each article, one row of ``article_changes`` says in which editions it was last listed, changed and removed. So
what changed since any edition is a query, and nothing has to be kept for those who were not told yet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, desc, exists, func, or_, select

from feedsvc.core.errors import EditionConflictError
from feedsvc.documents.model import Kind
from feedsvc.responses.edition import NO_EDITION, Changes, Edition
from feedsvc.responses.response import Response
from feedsvc.responses.site_readers import Readers
from feedsvc.store.engine import Database
from feedsvc.store.notifications import ChangeListener
from feedsvc.store.rows import article_of, edition_of, response_of
from feedsvc.store.schema import article_changes, editions, readers, records, responses
from feedsvc.store.staging import Session

if TYPE_CHECKING:
    from feedsvc.store.snapshot import SnapshotCache, StoredSnapshot

_NEWEST = select(editions).order_by(desc(editions.c.number)).limit(1)
_TOKENS_VERSION = select(func.count() + func.count(readers.c.revoked)).select_from(readers)
"""A number that rises whenever a token is given or revoked: no row of a reader is ever removed."""

Event = Literal["published", "updated", "removed"]

_PORTION = 200
"""How many articles are compared at a time."""
_COLUMN: Mapping[Event, str] = {"published": "listed", "updated": "changed", "removed": "removed"}
_SHOWN = (
    records.c.page,
    records.c.published,
    records.c.updated,
    records.c.body,
    records.c.markdown,
    records.c.article,
)
"""The columns that decide what the feeds show of an article that is listed."""
_LISTED = select(records.c.id).where(records.c.listed)


def newest_edition(connection: Connection) -> Edition:
    """The newest edition, number 0 if there is none."""
    return edition_of(connection.execute(_NEWEST).mappings().first())


class EditionStore:
    """The store as a web worker sees it; nothing is written here. Every method raises StoreError alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> Edition:
        """The newest edition, number 0 if there is none."""
        with self._database.reading() as connection:
            return newest_edition(connection)

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
    def snapshot(self, edition: Edition, cache: "SnapshotCache | None" = None) -> Iterator["StoredSnapshot"]:
        """The contents of the store at its newest edition, for documents that are rendered on demand.

        Args:
            edition: The newest edition, as the caller knows it.
            cache: Holds what the caller's last snapshots of the edition have read, and keeps what this one reads.

        Raises:
            EditionConflictError: The newest edition is not ``edition``.
        """
        from feedsvc.store.snapshot import StoredSnapshot  # noqa: PLC0415 - loads what web workers do without

        with self._database.reading() as connection:
            shown = self._database.address.shown
            if (newest := newest_edition(connection)) != edition:
                raise EditionConflictError(f"{shown} holds edition {newest.number}", "ask for that one")
            if cache is not None:
                cache.begin(edition)
            yield StoredSnapshot(connection, shown, cache)

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

    def listen(self) -> ChangeListener | None:
        """A listener for changes of editions and tokens; None where the database cannot notify, now or at all."""
        return self._database.listen()


def _holds(edition: Edition) -> ColumnElement[bool]:
    """Whether the store holds this very edition, and not another with its number."""
    return exists().where(editions.c.number == edition.number, editions.c.identity == edition.identity)


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """The change of one article since some edition."""

    record_id: str
    event: Event
    page: str
    """The URL path of its page."""
    edition: int
    """The newest edition in which anything happened to it."""


@dataclass(frozen=True, slots=True)
class ChangedResponse:
    """A path whose response changed or went."""

    path: str
    kind: Kind
    is_dropped: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """The changes since an edition."""

    edition: int
    """The newest edition, up to which this goes."""
    time: int
    """When the round of that edition began, in seconds since 1970."""
    responses: tuple[ChangedResponse, ...]
    """Of the documents that are prepared, in the order of their paths."""
    articles: tuple[ArticleChange, ...]

    @property
    def feeds(self) -> tuple[str, ...]:
        """The paths of the feeds that changed, without those that went."""
        return tuple(each.path for each in self.responses if each.kind == "feed" and not each.is_dropped)


def changed_since(connection: Connection, edition: int) -> Changed:
    """The changes after the edition of that number."""
    moved = select(responses.c.path, responses.c.kind, responses.c.dropped).where(
        responses.c.edition > edition, responses.c.prepared
    )
    newest = newest_edition(connection)
    return Changed(
        newest.number,
        newest.time,
        tuple(ChangedResponse(*row) for row in sorted(tuple(row) for row in connection.execute(moved))),
        tuple(article_changes_since(connection, edition)),
    )


def note_article_changes(session: Session, staged: Session, ids: Iterable[str], edition: int) -> None:
    """Note which articles an edition lists anew, changes or removes; called before their records are written.

    Args:
        session: The store.
        staged: The staging database of the round, with the new records.
        ids: The articles whose records the round saved or forgot.
        edition: The number of the edition.
    """
    batch = session.upsert(article_changes)
    ordered = sorted(ids)
    for begin in range(0, len(ordered), _PORTION):
        portion = ordered[begin : begin + _PORTION]
        before = _shown(session, portion)
        after = _shown(staged, sorted(before))  # a first round need not compare anything
        listed = frozenset(map(str, staged.run(_LISTED.where(records.c.id.in_(portion))).scalars()))
        noted = select(article_changes).where(article_changes.c.record_id.in_(portion))
        known = {row["record_id"]: dict(row) for row in session.run(noted).mappings()}
        for key in portion:
            event = _event(before.get(key), after.get(key), is_listed=key in listed)
            if event is not None:
                row = known.get(key, {"record_id": key, "listed": 0, "changed": 0, "removed": 0})
                batch.add({**row, _COLUMN[event]: edition, "edition": edition})
    batch.flush()


def article_changes_since(connection: Connection, edition: int) -> Iterator[ArticleChange]:
    """The change of each article after the edition of that number, the oldest change first.

    An article that left the feeds is ``removed``, whatever happened to it before; one that is new or came back is
    ``published``.
    """
    found = connection.execute(
        select(
            article_changes.c.edition,
            article_changes.c.record_id,
            article_changes.c.listed,
            records.c.page,
            records.c.listed.label("is_listed"),
        )
        .join(records, records.c.id == article_changes.c.record_id)
        .where(article_changes.c.edition > edition)
    )
    for last, record_id, listed, page, is_listed in sorted(tuple(row) for row in found):
        event: Event = "removed" if not is_listed else "published" if listed > edition else "updated"
        yield ArticleChange(record_id, event, page, last)


def _shown(session: Session, ids: Sequence[str]) -> dict[str, RowMapping]:
    """The entries of those articles that are listed, as the feeds show them."""
    found = _LISTED.add_columns(*_SHOWN).where(records.c.id.in_(ids))
    return {row["id"]: row for row in session.run(found).mappings()}


def _event(before: RowMapping | None, after: RowMapping | None, *, is_listed: bool) -> Event | None:
    if not is_listed:
        return None if before is None else "removed"
    if before is None:
        return "published"
    is_same = before == after or (after is not None and _read(before) == _read(after))
    return None if is_same else "updated"


def _read(row: RowMapping) -> Mapping[str, object]:
    """A row of :data:`_SHOWN` as it is read: versions of feedsvc may write one article in several ways."""
    return {**row, "article": article_of(row["article"], "", "", None)}
