"""Publication: which articles are public at a moment, and when that changes next.

Pure: the same records at the same moment give the same release.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.articles.mint import whole_seconds
from feedsvc.articles.record import Record


@dataclass(frozen=True, slots=True)
class Release:
    """The ledger at one moment."""

    records: Mapping[str, Record]
    """All of them, by id, with what this moment settled."""
    public: tuple[Record, ...]
    """Newest first by the date of publication; by id where that is the same."""
    next_moment: datetime | None
    """The earliest moment to come at which a scheduled article appears."""


def release(records: Mapping[str, Record], now: datetime) -> Release:
    """Decide what is public at ``now``.

    An article is public when its file is there, it is no draft, and its moment has come. A settled record's
    moment came once and for all, so that a clock which is set back empties no feed. What goes public is settled;
    what leaves the public notes when it did.

    Args:
        records: The ledger, by id.
        now: Aware.
    """
    now = whole_seconds(now)
    released = {record_id: _released(record, now) for record_id, record in records.items()}
    public = [record for record in released.values() if _is_public(record, now)]
    waiting = [record.published for record in released.values() if _is_ready(record) and not record.settled]
    return Release(
        records=released,
        public=tuple(sorted(public, key=lambda record: (-record.published.timestamp(), record.id))),
        next_moment=min(waiting, default=None),
    )


def newest_change(records: Mapping[str, Record]) -> datetime | None:
    """The newest change a subscriber could have seen in released ``records``, removals included.

    None when nothing was ever public.
    """
    settled = [record for record in records.values() if record.settled]
    return max((max(record.updated, record.withdrawn or record.updated) for record in settled), default=None)


def _released(record: Record, now: datetime) -> Record:
    """The record as this moment leaves it; most stay the very same object, which is cheap to compare."""
    out = record.settled and record.withdrawn is None
    if _is_public(record, now) == out:
        return record
    return replace(record, withdrawn=now) if out else replace(record, settled=True, withdrawn=None)


def _is_public(record: Record, now: datetime) -> bool:
    return _is_ready(record) and (record.settled or record.published <= now)


def _is_ready(record: Record) -> bool:
    return record.present and not record.article.draft
