"""Archives: the pages on which the articles of a channel have a permanent place (RFC 5005, section 4).

An article takes a position in each of its channels once, behind all that have one there. A page is a fixed number
of positions, so a full page changes only when an article on it does: the position of an article that left stays
empty, and is its own again when it returns.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import nlargest
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel, ChannelSummary, positions_taken

if TYPE_CHECKING:  # a web worker knows editions, and no sites
    from feedsvc.channels.site import Site

Positioned = Mapping[str, int]
"""By the article's id, its position in the archive of one channel; counted from 0."""
Positions = Mapping[str, Positioned]
"""The same of all channels, by their paths."""


NO_POSITIONS: Positions = MappingProxyType({})
_MOST_SHARED = 1_000_000
"""A ledger that was written by hand may hold any positions; those beyond this one are not shared."""


def has_archive(site: "Site", channel: ChannelSummary) -> bool:
    """Whether a channel has an archive: not while its feed surely holds every article that the archive would hold.

    A channel that was dropped had one by what it once held.
    """
    articles = channel.positions if channel.is_dropped else channel.articles
    return articles > site.least or channel.positions >= site.archive_size


def archive_folder(channel_path: str, number: int) -> str:
    """The path of a page of the archive of the channel at ``channel_path``; the feeds of the page are below it."""
    return f"{channel_path}archive/{number}/"


class Numbers:
    """The whole numbers from 0, each of them one object however often it is asked for.

    A site has a position for each article in each of its channels. Most of them are the same few numbers, which
    would take more memory than all else that is known of a position.
    """

    def __init__(self) -> None:
        self._made: list[int] = []

    def between(self, begin: int, end: int) -> Sequence[int]:
        """The numbers from ``begin`` to ``end``, without that."""
        if end > _MOST_SHARED:
            return range(begin, end)
        self._made.extend(range(len(self._made), end))
        return self._made[begin:end]

    def same(self, number: int) -> int:
        """The number, as the one object."""
        return self.between(number, number + 1)[0]


def positioned(
    channel: Channel, taken: Positioned, arrived: Iterable[Record] | None = None, numbers: Numbers | None = None
) -> Channel:
    """The channel with a position for every article it holds, beside those that are ``taken``.

    Articles that come together take their positions in the order of publication, so a first round lays the archive
    out as if it had always been there. No position is given away, not even after the article.

    Args:
        channel: The channel, as yet without positions.
        taken: The positions that articles have already.
        arrived: Those of its articles that may have none; None where any of them may.
        numbers: Those of which positions are made, shared with other channels.
    """
    arriving = [each for each in (channel.records if arrived is None else arrived) if each.id not in taken]
    if not arriving:
        return replace(channel, positions=taken)
    free = positions_taken(taken)
    arriving.sort(key=lambda record: (record.published, record.id))
    given = (numbers or Numbers()).between(free, free + len(arriving))
    new = {record.id: position for record, position in zip(arriving, given, strict=True)}
    return replace(channel, positions={**taken, **new} if taken else new)


class ArchivePlace(NamedTuple):
    """The place of an article in the archive of a channel, as the store keeps it."""

    position: int
    """Counted from 0; never another article's."""
    is_held: bool
    """Whether the channel holds the article now; else its position stays empty."""
    moved: datetime | None
    """When it last left the channel, or came back into it; None where it has always stood in it."""
    published: datetime
    """The date of the article, by which the store finds the newest ones."""


def archive_place(channel: Channel, record: Record, *, is_held: bool) -> ArchivePlace:
    """The place in the archive of ``channel`` of ``record``, which has a position."""
    moved = channel.passed.get(record.id)
    if moved is None and not is_held and channel.kind == "site":
        moved = record.changed  # that it left the feeds is no change of membership, and is told by this date
    return ArchivePlace(channel.positions[record.id], is_held, moved, record.published)


class ArchivedArticle(NamedTuple):
    """An article at its place in the archive of a channel."""

    place: ArchivePlace
    record: Record

    @property
    def changed(self) -> datetime | None:
        """The newest change that the channel has seen of it."""
        moments = (self.record.changed if self.place.is_held else None, self.place.moved)
        return max(filter(None, moments), default=None)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an archive."""

    number: int
    """Counted from 1, the oldest."""
    records: tuple[Record, ...]
    """The articles on it, the last position first."""
    full: bool
    """Whether its last position is taken; if not, it is the newest page, and still being filled."""
    updated: datetime | None
    """The newest change it has seen, removals included; None if it never held anything."""


def page_count(channel: ChannelSummary, size: int) -> int:
    """How many pages the archive of ``channel`` has; the last one is being filled, and may be empty.

    Args:
        channel: Any channel.
        size: How many positions a page has; the same for ever, or every page changes.
    """
    return channel.positions // size + 1


def archive_page(channel: ChannelSummary, number: int, size: int, archived: Sequence[ArchivedArticle]) -> Page:
    """One page of the archive of ``channel``.

    Args:
        channel: Any channel.
        number: That of the page, from 1 to :func:`page_count`.
        size: How many positions a page has.
        archived: What has a position on that page.
    """
    held = sorted((each for each in archived if each.place.is_held), key=lambda each: -each.place.position)
    return Page(
        number=number,
        records=tuple(each.record for each in held),
        full=number < page_count(channel, size),
        updated=max(filter(None, (each.changed for each in archived)), default=None),
    )


def last_positions(channel: Channel, count: int) -> Positioned:
    """The last ``count`` positions of the archive at which there is an article that the channel holds, by id."""
    # Without a call of Python's for each article: of a large site there are many.
    ids = [record.id for record in channel.records]
    last = nlargest(count, zip(map(channel.positions.__getitem__, ids), ids, strict=True))
    return {record_id: position for position, record_id in last}


def page_before(positions: Positioned, shown: Collection[str], size: int) -> int | None:
    """The number of the newest page with an article whose id is not among ``shown``; None if there is none.

    A feed that shows these, followed by that page and all before it, leaves nothing out.

    Args:
        positions: The last positions of the archive, at least one more than are shown (:func:`last_positions`).
        shown: Ids of articles.
        size: How many positions a page has.
    """
    last = max((position for record_id, position in positions.items() if record_id not in shown), default=None)
    return None if last is None else last // size + 1
