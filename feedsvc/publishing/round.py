"""One round: files -> articles -> channels -> documents -> responses -> edition.

This is the plot on one page. It calls the rooms' entry points and holds no rule of its own. Everything it decides
is committed in one transaction or not at all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedsvc.articles.body.remote_sizes import with_remote_sizes
from feedsvc.articles.collector import Collection, check_unchanged, collect
from feedsvc.articles.identity.paths import Translations
from feedsvc.articles.identity.resolver import identify
from feedsvc.articles.model import Problem, SetAside
from feedsvc.articles.reading.session import Readers, Remembered
from feedsvc.articles.record import Record, future_updates, release
from feedsvc.articles.safeguards import SafeguardError, refusals
from feedsvc.articles.source.last_scan import LastScan
from feedsvc.channels.kinds import note_membership_changes
from feedsvc.channels.selection import Selection, Selector
from feedsvc.core.process import give_back_memory
from feedsvc.core.timestamps import unix_time
from feedsvc.documents.feeds.channel_feeds import feed_paths
from feedsvc.documents.feeds.entries import moved_links
from feedsvc.documents.manifest import document_specs
from feedsvc.documents.on_demand import idle_aliases, theme_problems
from feedsvc.documents.snapshot import MemorySnapshot, RenderingOptions
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.rendering import Progress, RenderedEdition, channel_summaries, render_changed, update_index
from feedsvc.publishing.reporter import Outcome, moves
from feedsvc.publishing.site_index import Indexed, LedgerIndex, SiteIndex
from feedsvc.responses.edition import Edition, PublisherState, new_identity
from feedsvc.store.lease import Lease
from feedsvc.store.publisher_store import PublisherStore
from feedsvc.store.unit_of_work import Transaction


def publish(  # noqa: PLR0913 - a round is the one place where everything meets
    options: RoundOptions,
    store: PublisherStore,
    state: PublisherState,
    now: datetime,
    *,
    afresh: bool,
    progress: Progress,
    readers: Readers,
    lease: Callable[[], Lease | None] = lambda: None,
    index: SiteIndex | None = None,
    check_only: bool = False,
    touched: AbstractSet[str] | None = None,
) -> Outcome:
    """Run one round.

    Args:
        options: What to publish, and by which rules.
        store: Where the round is committed.
        state: The state that the last round left.
        now: The moment the round stands for; aware, in whole seconds.
        afresh: Whether to look at the whole ledger and at every document, although hardly anything may have
            changed, because the options or the program may have.
        progress: Hears how far the round is.
        readers: Who reads the files.
        lease: Gives the lease under which alone the round is committed; None where no other process can publish.
        index: What the last round left in memory, so that this one looks at what changed alone.
        check_only: Whether to read no file, but only let come and go what is due and has not been touched.
        touched: The only paths that may have changed since the last round, as file events say; None where the
            directory is to be scanned.

    Raises:
        DirectoryError: The directory is not there or cannot be read; the last edition stays.
        ReadingError: No file can be read; the last edition stays.
        SafeguardError: Safeguards refuse the round; the last edition stays.
        InvalidFeedError: A feed did not come out as it should; the last edition stays.
        LeaseLostError: Another process has, or had meanwhile, the right to publish.
        StoreError: Nothing was committed.
    """
    index = index or SiteIndex()
    indexed = None if afresh else index.of(state.records, now)
    ledger = indexed.ledger if indexed else _ledger_index(options, state.records, now)
    with store.round(state.edition, lease()) as transaction:
        work = _Round(options, transaction, state, now, ledger, indexed, progress)
        if check_only:
            collection = check_unchanged(options.directory, ledger.by_path, options.rules)
        else:
            collection = work.collect(readers, store.keep_set_aside, touched)
            work = replace(work, state=replace(state, set_aside=collection.set_aside))
        if not afresh and work.is_over(collection):
            if indexed:
                index.keep(replace(indexed, scan=work.note_scan(collection)))
            return work.outcome(collection)
        work = replace(work, options=replace(options, site=replace(options.site, sections=collection.sections)))
        change = work.change(collection)
        index.clear()
        ledger.update(change.before, change.after, now)
        scan, found = work.note_scan(collection), work.outcome(collection)
        if len(change.after) == len(ledger.records):
            change = replace(change, after=ledger.records)  # the same records, in one mapping
        del collection
        if indexed is None:
            give_back_memory()  # a first round read every article, and needs the memory for what it makes of them
        outcome, indexed = work.compose(change, found, scan, is_whole=afresh or indexed is None)
    index.keep(indexed)
    return outcome


def _ledger_index(options: RoundOptions, records: Mapping[str, Record], now: datetime) -> LedgerIndex:
    pattern = None if options.addresses.pattern is None else options.addresses.pattern.text
    return LedgerIndex(records, now, tombstone_days=options.site.tombstone_days, address_pattern=pattern)


@dataclass(frozen=True, slots=True)
class _Change:
    """The records that a round looks at, as it leaves them."""

    before: Mapping[str, Record]
    """By id, as the last round left them."""
    after: Mapping[str, Record]
    due: Sequence[str]
    """The ids of those that were due: they appeared or expired, or their tombstones ended."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Round:
    """The steps of one round."""

    options: RoundOptions
    transaction: Transaction
    state: PublisherState
    """The state that the last round left."""
    now: datetime
    ledger: LedgerIndex
    indexed: Indexed | None
    """The state that the last round left in memory, ``ledger`` included; None where all of the ledger is read."""
    progress: Progress

    def collect(
        self,
        readers: Readers,
        keep_set_aside: Callable[[Sequence[SetAside]], None],
        touched: AbstractSet[str] | None,
    ) -> Collection:
        """Find the files that changed, and read them."""
        collection = collect(
            self.options.directory,
            self.ledger.by_path,
            self.options.rules,
            self.transaction.keep_body,
            lambda done, total: self.progress("reading", done, total),
            readers=readers,
            remembered=Remembered(self.state.set_aside, keep_set_aside),
            last=self.indexed.scan if self.indexed else None,
            touched=touched,
        )
        records, base_url = self.state.records.values(), self.options.rules.base_url
        return with_remote_sizes(collection, records, base_url, self.options.ask_sizes)

    def note_scan(self, collection: Collection) -> LastScan | None:
        """Note what this round saw, when all that it read is in the ledger: the next one goes on from there."""
        last, known = self.indexed.scan if self.indexed else None, self.ledger.by_path
        if collection.selection is None:
            return last
        stamps = {each.article.path: each.stamp for each in collection.readings} | {**collection.touched}
        refused = {path for path, stamp in stamps.items() if path not in known or known[path].stamp != stamp}
        undone = collection.failed | refused
        if last is None or last.rules != self.options.rules:
            return LastScan(collection.selection, self.options.rules, known, undone)
        last.advance(collection.selection, stamps, undone, known)
        return last

    def is_over(self, collection: Collection) -> bool:
        """Whether neither a file nor the time has changed anything."""
        edition, now = self.state.edition, unix_time(self.now)
        return not (
            collection.readings
            or collection.touched
            or collection.missing
            or (edition.next_moment is not None and edition.next_moment <= now)
            or edition.time > now  # the clock was ahead, and may have left dates that are still to come
        )

    def change(self, collection: Collection) -> _Change:
        """Bring the ledger up to date with the files and the time, unless safeguards refuse it."""
        options, ledger, now = self.options, self.ledger, self.now
        before = ledger.concerned(collection, now) if self.indexed else ledger.records
        rest = ledger.rest(before)
        body, overrides, addresses = self.transaction.body, options.overrides, options.addresses
        identities = identify(
            before, collection, options.authority, now, body, overrides=overrides, addresses=addresses, rest=rest
        )
        released = release(identities.records, now, identities.held)
        after = note_membership_changes(options.site, before, released.records, now)
        problems = (*collection.problems, *identities.problems)
        if refusing := refusals(before, after, options.limits, overrides, now, rest):
            raise SafeguardError(refusing, problems, collection.set_aside)
        self._save(before, after)
        return _Change(before, after, ledger.due(now), problems)

    def _save(self, before: Mapping[str, Record], after: Mapping[str, Record]) -> None:
        for record_id in before.keys() - after.keys():
            self.transaction.forget(record_id)
        for record_id, record in after.items():
            known = before.get(record_id)
            if known is not record and known != record:
                self.transaction.save(record)

    def compose(
        self, change: _Change, found: Outcome, scan: LastScan | None, *, is_whole: bool
    ) -> tuple[Outcome, Indexed]:
        """Make channels and documents of the ledger, and an edition if anything differs from the last one.

        Args:
            change: What the round made of the records.
            found: What its files say.
            scan: What the round saw of the directory.
            is_whole: Whether it looked at all records.
        """
        options, last, site = self.options, self.state, self.options.site
        translations = self.ledger.translations(site.language)
        selector = self._selector(change, translations)
        selection = selector.select(last.archive_positions, self.now)
        is_moved = update_index(
            self.transaction, change.before, last.channels, change.after, selection, afresh=is_whole
        )
        is_moved |= self.transaction.keep_rendering_options(RenderingOptions(site, options.theme))
        number, moment = last.edition.number + 1, _moment(self.ledger, selection)
        edition = Edition(number, unix_time(self.now), moment, new_identity())
        rendered = self._render(selection, translations, edition)
        problems = (*change.problems, *self._site_problems(selection, rendered))
        if rendered.changed or is_moved or _is_another(edition, last.edition):
            self.transaction.publish(edition)
        else:
            edition = last.edition
        positions = {channel.path: channel.positions for channel in selection.channels}
        state = PublisherState(
            edition,
            self.ledger.records,
            rendered.responses,
            {**last.archive_positions, **positions},
            last.set_aside,
            channel_summaries(last.channels, selection),
        )
        moved = moves(change.before, change.after)
        outcome = replace(
            found, state=state, problems=problems, changed=rendered.changed, moved=moved, is_composed=True
        )
        return outcome, Indexed(self.ledger, selector, translations, self.now, scan)

    def _selector(self, change: _Change, translations: Translations) -> Selector:
        """The selector with the records of this round."""
        site, records, indexed = self.options.site, self.ledger.records, self.indexed
        selector = indexed.updated_selector(site, change.before, change.after) if indexed else None
        if indexed is None or selector is None:
            return Selector(site, records.values())
        before = indexed.translations
        translated = (
            key for key in translations.keys() | before.keys() if translations.get(key) != before.get(key)
        )
        linking = self.ledger.linking_to(_moved_sources(change))
        for record_id in (*change.due, *translated, *linking):
            if (record := records.get(record_id)) is not None:
                selector.touch(record)
        return selector

    def _render(self, selection: Selection, translations: Translations, edition: Edition) -> RenderedEdition:
        """Render the documents that may differ from those of the last edition, and store those that do."""
        site = self.options.site
        specs = document_specs(
            site,
            selection.channels,
            self.transaction.body,
            pages=self.ledger.public_pages,
            translations=translations,
            links_of=lambda record: moved_links(record, self.ledger.page_of),
            since=self.now - timedelta(days=site.tombstone_days),
            theme=self.options.theme,
            changed=selection.changed,
        )
        unchanged = (channel for channel in selection.channels if channel.path not in selection.changed)
        kept = [path for channel in unchanged for path in feed_paths(channel)]
        return render_changed(tuple(specs), self.transaction, self.state, edition.time, self.progress, kept=kept)

    def _site_problems(self, selection: Selection, rendered: RenderedEdition) -> tuple[Problem, ...]:
        """Problems of the site as a whole, beside those of single files."""
        options, ledger = self.options, self.ledger
        snapshot = MemorySnapshot(options.site, ledger.records, selection, self.transaction.body, options.theme)
        return (
            *future_updates(ledger.updated_ahead, self.now),
            *options.theme.problems,
            *rendered.problems,
            *idle_aliases(snapshot, ledger.aliased, rendered.responses),
            *theme_problems(snapshot),
        )

    def outcome(self, collection: Collection) -> Outcome:
        """The result of a round that finds no change; of any other, what its files say."""
        return Outcome(
            state=self.state,
            problems=collection.problems,
            unread=collection.unread,
            read=len(collection.readings),
            counts=self.ledger.counts,
            left_out=collection.left_out,
        )


def _moved_sources(change: _Change) -> Iterator[str]:
    """The files of the articles that came to another page, or went."""
    for before, after in ((change.before, change.after), (change.after, change.before)):
        for key, record in before.items():
            other = after.get(key)
            if other is None or (other.page, other.is_public) != (record.page, record.is_public):
                yield record.article.path


def _moment(ledger: LedgerIndex, selection: Selection) -> int | None:
    """When something appears or expires next, tombstones and empty channels included."""
    channels = None if selection.next_moment is None else unix_time(selection.next_moment)
    return min((moment for moment in (ledger.next_moment, channels) if moment is not None), default=None)


def _is_another(edition: Edition, last: Edition) -> bool:
    """Whether there is a new edition although no response differs."""
    return not last.number or edition.next_moment != last.next_moment or edition.time < last.time
