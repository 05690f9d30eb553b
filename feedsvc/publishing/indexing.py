"""The index: what the store has to know of records and channels in order to render documents on demand.

A round writes what differs from the last one. Its first round in a process looks through all of it, since the
program or the settings may be others.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Protocol

from feedsvc.articles.policy.publication import leads_elsewhere
from feedsvc.articles.record import Record
from feedsvc.channels.archive import ArchivePlace, archive_place
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.selection import Selection


class Index(Protocol):
    """Where a round writes it."""

    def places(self) -> Iterator[tuple[str, str, ArchivePlace]]:
        """Every place there is: the path of a channel, the id of an article, and how it stands there."""

    def keep_place(self, channel: str, record_id: str, place: ArchivePlace) -> None:
        """Remember how an article stands in the archive of the channel with that path."""

    def keep_channel(self, channel: ChannelSummary) -> None:
        """Remember a channel, in place of the one with its path."""

    def forget_channel(self, path: str) -> None:
        """Forget the channel with that path; the places of its articles stay."""


def update_index(  # noqa: PLR0913 - before, after, and where to write the difference
    index: Index,
    before: Mapping[str, Record],
    channels: Mapping[str, ChannelSummary],
    after: Mapping[str, Record],
    selection: Selection,
    *,
    afresh: bool,
) -> bool:
    """Write what differs, and say whether a document that is rendered on demand may differ.

    Args:
        index: Where to write it.
        before: The ledger of the last round, by id.
        channels: The channels of the last round, by path.
        after: The ledger of this round; records that have not changed are the same objects.
        selection: The channels of this round.
        afresh: Whether to look through all places, and not only those of records that changed.
    """
    changed = {key for key, record in after.items() if _differs(before.get(key), record)}
    forgotten = before.keys() - after.keys()
    is_shown = any(_is_known(record) for key in changed for record in (before.get(key), after[key])) or any(
        _is_known(before[key]) for key in forgotten
    )
    is_channel_moved = _update_channels(index, channels, selection)
    is_place_moved = _update_places(index, after, selection, None if afresh else changed)
    return is_shown or is_channel_moved or is_place_moved


def _update_channels(index: Index, before: Mapping[str, ChannelSummary], selection: Selection) -> bool:
    after = {summary.path: summary for summary in selection.summaries}
    for path, summary in after.items():
        if before.get(path) != summary:
            index.keep_channel(summary)
    for path in before.keys() - after.keys():
        index.forget_channel(path)
    return before != after


def _update_places(
    index: Index, records: Mapping[str, Record], selection: Selection, changed: AbstractSet[str] | None
) -> bool:
    """Write the places that differ of the ``changed`` records; None for all."""
    known = {(channel, key): place for channel, key, place in index.places()} if changed is None else {}
    is_moved = False
    for channel in selection.channels:
        touched = channel.positions.keys() if changed is None else channel.positions.keys() & changed
        held = {record.id for record in channel.records} if touched else set()
        for key in sorted(touched & records.keys()):
            place = archive_place(channel, records[key], is_held=key in held)
            if known.get((channel.path, key)) != place:
                index.keep_place(channel.path, key, place)
                is_moved = True
    return is_moved


def _differs(before: Record | None, after: Record) -> bool:
    """Whether a record is new, or differs in more than what is remembered of its file."""
    if before is None or before is after:
        return before is None
    return replace(after, stamp=before.stamp, source=before.source) != before


def _is_known(record: Record | None) -> bool:
    """Whether something answers at the address of an article: a page, a redirect, or that it is gone."""
    return record is not None and (record.is_public or record.withdrawn is not None or leads_elsewhere(record))
