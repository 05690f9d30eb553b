"""Adopt an existing feed: match its entries with the articles, and put their ids and dates into the ledger."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from feedsvc.articles.collector import collect
from feedsvc.articles.identity.addresses import holders_of_pages
from feedsvc.articles.identity.resolver import identify
from feedsvc.articles.identity.wanted_address import AddressRules
from feedsvc.articles.model import Problem
from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.articles.reading.session import Readers
from feedsvc.articles.record import Record, release
from feedsvc.core.errors import EditionConflictError
from feedsvc.core.settings.model import Settings
from feedsvc.core.timestamps import now as this_moment
from feedsvc.core.urls import is_reserved
from feedsvc.operations.adopt.fetch import fetch_feed
from feedsvc.operations.adopt.match import Match, Matches, Suggestion, match, old_address, suggest
from feedsvc.operations.adopt.parse import OldEntry
from feedsvc.operations.ledger import restore_backup
from feedsvc.publishing.options import RoundOptions, backup_file, round_options
from feedsvc.responses.edition import PublisherState
from feedsvc.store.store import Store, open_store

State = Literal["adopt", "same", "published", "taken"]
"""``adopt``: the article gets the id and date of the entry. ``same``: it has them already. ``published``: it keeps
the id under which feedsvc has published it. ``taken``: another article has the id."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A match, and the record that the article gets by it."""

    match: Match
    state: State
    record: Record
    """The record of the article after the adoption."""


def adopt(
    matches: Iterable[Match], records: Mapping[str, Record], rules: AddressRules, *, include_published: bool
) -> tuple[Adopted, ...]:
    """Decide the state and the new record of each matched article.

    Args:
        matches: Entries with their articles.
        records: The ledger, by id.
        rules: How addresses are made. An old address below the base URL becomes the article's, or redirects to it.
        include_published: Whether an article may change its id that feedsvc has published already.
    """
    holders = dict(holders_of_pages(tuple(records.values())))
    found = []
    for each in matches:
        adopted = _adopted(each, records, holders, rules, include_published=include_published)
        holders.setdefault(adopted.record.page, each.record.id)
        found.append(adopted)
    return tuple(found)


def _adopted(
    match: Match,
    ids: Container[str],
    holders: Mapping[str, str],
    rules: AddressRules,
    *,
    include_published: bool,
) -> Adopted:
    record = _settled(match, _at_old_address(match, holders, rules))
    if record == match.record:
        return Adopted(match, "same", record)
    if match.record.id != match.entry.id:
        if match.entry.id in ids:
            return Adopted(match, "taken", match.record)
        if match.record.changed and not include_published:
            return Adopted(match, "published", match.record)
    return Adopted(match, "adopt", record)


def _settled(match: Match, record: Record) -> Record:
    """The record with the id and dates of the entry, by which subscribers know the article."""
    entry = match.entry
    if record.settled and record.id == entry.id:
        return record  # its dates are settled too
    published = entry.published or record.published
    updated = max(entry.updated or published, published)
    return replace(record, id=entry.id, published=published, updated=updated, settled=True)


def _at_old_address(match: Match, holders: Mapping[str, str], rules: AddressRules) -> Record:
    """The record at the address of its entry; one that feeds have shown at another redirects from there."""
    record, old = match.record, old_address(match.entry.link, rules)
    if old is None or old in {record.page, *record.former_pages}:
        return record
    is_free = holders.get(old, record.id) == record.id and not (old.startswith("/") and is_reserved(old))
    if is_free and record.changed is None:
        return replace(record, page=old)
    former = old.rstrip("/")
    if not former.startswith("/") or former in {record.page, *record.former_pages}:
        return record
    return replace(record, former_pages=(*record.former_pages, former))


@dataclass(frozen=True, slots=True)
class Adoption:
    """The result of an adoption, or of a dry run of it."""

    adopted: tuple[Adopted, ...]
    matches: Matches
    problems: tuple[Problem, ...]
    """The problems of files that were set aside, and so could not be matched."""
    suggestion: Suggestion | None = None
    """The pattern that fits most of the old addresses; None where none fits more than the one that is set."""


def adopt_sources(
    settings: Settings,
    sources: Sequence[str],
    fetched: Callable[[str], None],
    *,
    write: bool,
    include_published: bool,
) -> Adoption:
    """Fetch a feed and give the articles the ids and dates of its entries.

    Args:
        settings: Those of the site.
        sources: The addresses and files of the old feed.
        fetched: Called with each address or file before it is read.
        write: Whether the ledger is changed; otherwise nothing is written.
        include_published: Whether an article may change its id that feedsvc has published already.

    Raises:
        FeedError: The feed cannot be fetched or read.
        DirectoryError: The articles directory does not exist or cannot be read.
        EditionConflictError: A publisher changed the ledger meanwhile.
        StoreError: The store cannot be read or written.
        PrivacyError: The store belongs to a private site and the settings to a public one, or the other way round.
    """
    entries = fetch_feed(sources, fetched)
    with closing(open_store(settings.store_url)) as store, ReaderPool(settings.most_reader_processes) as readers:
        restore_backup(store, backup_file(settings), this_moment())
        store.operator.claim(settings.access)
        options = round_options(settings)
        return _adopt_entries(options, store, entries, readers, write=write, include_published=include_published)


def _adopt_entries(  # noqa: PLR0913 - what a round takes, and the feed
    options: RoundOptions,
    store: Store,
    entries: Sequence[OldEntry],
    readers: Readers,
    *,
    write: bool,
    include_published: bool,
) -> Adoption:
    now, state, bodies = this_moment(), store.publisher.state(), dict[str, str]()

    def body(digest: str) -> str:
        return bodies[digest] if digest in bodies else store.publisher.body(digest)

    rules = options.addresses
    collection = collect(
        options.directory, {}, options.rules, bodies.__setitem__, lambda *_: None, readers=readers
    )
    identities = identify(state.records, collection, options.authority, now, body, addresses=rules)
    records = identities.records
    matches = match(entries, records.values(), body)
    adopted = adopt(matches.found, records, rules, include_published=include_published)
    if write and any(each.state == "adopt" for each in adopted):
        _write(store, state, _after(records, adopted, now), bodies)
    problems = [each for each in (*collection.problems, *identities.problems) if each.severity == "problem"]
    suggestion = suggest([(each.match.entry, each.record) for each in adopted], rules)
    return Adoption(adopted, matches, tuple(problems), suggestion)


def _after(records: Mapping[str, Record], adopted: Sequence[Adopted], now: datetime) -> Mapping[str, Record]:
    renamed = {each.match.record.id: _withheld(each.record, now) for each in adopted if each.state == "adopt"}
    return {after.id: after for before in records.values() for after in [renamed.get(before.id, before)]}


def _withheld(record: Record, now: datetime) -> Record:
    """The record, which is not public where its article is a draft now or has expired."""
    released = release({record.id: record}, now).records[record.id]
    return record if released.is_public else replace(record, withdrawn=released.withdrawn)


def _write(store: Store, before: PublisherState, after: Mapping[str, Record], bodies: Mapping[str, str]) -> None:
    """Write the ledger in one transaction; a running publisher reads it before its next round."""
    with store.publisher.exclusive() as lease, store.publisher.round(before.edition, lease) as transaction:
        if store.publisher.state().records != before.records:
            raise EditionConflictError("a publisher changed the ledger meanwhile", "run the command again")
        for digest, html in bodies.items():
            transaction.keep_body(digest, html)
        for record_id in before.records.keys() - after.keys():
            transaction.forget(record_id)
        for record in after.values():
            if before.records.get(record.id) != record:
                transaction.save(record)
