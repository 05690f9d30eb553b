"""A transaction: what one round writes, all of it or nothing.

While the round runs, all that it writes waits in the staging database. At the end it is copied to the store in one
short transaction, so that neither web workers nor other writers wait for a round.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache, cachedmethod
from sqlalchemy import Connection, Select, Table, bindparam, delete, exists, insert, select, update

from feedsvc.articles.record import Record
from feedsvc.channels.archive import ArchivePlace
from feedsvc.channels.channel import ChannelSummary
from feedsvc.core.errors import EditionConflictError, StoreError
from feedsvc.core.timestamps import from_unix_time
from feedsvc.documents.model import GONE
from feedsvc.responses.edition import Edition
from feedsvc.responses.response import Response
from feedsvc.store.editions import note_article_changes
from feedsvc.store.engine import Database
from feedsvc.store.rows import Row, channel_row, place_of, place_row, record_row, response_row
from feedsvc.store.schema import (
    archive_positions,
    bodies,
    channels,
    editions,
    former_addresses,
    inline_media,
    media_files,
    records,
    rendering_options,
    responses,
)
from feedsvc.store.staging import LEDGER, Session, Staging

if TYPE_CHECKING:
    from feedsvc.documents.snapshot import RenderingOptions

_PORTION = 200
"""How many rows are read, or deleted, at a time."""
_LARGE = 10
"""How many rows with contents are read at a time: a response with all its codings has 100 kB."""
_EMPTIED = {"dropped": True, "codings": "[]", "content": b""}
_DROPPED = {**asdict(GONE), **_EMPTIED, "headers": "[]", "last_modified": 0, "file": None, "key": "", "digest": ""}
"""The row of a dropped path in the staging database; the store keeps what it had, but for its content."""
_DROP = update(responses).where(responses.c.path == bindparam("at"), ~responses.c.dropped).values(**_EMPTIED)
_PLACES = select(archive_positions).where(archive_positions.c.channel == bindparam("path"))
_REKEY = update(responses).where(responses.c.path == bindparam("at")).values(key=bindparam("now"))


_FEW = 200
"""A round that saves no more records than this deletes only bodies that these records had or have."""
_MOST_VALUES = 10_000
"""How many values a statement names at most: PostgreSQL takes 65,535, SQLite 32,766 (SQLITE_MAX_VARIABLE_NUMBER),
and a single article may have a thousand pictures in its own text."""
_BODIES = 4_000_000
"""How many characters of bodies are cached from round to round: mostly those of five hundred articles or more. An
edit makes the feeds of a handful of channels anew, each of fifty articles."""


class BodyCache(LRUCache[str, str]):
    """Bodies of articles that were read or written lately, by digest. Threads share it under its lock."""

    def __init__(self) -> None:
        super().__init__(_BODIES, len)
        self.lock = Lock()


def read_body(database: Database, digest: str) -> str:
    """The body of that digest, from the store.

    Raises:
        StoreError: There is none, which only a damaged store can bring about.
    """
    with database.reading() as connection:
        found = connection.execute(select(bodies.c.content).where(bodies.c.digest == digest)).scalar()
    if found is None:
        shown = database.address.shown
        raise StoreError(f"{shown} lacks the body {digest}", "restore the store from a backup")
    return str(found)


def _forget_bodies(session: Session, given_up: AbstractSet[str] | None) -> None:
    """Delete the bodies, of those ``given_up`` or of all, that no record needs."""
    as_html = exists().where(records.c.body == bodies.c.digest)
    as_markdown = exists().where(records.c.markdown == bodies.c.digest)
    as_picture = exists().where(inline_media.c.digest == bodies.c.digest)
    unused = ~as_html & ~as_markdown & ~as_picture
    if given_up is not None and len(given_up) <= _MOST_VALUES:
        unused &= bodies.c.digest.in_(sorted(given_up))
    session.run(delete(bodies).where(unused))


class Transaction:
    """Writes one round; used by one thread at a time."""

    def __init__(self, database: Database, cached_bodies: BodyCache, number: int) -> None:
        self._database = database
        self._bodies = cached_bodies
        self._number = number
        self._forgotten: set[str] = set()
        self._saved: list[str] = []
        self._keys: dict[str, str] = {}
        self._forgotten_channels: set[str] = set()
        self._rendering_options: str | None = None
        self._edition: Edition | None = None
        self.ledger_moved = False
        """Whether a record or a body was written or forgotten."""
        self.responses_moved = False
        """Whether a response was put or dropped."""

    @cached_property
    def _staged(self) -> Staging:
        """Where rows wait for the end of the round; most rounds write nothing, and need none."""
        return Staging()

    def close(self) -> None:
        """Give up what waits."""
        if "_staged" in vars(self):
            self._staged.close()

    def _add(self, table: Table, row: Row) -> None:
        self.ledger_moved = True
        self._staged.add(table, row)

    def keep_body(self, digest: str, body: str) -> None:
        """Keep a body under its digest (SHA-256, hex); keeping it again changes nothing."""
        self._add(bodies, {"digest": digest, "content": body})
        if len(body) <= self._bodies.maxsize:
            with self._bodies.lock:
                self._bodies[digest] = body

    @cachedmethod(attrgetter("_bodies"), key=lambda _self, digest: digest, lock=attrgetter("_bodies.lock"))
    def body(self, digest: str) -> str:
        """The body of that digest, also one kept in this round.

        Raises:
            StoreError: There is none, which only a damaged store can bring about.
        """
        if self.ledger_moved:
            self._staged.flush(bodies)
            wanted = select(bodies.c.content).where(bodies.c.digest == digest)
            if (kept := self._staged.session.run(wanted).scalar()) is not None:
                return str(kept)
        return read_body(self._database, digest)

    def save(self, record: Record) -> None:
        """Save a record, in place of the one with its id. Its body has been kept, now or before."""
        self._forgotten.discard(record.id)
        self._saved.append(record.id)
        key, media = record.id, record.article.media
        self._add(records, record_row(record))
        for digest in sorted({file.kept for file in media if file.kept is not None}):
            self._add(inline_media, {"record_id": key, "digest": digest})
        for path in dict.fromkeys(record.former_paths()):
            self._add(former_addresses, {"path": path, "record_id": key})
        for path in dict.fromkeys(file.path for file in media):
            self._add(media_files, {"path": path, "record_id": key})

    def forget(self, record_id: str) -> None:
        """Forget the record of that id."""
        self.ledger_moved = True
        self._forgotten.add(record_id)
        self._staged.flush(records)
        self._staged.session.run(delete(records).where(records.c.id == record_id))

    def keep_position(self, channel: str, record_id: str, position: int) -> None:
        """Remember a position in the archive of the channel with that path; the next round says more of it."""
        self.keep_place(
            channel, record_id, ArchivePlace(position, is_held=False, moved=None, published=from_unix_time(0))
        )

    def places(self, channel: str) -> Iterator[tuple[str, ArchivePlace]]:
        """Every place that the store has in the archive of a channel: an article's id, and how it stands there."""
        with self._database.reading() as connection:
            found = connection.execute(_PLACES, {"path": channel})
            for row in found.mappings().yield_per(_PORTION):
                yield row["record_id"], place_of(row)

    def keep_place(self, channel: str, record_id: str, place: ArchivePlace) -> None:
        """Remember how an article stands in the archive of the channel with that path."""
        self._add(archive_positions, place_row(channel, record_id, place))

    def keep_channel(self, channel: ChannelSummary) -> None:
        """Remember a channel, in place of the one with its path."""
        self._add(channels, channel_row(channel))

    def forget_channel(self, path: str) -> None:
        """Forget the channel with that path; the places of its articles stay."""
        self.ledger_moved = True
        self._forgotten_channels.add(path)

    def keep_rendering_options(self, options: "RenderingOptions") -> bool:
        """Remember what documents are rendered by; gives whether it differs from what the store has."""
        written = options.to_json()
        with self._database.reading() as connection:
            before = connection.execute(select(rendering_options.c.options)).scalar()
        with suppress(ValueError):  # an earlier feedsvc may have had other options, or have written them otherwise
            if before == written or options.from_json(before or "") == options:
                return False
        self.ledger_moved = True
        self._rendering_options = written
        return True

    def put(self, response: Response) -> None:
        """Set the response of a path from this edition on."""
        self.responses_moved = True
        self._staged.add(responses, response_row(response, self._number))

    def rekey(self, path: str, key: str) -> None:
        """Replace the key of a path whose bytes stayed the same. This makes no edition: no reader sees it."""
        self._keys[path] = key

    def drop(self, path: str) -> None:
        """Remove the response of a path from this edition on; its row stays, so that web workers learn of it."""
        self.responses_moved = True
        self._staged.add(responses, _DROPPED | {"path": path, "edition": self._number})

    def publish(self, edition: Edition) -> None:
        """Make this round an edition; without it only the ledger moves.

        Raises:
            EditionConflictError: Its number is not the one that follows.
        """
        if edition.number != self._number:
            shown = self._database.address.shown
            raise EditionConflictError(
                f"edition {edition.number} cannot follow edition {self._number - 1} in {shown}",
                "start the round again from the newest edition",
            )
        self._edition = edition

    def finish(self) -> bool:
        """Bring all rows into the staging database; return whether there is anything to commit.

        Raises:
            StoreError: The staging database failed, now or before.
        """
        if self.ledger_moved or self.responses_moved:
            self._staged.finish()
        if self.responses_moved and self._edition is None:
            # A worker would never learn of these rows, and could fetch them all the same.
            raise RuntimeError("responses changed, but no edition was published")
        return self.ledger_moved or bool(self._keys) or self._edition is not None

    def write(self, connection: Connection) -> None:
        """Copy the round to the store, in the transaction of ``connection``; called once, after :meth:`finish`."""
        session = Session(connection, self._database.address)
        if self.ledger_moved:
            touched = sorted({*self._saved, *self._forgotten})
            if self._edition is not None:
                note_article_changes(session, self._staged.session, touched, self._number)
            given_up = self._bodies_given_up(session, touched) if len(touched) <= _FEW else None
            self._forget(session, touched)
            for table in LEDGER:
                self._copy(session, select(table), table)
            self._write_rendering_options(session)
            _forget_bodies(session, given_up)
        if self._keys:
            session.run(_REKEY, [{"at": path, "now": key} for path, key in sorted(self._keys.items())])
        if self._edition is not None:
            self._copy(session, select(responses).where(~responses.c.dropped), responses)
            dropped = self._staged.session.run(select(responses.c.path).where(responses.c.dropped)).scalars()
            if gone := [{"at": path} for path in dropped]:
                session.run(_DROP.values(edition=self._number), gone)
            session.run(insert(editions), [asdict(self._edition)])

    def _bodies_given_up(self, session: Session, touched: Sequence[str]) -> AbstractSet[str]:
        """The digests of bodies that no record may need after this round: those that its records had or have."""
        found = set(map(str, self._staged.session.run(select(bodies.c.digest)).scalars()))
        for row in session.run(select(records.c.body, records.c.markdown).where(records.c.id.in_(touched))):
            found.update(str(digest) for digest in row if digest is not None)
        pictures = select(inline_media.c.digest).where(inline_media.c.record_id.in_(touched))
        return found.union(map(str, session.run(pictures).scalars()))

    def _forget(self, session: Session, touched: Sequence[str]) -> None:
        """Forget what is forgotten, and the former addresses and files of all articles that the round touched."""
        for path in sorted(self._forgotten_channels):
            session.run(delete(channels).where(channels.c.path == path))
        for record_id in sorted(self._forgotten):
            session.run(delete(records).where(records.c.id == record_id))
        for table in (inline_media, former_addresses, media_files):
            if session.run(select(table.c.record_id).limit(1)).first() is None:
                continue
            for begin in range(0, len(touched), _PORTION):
                rows = [{"key": each} for each in touched[begin : begin + _PORTION]]
                session.run(delete(table).where(table.c.record_id == bindparam("key")), rows)

    def _copy(self, session: Session, staged: Select[tuple[object, ...]], table: Table) -> None:
        batch = session.upsert(table)
        portion = _LARGE if "content" in table.columns else _PORTION
        for row in self._staged.session.run(staged).yield_per(portion):
            batch.add_values(tuple(row))
        batch.flush()

    def _write_rendering_options(self, session: Session) -> None:
        if self._rendering_options is not None:
            session.run(delete(rendering_options))
            session.run(insert(rendering_options), [{"id": 1, "options": self._rendering_options}])
