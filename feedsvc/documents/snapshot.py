"""A snapshot: what the store holds at one edition, as far as documents that are rendered on demand need it.

The store reads a snapshot by indexes, so that a page costs the same among ten articles and a million
(:mod:`feedsvc.store.snapshot`). A round has all of it in memory (:class:`MemorySnapshot`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, Self, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from feedsvc.articles.identity.paths import Translation, translations_of
from feedsvc.articles.record import Record
from feedsvc.channels.archive import ArchivedArticle, archive_place
from feedsvc.channels.channel import Channel, ChannelSummary
from feedsvc.channels.selection import Selection
from feedsvc.channels.site import Site
from feedsvc.core.timestamps import unix_time
from feedsvc.documents.feeds.model import Entry
from feedsvc.documents.pages.theme import BUILT_IN, Theme

Neighbours = tuple[Record | None, Record | None]
"""The article in the feeds that was published before another, and the one that was published after it."""


Made = TypeVar("Made")


class Snapshot(Protocol):
    """The articles and channels of one edition."""

    @property
    def site(self) -> Site:
        """The site's options, as the operator has set them."""

    @property
    def theme(self) -> Theme:
        """The theme of the pages."""

    @property
    def entries(self) -> MutableMapping[str, Entry]:
        """The entries of articles that were made of it, by id; some may be forgotten to bound memory."""

    def read_ahead(self, paths: Sequence[str]) -> None:
        """Read what the pages of the articles at these paths need, together, since they are asked for next."""

    def records_at(self, path: str) -> Sequence[Record]:
        """The records whose page has that URL path, whether they are public or not."""

    def records_formerly_at(self, path: str) -> Sequence[Record]:
        """The records that had that path before, or whose header asks for it (:meth:`.Record.former_paths`)."""

    def records_with(self, path: str) -> Sequence[Record]:
        """The records of articles that use the media file at that URL path."""

    def pages_of(self, sources: Collection[str]) -> Mapping[str, str]:
        """The pages of the public articles in the files at these paths, by the paths."""

    def neighbours(self, record: Record) -> Neighbours:
        """The articles before and after a listed record, among all that are listed."""

    def translations(self, listed: Sequence[Record]) -> Mapping[str, Sequence[Translation]]:
        """By id, the pages of listed articles in several languages, their own among them.

        An article without any is missing; articles that were not asked for may be there.
        """

    def channel(self, path: str) -> ChannelSummary | None:
        """The channel whose page has that path, one that was dropped included; None if there is none."""

    def channels(self) -> Sequence[ChannelSummary]:
        """All channels, those that were dropped included, in the order in which lists name them."""

    def newest(self, channel: ChannelSummary, count: int) -> Sequence[Record]:
        """So many of the newest articles of a channel, newest first."""

    def archived(self, channel: ChannelSummary, first: int, end: int) -> Sequence[ArchivedArticle]:
        """The articles at the positions ``first`` to before ``end`` in the archive of a channel."""

    def last_position(self, channel: ChannelSummary, shown: Sequence[Record]) -> int | None:
        """The last position in a channel's archive of an article that it holds and that is not ``shown``."""

    def bodies(self, digests: AbstractSet[str]) -> Mapping[str, str]:
        """The clean HTML or Markdown of articles, by digest; others than those asked for may be there."""

    def listed_pages(self, first: int, end: int) -> Iterator[tuple[str, int]]:
        """The pages of listed articles with a position in the site's archive from ``first`` to before ``end``.

        Each with the time of its last change, in seconds since 1970, in the order of positions.
        """

    def pages(self) -> Iterator[str]:
        """The page of every record, and the paths that lead to them."""

    def media(self) -> Iterator[str]:
        """The URL path of every media file of a public article."""

    def last_made(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made last of this snapshot, if the key is the same; else it is made now.

        So what documents are made of that are asked for one after another is read once for all of them.
        """


@dataclass(frozen=True)
class MemorySnapshot:
    """A snapshot of records and channels that are in memory."""

    site: Site
    records: Mapping[str, Record]
    """The ledger, by id."""
    selection: Selection
    body_of: Callable[[str], str]
    theme: Theme = BUILT_IN

    @property
    def entries(self) -> MutableMapping[str, Entry]:
        """See :class:`Snapshot`."""
        return {}

    def read_ahead(self, paths: Sequence[str]) -> None:
        """See :class:`Snapshot`; all is at hand."""

    def bodies(self, digests: AbstractSet[str]) -> Mapping[str, str]:
        """See :class:`Snapshot`."""
        return {digest: self.body_of(digest) for digest in digests}

    @cached_property
    def _by_page(self) -> Mapping[str, Sequence[Record]]:
        return _grouped((record.page, record) for record in self.records.values())

    @cached_property
    def _by_former(self) -> Mapping[str, Sequence[Record]]:
        return _grouped((path, record) for record in self.records.values() for path in record.former_paths())

    @cached_property
    def _by_media(self) -> Mapping[str, Sequence[Record]]:
        return _grouped((file.path, record) for record in self.records.values() for file in record.article.media)

    @cached_property
    def _by_source(self) -> Mapping[str, str]:
        return {record.article.path: record.page for record in self.records.values() if record.is_public}

    @cached_property
    def _listed(self) -> Sequence[Record]:
        return self.selection.channels[0].records

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {record.id: place for place, record in enumerate(self._listed)}

    @cached_property
    def _translations(self) -> Mapping[str, Sequence[Translation]]:
        return translations_of(self._listed, self.site.language)

    @cached_property
    def _channels(self) -> Mapping[str, Channel]:
        return {channel.path: channel for channel in self.selection.channels}

    @cached_property
    def _summaries(self) -> Mapping[str, ChannelSummary]:
        return {channel.path: channel for channel in self.selection.summaries}

    def records_at(self, path: str) -> Sequence[Record]:
        """See :class:`Snapshot`."""
        return self._by_page.get(path, ())

    def records_formerly_at(self, path: str) -> Sequence[Record]:
        """See :class:`Snapshot`."""
        return self._by_former.get(path, ())

    def records_with(self, path: str) -> Sequence[Record]:
        """See :class:`Snapshot`."""
        return self._by_media.get(path, ())

    def pages_of(self, sources: Collection[str]) -> Mapping[str, str]:
        """See :class:`Snapshot`."""
        found = self._by_source if sources else {}
        return {source: found[source] for source in sources if source in found}

    def neighbours(self, record: Record) -> Neighbours:
        """See :class:`Snapshot`."""
        place, listed = self._places[record.id], self._listed
        older = listed[place + 1] if place + 1 < len(listed) else None
        return older, listed[place - 1] if place else None

    def translations(self, listed: Sequence[Record]) -> Mapping[str, Sequence[Translation]]:  # noqa: ARG002 - all
        """See :class:`Snapshot`."""
        return self._translations

    def channel(self, path: str) -> ChannelSummary | None:
        """See :class:`Snapshot`."""
        return self._summaries.get(path)

    def channels(self) -> Sequence[ChannelSummary]:
        """See :class:`Snapshot`."""
        return tuple(self._summaries.values())

    def newest(self, channel: ChannelSummary, count: int) -> Sequence[Record]:
        """See :class:`Snapshot`."""
        return self._channels[channel.path].records[:count]

    def archived(self, channel: ChannelSummary, first: int, end: int) -> Sequence[ArchivedArticle]:
        """See :class:`Snapshot`."""
        whole = self._channels[channel.path]
        held = {record.id for record in whole.records}
        taken = sorted((position, key) for key, position in whole.positions.items() if first <= position < end)
        known = [self.records[key] for _, key in taken if key in self.records]
        return [ArchivedArticle(archive_place(whole, each, is_held=each.id in held), each) for each in known]

    def last_position(self, channel: ChannelSummary, shown: Sequence[Record]) -> int | None:
        """See :class:`Snapshot`."""
        whole, ids = self._channels[channel.path], {record.id for record in shown}
        return max((whole.positions[record.id] for record in whole.records if record.id not in ids), default=None)

    def listed_pages(self, first: int, end: int) -> Iterator[tuple[str, int]]:
        """See :class:`Snapshot`."""
        positions = self.selection.channels[0].positions
        for record in sorted(self._listed, key=lambda record: positions[record.id]):
            if first <= positions[record.id] < end:
                yield record.page, unix_time(record.updated)

    def pages(self) -> Iterator[str]:
        """See :class:`Snapshot`."""
        yield from self._by_page
        yield from self._by_former

    def media(self) -> Iterator[str]:
        """See :class:`Snapshot`."""
        yield from self._by_media

    def last_made(self, key: Hashable, make: Callable[[], Made]) -> Made:  # noqa: ARG002 - all is at hand
        """See :class:`Snapshot`."""
        return make()


def _grouped(pairs: Iterable[tuple[str, Record]]) -> Mapping[str, Sequence[Record]]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for key, record in pairs:
        groups[key].append(record)
    return groups


def current_channel(snapshot: Snapshot, path: str) -> ChannelSummary | None:
    """The channel at a path, unless it was dropped; None if there is none."""
    channel = snapshot.channel(path)
    return None if channel is None or channel.is_dropped else channel


@dataclass(frozen=True, slots=True)
class RenderingOptions:
    """What documents are rendered by, beside articles and channels."""

    site: Site
    theme: Theme

    def to_json(self) -> str:
        """The options as JSON; equal options, equal text."""
        return msgspec.json.encode(self, enc_hook=str).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The options that :meth:`to_json` wrote.

        Raises:
            ValueError: They are of a feedsvc with other options.
        """
        return msgspec.json.decode(text, type=cls, dec_hook=_zone)


def _zone(_type: type, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(f"there is no time zone {name}") from error
