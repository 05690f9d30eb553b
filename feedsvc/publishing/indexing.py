"""The index: what the store has to know of records and channels in order to render documents on demand.

A round writes what differs from the last one. Its first round in a process looks through all of it, since the
program or the settings may be others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from feedsvc.articles.record import Record, leads_elsewhere
from feedsvc.channels.archive import ArchivePlace, archive_place
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.selection import Selection


class Index(Protocol):
    """The index of articles and channels that a round writes."""

    def places(self, channel: str) -> Iterator[tuple[str, ArchivePlace]]:
        """Every place in the archive of the channel with that path: an article's id, and how it stands there."""

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
        before: The records at which the round looked, by id, as the last round left them.
        channels: The channels of the last round, by path.
        after: The same records after this round; those that have not changed are the same objects.
        selection: The channels of this round.
        afresh: Whether to look through all places, and not only those of records that changed; then the round
            looked at all records.
    """
    changed = {key: record for key, record in after.items() if _differs(before.get(key), record)}
    forgotten = before.keys() - after.keys()
    is_shown = any(
        _is_known(each) for key, record in changed.items() for each in (before.get(key), record)
    ) or any(_is_known(before[key]) for key in forgotten)
    is_channel_moved = _update_channels(index, channels, channel_summaries(channels, selection))
    is_place_moved = (
        _update_all_places(index, after, selection) if afresh else _update_places(index, changed, selection)
    )
    return is_shown or is_channel_moved or is_place_moved


def channel_summaries(before: Mapping[str, ChannelSummary], selection: Selection) -> Mapping[str, ChannelSummary]:
    """The channels of a selection by path, those that were dropped included.

    Args:
        before: Those of the last round; where the selection has not changed, they are taken as they are.
        selection: The channels of this round.
    """
    found = {
        channel.path: ChannelSummary.of(channel) if channel.path in selection.changed else before[channel.path]
        for channel in selection.channels
    }
    return {**found, **{each.path: each for each in selection.dropped_summaries}}


def _update_channels(
    index: Index, before: Mapping[str, ChannelSummary], after: Mapping[str, ChannelSummary]
) -> bool:
    is_moved = before.keys() != after.keys()
    for path, summary in after.items():
        if (known := before.get(path)) is not summary and known != summary:
            index.keep_channel(summary)
            is_moved = True
    for path in before.keys() - after.keys():
        index.forget_channel(path)
    return is_moved


def _update_places(index: Index, records: Mapping[str, Record], selection: Selection) -> bool:
    """Write the places of the records that changed, in the channels that changed with them."""
    is_moved = False
    for channel in selection.channels if records else ():
        for key in sorted(channel.positions.keys() & records.keys()) if channel.path in selection.changed else ():
            record = records[key]
            index.keep_place(channel.path, key, archive_place(channel, record, is_held=channel.holds(record)))
            is_moved = True
    return is_moved


def _update_all_places(index: Index, records: Mapping[str, Record], selection: Selection) -> bool:
    """Write all places that differ from those in the store."""
    is_moved = False
    for channel in selection.channels:
        held = {record.id for record in channel.records}
        differing = channel.positions.keys() & records.keys()
        for key, place in index.places(channel.path):
            if key in differing and place == archive_place(channel, records[key], is_held=key in held):
                differing.remove(key)
        for key in sorted(differing):
            index.keep_place(channel.path, key, archive_place(channel, records[key], is_held=key in held))
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
