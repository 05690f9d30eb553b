"""Archives: the pages on which the articles of a channel stand for good (RFC 5005, section 4).

An article takes a position in each of its channels once, behind all that have one there. A page is a fixed number
of positions, so a full page changes only when an article on it does: the position of an article that left stays
empty, and is its own again when it returns.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel

if TYPE_CHECKING:  # a web worker knows editions, and no sites
    from feedsvc.channels.site import Site

Positions = Mapping[str, Mapping[str, int]]
"""By the channel's path and the article's id; counted from 0."""


NO_POSITIONS: Positions = MappingProxyType({})


def positions_taken(positions: Mapping[str, int]) -> int:
    """How many positions of a channel's archive are taken, those of articles that left included."""
    return max(positions.values(), default=-1) + 1


def has_archive(site: "Site", articles: int, taken: int) -> bool:
    """Whether a channel has an archive: not while its feed surely holds every article that the archive would hold.

    Args:
        site: Says how many articles a feed and a page of an archive hold.
        articles: How many articles the channel holds.
        taken: The :func:`positions_taken` in its archive.
    """
    return articles > site.least or taken >= site.archive_size


def archive_folder(channel_path: str, number: int) -> str:
    """The path of a page of the archive of the channel at ``channel_path``; the feeds of the page are below it."""
    return f"{channel_path}archive/{number}/"


def positioned(channel: Channel, taken: Mapping[str, int]) -> Channel:
    """The channel with a position for every article it holds, beside those that are ``taken``.

    Articles that come together take their positions in the order of publication, so a first round lays the archive
    out as if it had always been there. No position is given away, not even after the article.
    """
    arriving = [record for record in channel.records if record.id not in taken]
    if not arriving:
        return replace(channel, positions=taken)
    free = positions_taken(taken)
    arriving.sort(key=lambda record: (record.published, record.id))
    return replace(
        channel, positions={**taken, **{record.id: free + place for place, record in enumerate(arriving)}}
    )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an archive."""

    number: int
    """Counted from 1, the oldest."""
    records: tuple[Record, ...]
    """Who is there, the last position first."""
    full: bool
    """Whether its last position is taken; if not, it is the newest page, and still being filled."""
    updated: datetime | None
    """The newest change it has seen, removals included; None if it never held anything."""


@dataclass(frozen=True, slots=True)
class Archive:
    """All pages of a channel's archive, the oldest first. The last one is being filled, and may be empty."""

    pages: tuple[Page, ...]

    def before(self, shown: Collection[str]) -> int | None:
        """The number of the newest page with an article whose id is not among ``shown``; None if there is none.

        A feed that shows these, followed by that page and all before it, leaves nothing out.
        """
        for page in reversed(self.pages):
            if any(record.id not in shown for record in page.records):
                return page.number
        return None


def archive(channel: Channel, size: int) -> Archive:
    """The archive of ``channel``.

    Args:
        channel: Its articles, all with a position.
        size: How many positions a page has; the same for ever, or every page changes.
    """
    positions = channel.positions
    count = positions_taken(positions) // size + 1
    there: list[dict[int, Record]] = [{} for _ in range(count)]
    changes: list[list[datetime]] = [[] for _ in range(count)]
    for record in channel.records:
        place = positions[record.id]
        there[place // size][place] = record
    for record in (*channel.records, *channel.gone):
        if record.id in positions and record.changed:
            changes[positions[record.id] // size].append(record.changed)
    for record_id, moment in channel.passed.items():
        if record_id in positions:
            changes[positions[record_id] // size].append(moment)
    return Archive(
        tuple(
            Page(
                number=number,
                records=tuple(there[number - 1][place] for place in sorted(there[number - 1], reverse=True)),
                full=number < count,
                updated=max(changes[number - 1], default=None),
            )
            for number in range(1, count + 1)
        )
    )
