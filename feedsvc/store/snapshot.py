"""A snapshot of the store, read by indexes: what a document that is rendered on demand is made of.

See :class:`feedsvc.documents.snapshot.Snapshot` for what each method gives. Orders that clients see are made here
and not by the database, which sorts by the customs of a country.
"""

import sys
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Any

from cachetools import LRUCache
from sqlalchemy import BindParameter, Connection, RowMapping, Select, bindparam, func, select

from feedsvc.articles.identity.paths import Translation, translations_of
from feedsvc.articles.record import Record
from feedsvc.channels.archive import ArchivedArticle, ArchivePlace
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.kinds import KINDS
from feedsvc.channels.site import Site
from feedsvc.core.errors import StoreError
from feedsvc.core.timestamps import from_unix_time, unix_time
from feedsvc.documents.feeds.entries import digests_of
from feedsvc.documents.feeds.model import CACHE_SIZE, Entry
from feedsvc.documents.pages.theme import Theme
from feedsvc.documents.snapshot import Made, Neighbours, RenderingOptions
from feedsvc.responses.edition import NO_EDITION, Edition
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

# Statements that every page needs are made once: SQLAlchemy takes longer to make one than SQLite to answer it.
_RECORDS = select(records)
_AT_PATHS = _RECORDS.where(records.c.page.in_(bindparam("paths", expanding=True)))
_AT_PATH = _RECORDS.where(records.c.page == bindparam("path"))
_FORMERLY_AT_PATH = _RECORDS.join(former_addresses, former_addresses.c.record_id == records.c.id).where(
    former_addresses.c.path == bindparam("path")
)
_WITH_FILE = _RECORDS.join(media_files, media_files.c.record_id == records.c.id).where(
    media_files.c.path == bindparam("path")
)
_WITH_IDS = _RECORDS.where(records.c.id.in_(bindparam("ids", expanding=True)))
_WITH_ORIGINALS = _RECORDS.where(records.c.original.in_(bindparam("originals", expanding=True)))
"""Which of them are listed is not the database's to find out: SQLite would look through all that are."""
_SHARED_ORIGINALS = (
    select(records.c.original)
    .where(records.c.original.in_(bindparam("originals", expanding=True)))
    .group_by(records.c.original)
    .having(func.count() > 1)
)
_FIRST: BindParameter[int] = bindparam("first")
_LAST: BindParameter[int] = bindparam("last")
_BEFORE = select(func.max(records.c.published)).where(records.c.listed, records.c.published < _FIRST)
_AFTER = select(func.min(records.c.published)).where(records.c.listed, records.c.published > _LAST)
_AROUND = (
    select(records.c.id, records.c.published)
    .where(
        records.c.listed,
        records.c.published >= func.coalesce(_BEFORE.scalar_subquery(), _FIRST),
        records.c.published <= func.coalesce(_AFTER.scalar_subquery(), _LAST),
    )
    .limit(bindparam("most"))
)
"""The listed articles from the first second to the last, of the latest second before with any, and of the next one
after."""
_PLACES = select(
    archive_positions.c.record_id,
    archive_positions.c.position,
    archive_positions.c.held,
    archive_positions.c.moved,
).where(
    archive_positions.c.channel == bindparam("channel"),
    archive_positions.c.position >= bindparam("first"),
    archive_positions.c.position < bindparam("end"),
)
_CHANNEL = select(channels).where(channels.c.path == bindparam("path"))
_PAGES_OF = select(records.c.path, records.c.page).where(
    records.c.path.in_(bindparam("sources", expanding=True)), records.c.settled, records.c.withdrawn.is_(None)
)
_BODIES = select(bodies.c.digest, bodies.c.content).where(
    bodies.c.digest.in_(bindparam("digests", expanding=True))
)

_RECORDS_KEPT = 4096
"""How many records a snapshot keeps decoded, in about 10 MB; reading one takes longer than finding its row."""
_CHANNELS_KEPT = 1024
"""How many channels a snapshot keeps: each page of an archive asks for its channel, and again for each format."""
_NEAR = 8
"""So many times as many articles are read ahead as asked for, where their neighbours stand far apart."""
_ORDER = {name: place for place, name in enumerate(("site", "query", *(kind.name for kind in KINDS)))}
"""Of the kinds of channels, as lists name them."""


_options_of = lru_cache(maxsize=2)(RenderingOptions.from_json)


_Around = Mapping[str, tuple[str | None, str | None]]
"""By the id of an article, those of the articles before and after it."""


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What was read of several articles together."""

    at: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    """Their records, by the path of the page."""
    bodies: Mapping[str, str] = field(default_factory=dict)
    originals: Mapping[str, bool] = field(default_factory=dict)
    """Their originals, and whether several articles share one."""
    around: _Around = field(default_factory=dict)
    """The neighbours of the listed ones among them; none where too many articles lie between."""


class SnapshotCache:
    """What snapshots of one edition have read, for the next snapshot of that edition; not for several threads."""

    def __init__(self) -> None:
        self._edition = NO_EDITION
        # A page and its neighbours, and the archives of several channels, show the same articles.
        self.records: LRUCache[str, Record] = LRUCache(maxsize=_RECORDS_KEPT)
        self.channels: LRUCache[str, ChannelSummary | None] = LRUCache(maxsize=_CHANNELS_KEPT)
        # The page and the feeds of a page of an archive are made of the same articles.
        self.made: LRUCache[Hashable, Any] = LRUCache(maxsize=1)
        self.entries: LRUCache[str, Entry] = LRUCache(maxsize=CACHE_SIZE, getsizeof=attrgetter("size"))

    def begin(self, edition: Edition) -> None:
        """Forget what was read of any other edition."""
        if edition != self._edition:
            self._edition = edition
            for cache in (self.records, self.channels, self.made, self.entries):
                cache.clear()


class StoredSnapshot:
    """The contents of the store, within one transaction that reads."""

    def __init__(self, connection: Connection, shown: str, cache: SnapshotCache | None = None) -> None:
        """Take the connection, how messages name the store, and what was read of the same edition before.

        Raises:
            StoreError: No round has written the index yet.
        """
        self._connection = connection
        self._shown = shown
        options = connection.execute(select(rendering_options.c.options)).scalar()
        try:
            self._options = _options_of(options or "")
        except ValueError as error:
            what = f"{shown} has not been published with this version yet"
            raise StoreError(what, "wait for the next round") from error
        cache = cache or SnapshotCache()
        self._known, self._channels, self._made = cache.records, cache.channels, cache.made
        self.entries: MutableMapping[str, Entry] = cache.entries
        self._ahead = _Ahead()

    @property
    def site(self) -> Site:
        """See :class:`.Snapshot`."""
        return self._options.site

    @property
    def theme(self) -> Theme:
        """See :class:`.Snapshot`."""
        return self._options.theme

    def records_at(self, path: str) -> Sequence[Record]:
        """See :class:`.Snapshot`."""
        found = self._ahead.at.get(path)
        return self._records(_AT_PATH, path=path) if found is None else found

    def records_formerly_at(self, path: str) -> Sequence[Record]:
        """See :class:`.Snapshot`."""
        return self._records(_FORMERLY_AT_PATH, path=path)

    def records_with_ids(self, ids: Sequence[str]) -> Sequence[Record]:
        """The records with these ids, in no order."""
        return self._records(_WITH_IDS, ids=list(ids))

    def records_with(self, path: str) -> Sequence[Record]:
        """See :class:`.Snapshot`."""
        return self._records(_WITH_FILE, path=path)

    def pages_of(self, sources: Collection[str]) -> Mapping[str, str]:
        """See :class:`.Snapshot`."""
        if not sources:
            return {}
        found = self._connection.execute(_PAGES_OF, {"sources": sorted(sources)})
        return {row.path: row.page for row in found}

    def read_ahead(self, paths: Sequence[str]) -> None:
        """See :class:`.Snapshot`."""
        at: dict[str, list[Record]] = {path: [] for path in paths}
        for record in self._records(_AT_PATHS, paths=list(at)):
            at[record.page].append(record)
        public = [record for group in at.values() for record in group if record.is_public]
        listed = [record for record in public if record.listed]
        originals = {original_of(record) for record in listed}
        shared = self._shared(originals)
        self._ahead = _Ahead(
            at,
            self.bodies(digests_of(public)),
            {original: original in shared for original in originals},
            self._around(listed, _NEAR * len(listed)),
        )

    def _around(self, listed: Sequence[Record], most: int) -> _Around:
        """The neighbours of listed articles; none if ``most`` articles or more lie between, which are not read."""
        if not listed:
            return {}
        seconds = [unix_time(record.published) for record in listed]
        there = {"first": min(seconds), "last": max(seconds), "most": most}
        found = self._connection.execute(_AROUND, there).all()
        if len(found) >= most:
            return {}
        ids: list[str | None] = [None, *_newest_first(found), None]
        places = {each: place for place, each in enumerate(ids)}
        return {record.id: (ids[places[record.id] + 1], ids[places[record.id] - 1]) for record in listed}

    def neighbours(self, record: Record) -> Neighbours:
        """See :class:`.Snapshot`."""
        around = self._ahead.around.get(record.id) or self._around([record], sys.maxsize)[record.id]
        known = self._with_ids([each for each in around if each is not None])
        older, newer = (None if each is None else known[each] for each in around)
        return older, newer

    def translations(self, listed: Sequence[Record]) -> Mapping[str, Sequence[Translation]]:
        """See :class:`.Snapshot`."""
        originals = {original_of(record) for record in listed}
        ahead = self._ahead.originals
        if originals <= ahead.keys():
            shared = frozenset(original for original in originals if ahead[original])
        else:
            shared = self._shared(originals)
        if not shared:
            return {}
        group = [each for each in self._records(_WITH_ORIGINALS, originals=sorted(shared)) if each.listed]
        return translations_of(group, self.site.language)

    def _shared(self, originals: Collection[str]) -> frozenset[str]:
        """Those of the originals that several articles share."""
        return frozenset(self._connection.execute(_SHARED_ORIGINALS, {"originals": sorted(originals)}).scalars())

    def channel(self, path: str) -> ChannelSummary | None:
        """See :class:`.Snapshot`."""
        if path not in self._channels:
            row = self._connection.execute(_CHANNEL, {"path": path}).mappings().first()
            self._channels[path] = None if row is None else channel_of(row)
        return self._channels[path]

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
        ids = _newest_first(found)[:count]
        known = self._with_ids(ids)
        return [known[each] for each in ids]

    def archived(self, channel: ChannelSummary, first: int, end: int) -> Sequence[ArchivedArticle]:
        """See :class:`.Snapshot`."""
        there = {"channel": channel.path, "first": first, "end": end}
        places = self._connection.execute(_PLACES, there).all()
        known = self._with_ids([record for record, *_ in places])
        found = []
        for record_id, position, held, moved in places:
            record, moment = known[record_id], None if moved is None else from_unix_time(moved)
            found.append(ArchivedArticle(ArchivePlace(position, held, moment, record.published), record))
        return found

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

    def bodies(self, digests: AbstractSet[str]) -> Mapping[str, str]:
        """See :class:`.Snapshot`."""
        if self._ahead.bodies.keys() >= digests:
            return self._ahead.bodies
        found = self._connection.execute(_BODIES, {"digests": sorted(digests)}).all()
        contents: Mapping[str, str] = {row.digest: row.content for row in found}
        for digest in digests:
            if digest not in contents:
                raise StoreError(f"{self._shown} lacks the body {digest}", "restore the store from a backup")
        return contents

    def listed_pages(self, first: int, end: int) -> Iterator[tuple[str, int]]:
        """See :class:`.Snapshot`."""
        place = archive_positions.c.position
        found = (
            select(records.c.page, records.c.updated)
            .join(archive_positions, archive_positions.c.record_id == records.c.id)
            .where(archive_positions.c.channel == "/", archive_positions.c.held, place >= first, place < end)
            .order_by(place)
        )
        yield from ((page, updated) for page, updated in self._connection.execute(found))

    def pages(self) -> Iterator[str]:
        """See :class:`.Snapshot`."""
        yield from self._connection.execute(select(records.c.page)).scalars()
        yield from self._connection.execute(select(former_addresses.c.path).distinct()).scalars()

    def media(self) -> Iterator[str]:
        """See :class:`.Snapshot`."""
        yield from self._connection.execute(select(media_files.c.path).distinct()).scalars()

    def last_made(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """See :class:`.Snapshot`."""
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    def _with_ids(self, ids: Sequence[str]) -> Mapping[str, Record]:
        """The records with these ids, by id."""
        known = {each: record for each in ids if (record := self._known.get(each)) is not None}
        missing = [each for each in ids if each not in known]
        return known | {record.id: record for record in self.records_with_ids(missing)} if missing else known

    def _records(self, statement: Select[Any], **parameters: object) -> Sequence[Record]:
        # All at once: SQLAlchemy takes longer to fetch row after row.
        return [self._record(row) for row in self._connection.execute(statement, parameters).mappings().all()]

    def _record(self, row: RowMapping) -> Record:
        record = self._known.get(row["id"])
        if record is None:
            record = self._known[row["id"]] = record_of(row)
        return record


def _newest_first(found: Iterable[Sequence[Any]]) -> list[str]:
    """The ids of rows of an id and a time."""
    return [row[0] for row in sorted(found, key=lambda row: (-row[1], row[0]))]
