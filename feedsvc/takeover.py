"""Taking over a feed: its entries are matched to the articles, and the ledger gets their ids and dates."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from feedsvc.adopt.fetch import collect
from feedsvc.adopt.ledger import Adopted, adopt
from feedsvc.adopt.match import Matches, match
from feedsvc.adopt.past import Past
from feedsvc.articles.article import Problem
from feedsvc.articles.gather import gather
from feedsvc.articles.identity import identify
from feedsvc.articles.pool import ReaderPool
from feedsvc.articles.record import Record
from feedsvc.articles.setaside import Readers
from feedsvc.clock import now as this_moment
from feedsvc.errors import EditionConflictError
from feedsvc.plan import copy_of, plan_of
from feedsvc.publish import Plan
from feedsvc.responses.edition import Memory
from feedsvc.settings.settings import Settings
from feedsvc.site_access import claim
from feedsvc.store.store import Store, open_store
from feedsvc.upkeep import recall


@dataclass(frozen=True, slots=True)
class Takeover:
    """What was, or would be, taken over."""

    adopted: tuple[Adopted, ...]
    matches: Matches
    problems: tuple[Problem, ...]
    """What is wrong with files that took no part for it."""


def take_over(  # noqa: PLR0913 - what a round takes, and the feed
    plan: Plan,
    store: Store,
    past: Sequence[Past],
    now: datetime,
    readers: Readers,
    *,
    write: bool,
    published_too: bool,
) -> Takeover:
    """Give the articles the ids and dates of the old feed's entries.

    Args:
        plan: Where the articles are, and how they are read.
        store: Holds the ledger.
        past: The old feed's entries.
        now: Aware.
        readers: Who reads the articles.
        write: Whether the ledger is changed; otherwise it is only said what would be.
        published_too: Whether an article may change its id that feedsvc has published already.

    Raises:
        DirectoryError: There is no such directory, or it cannot be read.
        EditionConflictError: Something was published meanwhile.
        StoreError: The store cannot be read or written.
    """
    memory = store.memory()
    bodies: dict[str, str] = {}
    with store.round(memory.edition.number) as looking:  # nothing is written here

        def body(digest: str) -> str:
            return bodies[digest] if digest in bodies else looking.body(digest)

        gathering = gather(plan.directory, {}, plan.rules, bodies.__setitem__, lambda *_: None, readers=readers)
        identities = identify(memory.records, gathering, plan.authority, now, body)
        records = identities.records
        matches = match(past, records.values(), body)
    adopted = adopt(matches.found, records.keys(), plan.site.base_url, published_too=published_too)
    if write and any(each.state == "adopt" for each in adopted):
        _write(store, memory, _after(records, adopted), bodies)
    return Takeover(adopted, matches, _set_aside(*gathering.problems, *identities.problems))


def _set_aside(*problems: Problem) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.severity == "problem")


def _after(records: Mapping[str, Record], adopted: Sequence[Adopted]) -> Mapping[str, Record]:
    renamed = {each.match.record.id: each.record for each in adopted if each.state == "adopt"}
    return {after.id: after for before in records.values() for after in [renamed.get(before.id, before)]}


def _write(store: Store, before: Memory, after: Mapping[str, Record], bodies: Mapping[str, str]) -> None:
    """Put the ledger down in one transaction; a running publisher learns it before its next round."""
    with store.turn() as lease, store.round(before.edition.number, lease) as transaction:
        if store.memory().records != before.records:
            raise EditionConflictError("the ledger moved meanwhile", "run the command again")
        for digest, html in bodies.items():
            transaction.keep_body(digest, html)
        for record_id in before.records.keys() - after.keys():
            transaction.forget(record_id)
        for record in after.values():
            if before.records.get(record.id) != record:
                transaction.save(record)


def adopt_sources(
    settings: Settings, sources: Sequence[str], fetched: Callable[[str], None], *, write: bool, published_too: bool
) -> Takeover:
    """Take over the ids and dates of a feed, or say what would be taken over.

    Raises:
        FeedError: It cannot be fetched or read.
        DirectoryError: There is no such directory, or it cannot be read.
        StoreError: The store cannot be read or written.
        PrivacyError: The store is not for those whom the settings name.
    """
    past = collect(sources, fetched)
    with closing(open_store(settings.store_url)) as store, ReaderPool(settings.most_reader_processes) as readers:
        recall(store, copy_of(settings), this_moment())
        claim(store, settings.access)
        plan = plan_of(settings)
        return take_over(plan, store, past, this_moment(), readers, write=write, published_too=published_too)
