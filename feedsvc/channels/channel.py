"""A channel: a selection of articles with a title and a URL, and how often it is worth to ask for its feeds.

Readers and polling services go by ``ttl`` and ``sy:updatePeriod``: what a feed asks for there decides how many
requests the service gets. :func:`update_interval` follows from the dates of the records alone. A feed that does
not change keeps it, however much time passes; and a channel whose rhythm stays keeps it although no two gaps are
equal.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, pairwise

from feedsvc.articles.model import Extent
from feedsvc.articles.record import Record, newest_first
from feedsvc.core.timestamps import unix_time


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
            positions=positions_taken(channel.positions),
        )


AnyChannel = Channel | ChannelSummary
"""A channel, of which its articles do not matter."""


def positions_taken(positions: Mapping[str, int]) -> int:
    """How many positions of a channel's archive are taken, those of articles that left included."""
    return max(positions.values(), default=-1) + 1


INTERVALS = (30, 60, 120, 180, 360, 720, 1440)
"""The intervals that a feed may ask for, in minutes: whole times an hour, or whole times a day (RSS module
Syndication). Usual rhythms, such as a week, a day or an hour, are far from the limits between steps."""
UNKNOWN_INTERVAL = 360
"""Minutes for a channel that has not changed often enough for a rhythm to be seen."""

_COUNTED = 50
"""How many of the newest articles count, at least. The oldest of them, with which the steps begin, changes
only with each fiftieth article that comes."""
_FEWEST = 2
"""Gaps in which a rhythm can be seen."""
_GAPS = 9
"""How many gaps decide at a time: one long silence or one busy day among them makes no difference."""
_BURST = 900
"""Seconds within which all changes are one: a reader fetches them together."""
_MARGIN = 1.25
"""A rhythm has to leave its step by a quarter before another step takes its place."""


def update_interval(channel: Channel) -> int:
    """After how many minutes it is worth to ask again: a third to two thirds of the usual gap between two changes.

    It is one of :data:`INTERVALS`: at most a day, and at least an hour where the gap is an hour and a half or
    more. The times at which the newest articles were published and last updated count.
    """
    gaps = [later - earlier for earlier, later in pairwise(_changes(channel.records))]
    if len(gaps) < _FEWEST:
        return UNKNOWN_INTERVAL
    first = min(_GAPS, len(gaps))
    step = _longest_interval(_wanted(gaps[:first]))
    for end in range(first + 1, len(gaps) + 1):
        step = _next_interval(step, _wanted(gaps[end - _GAPS : end]))
    return step


def _changes(records: Sequence[Record]) -> Sequence[int]:
    """When a channel of these records, newest first, changed lately: in seconds since 1970, oldest first.

    Of a burst its first moment is given.
    """
    passed_over = max(0, len(records) // _COUNTED - 1) * _COUNTED
    lately = records[: len(records) - passed_over]
    moments = chain.from_iterable((record.published, record.updated) for record in lately)
    kept: list[int] = []
    for time in sorted({unix_time(moment) for moment in moments}):
        if not kept or time - kept[-1] >= _BURST:
            kept.append(time)
    return kept


def _wanted(gaps: Sequence[int]) -> float:
    """The longest interval, in minutes, that fits these gaps of so many seconds."""
    return sorted(gaps)[(len(gaps) - 1) // 2] / 60 / 1.5


def _longest_interval(wanted: float) -> int:
    """The longest step that is no longer than ``wanted`` minutes."""
    return max((step for step in INTERVALS if step <= wanted), default=INTERVALS[0])


def _next_interval(step: int, wanted: float) -> int:
    """The step for ``wanted`` minutes: the one before, as long as it nearly does."""
    stays = _longest_interval(wanted / _MARGIN) <= step <= _longest_interval(wanted * _MARGIN)
    return step if stays else _longest_interval(wanted)
