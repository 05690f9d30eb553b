"""A channel: a selection of articles with a title and a URL."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.articles.model import Extent
from feedsvc.articles.record import Record, newest_first


@dataclass(frozen=True, slots=True)
class Channel:
    """The articles of one feed, newest first, with its title and address."""

    title: str
    """As a subscriber sees it among other feeds."""
    description: str
    path: str
    """The channel's page, with a trailing slash: ``/`` for the site."""
    records: tuple[Record, ...]
    updated: datetime | None
    """The newest change it holds, removals included; None when nothing was ever published."""
    kind: str = "site"
    """``site``, ``query``, or the name of a kind of channels (:mod:`feedsvc.channels.kinds`)."""
    label: str = ""
    """As it is called within the site."""
    gone: tuple[Record, ...] = ()
    """The articles that it held when they left the feeds altogether, in the order of their ids."""
    passed: Mapping[str, datetime] = field(default_factory=dict, hash=False)
    """By id, when an article last left or came into it after the feeds first showed it.

    An article that left this channel and is still in others is listed here, and not in ``gone``: its departure
    moves the date of this channel, and nothing else shows it. A tombstone (RFC 6721) would say that it was
    deleted, and a reader that knows an entry by its id through all feeds would delete it in the others, too."""
    extent: Extent = "full"
    header: str = ""
    footer: str = ""
    positions: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Where each article stands in the archive, by its id (:mod:`feedsvc.channels.archive`)."""
    key: str = ""
    """Its key among the channels of its kind; lists name them in this order."""

    def holds(self, record: Record) -> bool:
        """Whether the record is one of its articles, which has to stand in it as it is now."""
        place = bisect_left(self.records, newest_first(record), key=newest_first)
        return place < len(self.records) and self.records[place].id == record.id


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """A channel without its articles: what its pages and its archive show of it."""

    path: str
    kind: str
    key: str = ""
    title: str = ""
    label: str = ""
    description: str = ""
    updated: datetime | None = None
    extent: Extent = "full"
    header: str = ""
    footer: str = ""
    articles: int = 0
    """How many articles it holds."""
    positions: int = 0
    """How many positions of its archive are taken."""
    is_dropped: bool = False
    """Whether it has been empty for so long that it is gone; then only path and positions mean anything."""

    @classmethod
    def of(cls, channel: Channel) -> "ChannelSummary":
        """The summary of a channel."""
        return cls(
            path=channel.path,
            kind=channel.kind,
            key=channel.key,
            title=channel.title,
            label=channel.label,
            description=channel.description,
            updated=channel.updated,
            extent=channel.extent,
            header=channel.header,
            footer=channel.footer,
            articles=len(channel.records),
            positions=max(channel.positions.values(), default=-1) + 1,
        )

    def with_records(self, records: Sequence[Record], updated: datetime | None) -> Channel:
        """The channel as if it held these articles alone, and last changed at that moment."""
        return Channel(
            title=self.title,
            description=self.description,
            path=self.path,
            records=tuple(records),
            updated=updated,
            kind=self.kind,
            key=self.key,
            label=self.label,
            extent=self.extent,
            header=self.header,
            footer=self.footer,
        )
