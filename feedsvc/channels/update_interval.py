"""The interval at which a reader should ask for a channel's feeds, by how often the channel has changed.

Readers and polling services go by ``ttl`` and ``sy:updatePeriod``: what a feed asks for there decides how many
requests the service gets. It follows from the dates of the records alone. A feed that does not change keeps it,
however much time passes; and a channel whose rhythm stays keeps it although no two gaps are equal.
"""

from collections.abc import Sequence
from itertools import chain, pairwise
from statistics import median_low

from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.core.timestamps import unix_time

STEPS = (30, 60, 120, 180, 360, 720, 1440)
"""The intervals that a feed may ask for, in minutes: whole times an hour, or whole times a day (RSS module
Syndication). Usual rhythms, such as a week, a day or an hour, are far from the limits between steps."""
UNKNOWN = 360
"""Minutes for a channel that has not changed often enough for a rhythm to be seen."""

_RECORDS = 50
"""How many of the newest articles are looked at, at least. The oldest of them, with which the steps begin, changes
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

    It is one of :data:`STEPS`: at most a day, and at least an hour where the gap is an hour and a half or more.
    The times at which the newest articles were published and last updated count.
    """
    gaps = [later - earlier for earlier, later in pairwise(_changes(channel.records))]
    if len(gaps) < _FEWEST:
        return UNKNOWN
    first = min(_GAPS, len(gaps))
    step = _longest_step(_wanted(gaps[:first]))
    for end in range(first + 1, len(gaps) + 1):
        step = _next_step(step, _wanted(gaps[end - _GAPS : end]))
    return step


def _changes(records: Sequence[Record]) -> Sequence[int]:
    """When a channel of these records, newest first, changed lately: in seconds since 1970, oldest first.

    Of a burst its first moment is given.
    """
    passed_over = max(0, len(records) // _RECORDS - 1) * _RECORDS
    lately = records[: len(records) - passed_over]
    moments = chain.from_iterable((record.published, record.updated) for record in lately)
    kept: list[int] = []
    for time in sorted({unix_time(moment) for moment in moments}):
        if not kept or time - kept[-1] >= _BURST:
            kept.append(time)
    return kept


def _wanted(gaps: Sequence[int]) -> float:
    """The longest interval, in minutes, that fits these gaps of so many seconds."""
    return median_low(gaps) / 60 / 1.5


def _longest_step(wanted: float) -> int:
    """The longest step that is no longer than ``wanted`` minutes."""
    return max((step for step in STEPS if step <= wanted), default=STEPS[0])


def _next_step(step: int, wanted: float) -> int:
    """The step for ``wanted`` minutes: the one before, as long as it nearly does."""
    stays = _longest_step(wanted / _MARGIN) <= step <= _longest_step(wanted * _MARGIN)
    return step if stays else _longest_step(wanted)
