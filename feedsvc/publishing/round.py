"""One round: files -> articles -> channels -> documents -> responses -> edition.

This is the plot on one page. It calls the rooms' entry points and holds no rule of its own. Everything it decides
is committed in one transaction or not at all.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from feedsvc.articles.body.remote_sizes import AskSizes, with_remote_sizes
from feedsvc.articles.collection import Collection
from feedsvc.articles.collector import check_unchanged, collect
from feedsvc.articles.identity.addresses import SECTION_AND_SLUG, AddressRules
from feedsvc.articles.identity.resolver import identify
from feedsvc.articles.model import Problem, SetAside
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.policy.publication import Release, future_updates, release
from feedsvc.articles.policy.safeguards import (
    DEFAULT_LIMITS,
    NO_OVERRIDES,
    Overrides,
    SafeguardError,
    SafeguardLimits,
    refusals,
)
from feedsvc.articles.reading.set_aside import Readers, Remembered
from feedsvc.articles.record import Record
from feedsvc.articles.source.fingerprint import Known
from feedsvc.channels.selection import Selection, note_membership_changes, select
from feedsvc.channels.site import Site
from feedsvc.core.round_cache import RoundCache
from feedsvc.core.timestamps import unix_time
from feedsvc.documents.manifest import document_specs
from feedsvc.documents.model import DocumentSpec
from feedsvc.documents.on_demand import idle_aliases, theme_problems
from feedsvc.documents.pages.theme import BUILT_IN, Theme
from feedsvc.documents.rendering_options import encode
from feedsvc.documents.snapshot import MemorySnapshot
from feedsvc.publishing.indexing import Index, update_index
from feedsvc.publishing.rendering import Progress, ResponseSink, render_changed
from feedsvc.responses.edition import Edition, PublisherState, new_identity
from feedsvc.responses.site_readers import Access


class Transaction(ResponseSink, Index, Protocol):
    """What a round writes; all of it counts at once, when the ``with`` block ends well."""

    def keep_body(self, digest: str, body: str) -> None:
        """Keep a body under its digest; keeping it again changes nothing."""

    def body(self, digest: str) -> str:
        """The body of that digest, also one kept in this round."""

    def save(self, record: Record) -> None:
        """Remember a record, in place of the one with its id."""

    def forget(self, record_id: str) -> None:
        """Forget a record that was never public."""

    def keep_rendering_options(self, options: str) -> bool:
        """Remember what documents are rendered by; gives whether it differs from what the store has."""

    def publish(self, edition: Edition) -> None:
        """Make this round an edition; without it only the ledger moves."""


class Rounds(Protocol):
    """Where rounds are kept."""

    def round(self, follows: Edition) -> AbstractContextManager[Transaction]:
        """Begin the round that follows the edition ``follows``.

        Raises:
            EditionConflictError: The newest edition is another, or one of another store.
        """

    def keep_set_aside(self, files: Sequence[SetAside]) -> None:
        """Keep the files that were fatal to readers, in place of those there are, whatever the round comes to."""


@dataclass(frozen=True, slots=True)
class RoundOptions:
    """What a round goes by, as plain values."""

    directory: Path
    site: Site
    rules: ReadOptions
    authority: str
    """Who mints ids (RFC 4151, section 2.1)."""
    overrides: Overrides = NO_OVERRIDES
    """What the operator allows this once."""
    limits: SafeguardLimits = DEFAULT_LIMITS
    """The numbers above which safeguards refuse the round."""
    theme: Theme = BUILT_IN
    access: Access = "public"
    """Whom the site is for; the store has to be for the same (:func:`feedsvc.publishing.site_access.claim`)."""
    ask_sizes: AskSizes | None = None
    """Asks the servers of recordings elsewhere how large they are; None where nothing is to be asked."""
    addresses: AddressRules = SECTION_AND_SLUG
    """What the pages of articles are made by."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round did."""

    memory: PublisherState
    """For the next round."""
    problems: tuple[Problem, ...]
    unread: frozenset[str]
    """Paths of the files that were as the last round read them; what was wrong with them still is."""
    read: int
    """How many files were read anew."""
    public: int
    """How many articles are public."""
    changed: int
    """How many responses were written or dropped."""
    left_out: tuple[tuple[str, int], ...] = ()
    """What is no article, or not read, and how many files of each."""


def publish(  # noqa: PLR0913 - a round is the one place where everything meets
    plan: RoundOptions,
    rounds: Rounds,
    memory: PublisherState,
    now: datetime,
    *,
    afresh: bool,
    progress: Progress,
    readers: Readers,
    cache: RoundCache | None = None,
    glancing: bool = False,
) -> Outcome:
    """Run one round.

    Args:
        plan: What to publish, and by which rules.
        rounds: The store.
        memory: What the last round left.
        now: The moment the round stands for; aware, in whole seconds.
        afresh: Whether to compose even if no file changed, because the plan or the program may have.
        progress: Hears how far the round is.
        readers: Who reads the files.
        cache: Results of the last round that may still hold.
        glancing: Whether to read no file, but only let come and go what is due and has not been touched.

    Raises:
        DirectoryError: The directory is not there or cannot be read; the last edition stays.
        ReadingError: No file can be read; the last edition stays.
        SafeguardError: Safeguards refuse the round; the last edition stays.
        InvalidFeedError: A feed did not come out as it should; the last edition stays.
        StoreError: Nothing was committed.
    """
    known = _known(memory)
    with rounds.round(memory.edition) as transaction:
        if glancing:
            gathering = check_unchanged(plan.directory, known, plan.rules)
        else:
            gathering = collect(
                plan.directory,
                known,
                plan.rules,
                transaction.keep_body,
                lambda done, total: progress("reading", done, total),
                readers=readers,
                remembered=Remembered(memory.set_aside, rounds.keep_set_aside),
            )
            memory = replace(memory, set_aside=gathering.set_aside)
            gathering = with_remote_sizes(gathering, memory.records.values(), plan.rules.base_url, plan.ask_sizes)
        plan = replace(plan, site=replace(plan.site, sections=gathering.sections))
        if not afresh and _nothing_moved(gathering, known, memory.edition, now):
            public = _public(memory.records)
            return Outcome(memory, gathering.problems, _unread(gathering), 0, public, 0, gathering.left_out)
        identities = identify(
            memory.records,
            gathering,
            plan.authority,
            now,
            transaction.body,
            overrides=plan.overrides,
            addresses=plan.addresses,
        )
        released = release(identities.records, now, identities.held)
        released = replace(
            released, records=note_membership_changes(plan.site, memory.records, released.records, now)
        )
        problems = (*gathering.problems, *identities.problems)
        if holding := refusals(memory.records, released.records, plan.limits, plan.overrides):
            raise SafeguardError(holding, problems, gathering.set_aside)
        _save(transaction, memory.records, released.records)
        selection = select(
            plan.site, released.listed, released.records, memory.archive_positions, now, cache=cache
        )
        is_moved = update_index(
            transaction, memory.records, memory.channels, released.records, selection, afresh=afresh
        )
        is_moved |= transaction.keep_rendering_options(encode(plan.site, plan.theme))
        moment = _moment(plan.site, released, selection, now)
        edition = Edition(memory.edition.number + 1, unix_time(now), moment, new_identity())
        specs = _specs(plan, selection, released, transaction, now, cache=cache)
        renewed = render_changed(specs, transaction, memory, edition.time, progress)
        problems += tuple(future_updates(released.records.values(), now))
        snapshot = MemorySnapshot(plan.site, released.records, selection, transaction.body, plan.theme)
        problems += (
            *plan.theme.problems,
            *renewed.problems,
            *idle_aliases(snapshot, released.public, renewed.responses),
        )
        problems += theme_problems(snapshot)
        if renewed.changed or is_moved or _is_another(edition, memory.edition):
            transaction.publish(edition)
        else:
            edition = memory.edition
    return Outcome(
        memory=PublisherState(
            edition,
            released.records,
            renewed.responses,
            {**memory.archive_positions, **{channel.path: channel.positions for channel in selection.channels}},
            memory.set_aside,
            {summary.path: summary for summary in selection.summaries},
        ),
        problems=problems,
        unread=_unread(gathering),
        read=len(gathering.readings),
        public=len(released.public),
        changed=renewed.changed,
        left_out=gathering.left_out,
    )


def _known(memory: PublisherState) -> Mapping[str, Known]:
    return {record.article.path: record for record in memory.records.values() if record.present}


def _nothing_moved(gathering: Collection, known: Mapping[str, Known], edition: Edition, now: datetime) -> bool:
    return not (
        gathering.readings
        or gathering.touched
        or known.keys() - gathering.present
        or (edition.next_moment is not None and edition.next_moment <= unix_time(now))
        or edition.time > unix_time(now)  # the clock was ahead, and may have left dates that are still to come
    )


def _is_another(edition: Edition, last: Edition) -> bool:
    """Whether there is a new edition although no response differs."""
    return not last.number or edition.next_moment != last.next_moment or edition.time < last.time


def _unread(gathering: Collection) -> frozenset[str]:
    return gathering.unchanged | gathering.touched.keys()


def _public(records: Mapping[str, Record]) -> int:
    return sum(record.is_public for record in records.values())


def _save(transaction: Transaction, before: Mapping[str, Record], after: Mapping[str, Record]) -> None:
    for record_id in before.keys() - after.keys():
        transaction.forget(record_id)
    for record_id, record in after.items():
        known = before.get(record_id)
        if known is not record and known != record:
            transaction.save(record)


def _specs(  # noqa: PLR0913 - all that documents are made of
    plan: RoundOptions,
    selection: Selection,
    released: Release,
    transaction: Transaction,
    now: datetime,
    *,
    cache: RoundCache | None,
) -> tuple[DocumentSpec, ...]:
    since = now - timedelta(days=plan.site.tombstone_days)
    specs = document_specs(
        plan.site,
        selection.channels,
        released.public,
        transaction.body,
        since=since,
        theme=plan.theme,
        cache=cache,
    )
    return tuple(specs)


def _moment(site: Site, released: Release, selection: Selection, now: datetime) -> int | None:
    """When something appears or expires next, tombstones and empty channels included."""
    told = timedelta(days=site.tombstone_days)
    ends = (record.withdrawn + told for record in released.records.values() if record.withdrawn)
    moments = [*(end for end in ends if end > now), *filter(None, [released.next_moment, selection.next_moment])]
    return unix_time(min(moments)) if moments else None
