"""A snapshot of the store, read by indexes: what a document that is rendered on demand is made of.

See :class:`feedsvc.documents.snapshot.Snapshot` for what each method gives. Orders that clients see are made here
and not by the database, which sorts by the customs of a country.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from sqlalchemy import Connection, Select, func, select

from feedsvc.articles.identity.translations import Translation, translations_of
from feedsvc.articles.record import Record
from feedsvc.channels.archive import ArchivedArticle
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.kinds import KINDS
from feedsvc.channels.site import Site
from feedsvc.core.errors import StoreError
from feedsvc.core.timestamps import from_unix_time, unix_time
from feedsvc.documents.pages.theme import Theme
from feedsvc.documents.rendering_options import decode
from feedsvc.documents.snapshot import Neighbours
from feedsvc.store.rows import channel_of, original_of, record_of
from feedsvc.store.schema import (
    archive_positions,
    bodies,
    channels,
    former_addresses,
    media_files,
    records,
    rendering_options,
)

_ORDER = {name: place for place, name in enumerate(("site", "query", *(kind.name for kind in KINDS)))}
"""Of the kinds of channels, as lists name them."""


_decoded = lru_cache(maxsize=2)(decode)


class StoredSnapshot:
    """What the store holds, within one transaction that reads."""

    def __init__(self, connection: Connection, shown: str) -> None:
        """Take the connection, and how messages name the store.

        Raises:
            StoreError: No round has written the index yet.
        """
        self._connection = connection
        self._shown = shown
        options = connection.execute(select(rendering_options.c.options)).scalar()
        if options is None:
            raise StoreError(f"{shown} has not been published with this version yet", "wait for the next round")
        self._options = _decoded(str(options))

    @property
    def site(self) -> Site:
        """See :class:`.Snapshot`."""
        return self._options[0]

    @property
    def theme(self) -> Theme:
        """See :class:`.Snapshot`."""
        return self._options[1]

    def records_at(self, path: str) -> Sequence[Record]:
        """See :class:`.Snapshot`."""
        return self._records(select(records).where(records.c.page == path))

    def records_formerly_at(self, path: str) -> Sequence[Record]:
        """See :class:`.Snapshot`."""
        return self._records(
            select(records)
            .join(former_addresses, former_addresses.c.record_id == records.c.id)
            .where(former_addresses.c.path == path)
        )

    def records_with(self, path: str) -> Sequence[Record]:
        """See :class:`.Snapshot`."""
        return self._records(
            select(records)
            .join(media_files, media_files.c.record_id == records.c.id)
            .where(media_files.c.path == path)
        )

    def neighbours(self, record: Record) -> Neighbours:
        """See :class:`.Snapshot`."""
        own = unix_time(record.published)
        beside = self._ids_at(own)
        place = beside.index(record.id)
        older = beside[place + 1] if place + 1 < len(beside) else self._first_at(self._next(own, older=True))
        newer = beside[place - 1] if place else self._last_at(self._next(own, older=False))
        return self._record(older), self._record(newer)

    def _next(self, published: int, *, older: bool) -> int | None:
        """The next second before or after ``published`` at which a listed article was published."""
        column = records.c.published
        found = (
            select(func.max(column)).where(records.c.listed, column < published)
            if older
            else select(func.min(column)).where(records.c.listed, column > published)
        )
        second: int | None = self._connection.execute(found).scalar()
        return second

    def _ids_at(self, published: int) -> list[str]:
        """The ids of the listed articles that were published at that second, in their order."""
        found = select(records.c.id).where(records.c.listed, records.c.published == published)
        return sorted(self._connection.execute(found).scalars())

    def _first_at(self, published: int | None) -> str | None:
        return None if published is None else self._ids_at(published)[0]

    def _last_at(self, published: int | None) -> str | None:
        return None if published is None else self._ids_at(published)[-1]

    def _record(self, record_id: str | None) -> Record | None:
        if record_id is None:
            return None
        return next(iter(self._records(select(records).where(records.c.id == record_id))), None)

    def translations(self, record: Record) -> Sequence[Translation]:
        """See :class:`.Snapshot`."""
        original = original_of(record)
        group = self._records(select(records).where(records.c.listed, records.c.original == original))
        return translations_of(group, self.site.language).get(record.id, ()) if len(group) > 1 else ()

    def channel(self, path: str) -> ChannelSummary | None:
        """See :class:`.Snapshot`."""
        row = self._connection.execute(select(channels).where(channels.c.path == path)).mappings().first()
        return None if row is None else channel_of(row)

    def channels(self) -> Sequence[ChannelSummary]:
        """See :class:`.Snapshot`."""
        found = map(channel_of, self._connection.execute(select(channels)).mappings())
        return sorted(
            found, key=lambda each: (each.is_dropped, _ORDER.get(each.kind, len(_ORDER)), each.key, each.path)
        )

    def newest(self, channel: ChannelSummary, count: int) -> Sequence[Record]:
        """See :class:`.Snapshot`."""
        held = (archive_positions.c.channel == channel.path) & archive_positions.c.held
        latest = self._connection.execute(
            select(archive_positions.c.published)
            .where(held)
            .order_by(archive_positions.c.published.desc())
            .limit(count)
        ).scalars()
        since = min(latest, default=None)
        if since is None:
            return ()
        found = self._connection.execute(
            select(archive_positions.c.record_id, archive_positions.c.published).where(
                held, archive_positions.c.published >= since
            )
        )
        ids = [record for record, _ in sorted(found, key=lambda row: (-row[1], row[0]))[:count]]
        known = {record.id: record for record in self._records(select(records).where(records.c.id.in_(ids)))}
        return [known[each] for each in ids]

    def archived(self, channel: ChannelSummary, first: int, end: int) -> Sequence[ArchivedArticle]:
        """See :class:`.Snapshot`."""
        there = (
            (archive_positions.c.channel == channel.path)
            & (archive_positions.c.position >= first)
            & (archive_positions.c.position < end)
        )
        found = (
            select(records, archive_positions.c.position, archive_positions.c.held, archive_positions.c.moved)
            .join(archive_positions, archive_positions.c.record_id == records.c.id)
            .where(there)
        )
        return [
            ArchivedArticle(
                row["position"],
                record_of(row),
                is_held=row["held"],
                moved=None if row["moved"] is None else from_unix_time(row["moved"]),
            )
            for row in self._connection.execute(found).mappings()
        ]

    def last_position(self, channel: ChannelSummary, shown: Sequence[Record]) -> int | None:
        """See :class:`.Snapshot`."""
        last: int | None = self._connection.execute(
            select(func.max(archive_positions.c.position)).where(
                archive_positions.c.channel == channel.path,
                archive_positions.c.held,
                archive_positions.c.record_id.not_in([record.id for record in shown]),
            )
        ).scalar()
        return last

    def body(self, digest: str) -> str:
        """See :class:`.Snapshot`."""
        found = self._connection.execute(select(bodies.c.content).where(bodies.c.digest == digest)).scalar()
        if found is None:
            raise StoreError(f"{self._shown} lacks the body {digest}", "restore the store from a backup")
        return str(found)

    def pages(self) -> Iterator[str]:
        """See :class:`.Snapshot`."""
        yield from self._connection.execute(select(records.c.page)).scalars()
        yield from self._connection.execute(select(former_addresses.c.path).distinct()).scalars()

    def media(self) -> Iterator[str]:
        """See :class:`.Snapshot`."""
        yield from self._connection.execute(select(media_files.c.path).distinct()).scalars()

    def _records(self, statement: Select[tuple[object, ...]]) -> Sequence[Record]:
        return [record_of(row) for row in self._connection.execute(statement).mappings()]
