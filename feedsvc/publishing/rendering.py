"""What differs from the last edition is written: prepared documents, and the index of all others.

Prepared documents that differ are rendered, compressed and stored; all others stay. The index is what the store
has to know of records and channels in order to render documents on demand. The first round in a process looks
through all of it, since the program or the settings may be others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain

from feedsvc.articles.model import Problem
from feedsvc.articles.record import EARLIEST_CLOCK, Record, leads_elsewhere
from feedsvc.channels.archive import archive_place
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.selection import Selection
from feedsvc.documents.model import DocumentSpec
from feedsvc.responses.builder import CompressionJob, compressed
from feedsvc.responses.edition import Fingerprint, PublisherState
from feedsvc.store.unit_of_work import Transaction

Progress = Callable[[str, int, int], None]
"""Called with the stage of a round, how many steps are done, and their total; may raise to end the round."""

_SLACK = 60
"""Seconds by which a Last-Modified may be ahead of the clock before the clock counts as having been set back."""


@dataclass(frozen=True, slots=True)
class RenderedEdition:
    """The responses of an edition."""

    responses: Mapping[str, Fingerprint]
    """By path."""
    changed: int
    """How many were written or dropped."""
    problems: tuple[Problem, ...]
    """Problems of the documents; the next round renders documents with problems again."""


def render_changed(  # noqa: PLR0913 - what may differ, from what, and where it goes
    specs: Sequence[DocumentSpec],
    transaction: Transaction,
    state: PublisherState,
    time: int,
    progress: Progress,
    *,
    kept: Iterable[str] = (),
) -> RenderedEdition:
    """Render the documents that differ from the last edition, and drop the paths that are gone.

    Args:
        specs: One for each path of the edition that is not kept.
        transaction: Receives the responses that changed.
        state: The state that the last round left.
        time: The time of the new edition, in seconds since 1970.
        progress: Called after each document.
        kept: The paths of documents that surely are as in the last edition; where a path has a specification,
            that counts.

    Raises:
        InvalidFeedError: A rendered feed is invalid.
    """
    found = {spec.path: before for spec in specs if (before := state.responses.get(spec.path)) is not None}
    outdated = [spec for spec in specs if not _is_current(found.get(spec.path), spec, time)]
    responses = {path: state.responses[path] for path in chain(kept, found)}
    problems: dict[Problem, None] = {}
    changed = 0
    with closing(compressed(_jobs(outdated, found, time, progress))) as results:
        for job, response in results:
            path = job.document.path
            problems |= dict.fromkeys(job.document.problems)
            if response is None:
                transaction.rekey(path, job.key)
                responses[path] = replace(found[path], key=job.key)
            else:
                transaction.put(response)
                responses[path] = Fingerprint(job.key, response.digest, response.last_modified)
                changed += 1
    gone = state.responses.keys() - responses.keys()
    for path in sorted(gone):
        transaction.drop(path)
    return RenderedEdition(responses, changed + len(gone), tuple(problems))


def _is_current(before: Fingerprint | None, spec: DocumentSpec, time: int) -> bool:
    return before is not None and before.key == spec.key and not _is_ahead(before, time)


def _jobs(
    specs: Sequence[DocumentSpec], found: Mapping[str, Fingerprint], time: int, progress: Progress
) -> Iterator[CompressionJob]:
    """Render each document when its turn to be compressed comes."""
    for done, spec in enumerate(specs, 1):
        before, document = found.get(spec.path), spec.make()
        key = "" if document.problems else spec.key
        unless = None if before is None or _is_ahead(before, time) else before.digest
        yield CompressionJob(document, key, _last_modified(before, time), unless)
        progress("rendering", done, len(specs))


def _last_modified(before: Fingerprint | None, time: int) -> int:
    """``time``, but always later than before: If-Modified-Since has whole seconds (RFC 9110, section 13.1.3)."""
    return time if before is None or _is_ahead(before, time) else max(time, before.last_modified + 1)


def _is_ahead(before: Fingerprint, time: int) -> bool:
    """Whether a clock that was ahead gave its Last-Modified; several rounds in one second add little."""
    return before.last_modified > time + _SLACK and time >= EARLIEST_CLOCK.timestamp()


def update_index(  # noqa: PLR0913 - before, after, and where to write the difference
    transaction: Transaction,
    before: Mapping[str, Record],
    channels: Mapping[str, ChannelSummary],
    after: Mapping[str, Record],
    selection: Selection,
    *,
    afresh: bool,
) -> bool:
    """Write what differs, and say whether a document that is rendered on demand may differ.

    Args:
        transaction: Where to write it.
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
    is_channel_moved = _update_channels(transaction, channels, channel_summaries(channels, selection))
    is_place_moved = (
        _update_all_places(transaction, after, selection)
        if afresh
        else _update_places(transaction, changed, selection)
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
    transaction: Transaction, before: Mapping[str, ChannelSummary], after: Mapping[str, ChannelSummary]
) -> bool:
    is_moved = before.keys() != after.keys()
    for path, summary in after.items():
        if (known := before.get(path)) is not summary and known != summary:
            transaction.keep_channel(summary)
            is_moved = True
    for path in before.keys() - after.keys():
        transaction.forget_channel(path)
    return is_moved


def _update_places(transaction: Transaction, records: Mapping[str, Record], selection: Selection) -> bool:
    """Write the places of the records that changed, in the channels that changed with them."""
    is_moved = False
    for channel in selection.channels if records else ():
        for key in sorted(channel.positions.keys() & records.keys()) if channel.path in selection.changed else ():
            place = archive_place(channel, records[key], is_held=channel.holds(records[key]))
            transaction.keep_place(channel.path, key, place)
            is_moved = True
    return is_moved


def _update_all_places(transaction: Transaction, records: Mapping[str, Record], selection: Selection) -> bool:
    """Write all places that differ from those in the store."""
    is_moved = False
    for channel in selection.channels:
        held = {record.id for record in channel.records}
        differing = channel.positions.keys() & records.keys()
        for key, place in transaction.places(channel.path):
            if key in differing and place == archive_place(channel, records[key], is_held=key in held):
                differing.remove(key)
        for key in sorted(differing):
            transaction.keep_place(channel.path, key, archive_place(channel, records[key], is_held=key in held))
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
