"""Ids and addresses: what a new article gets, and which page each article has by the operator's pattern.

A published article keeps its page until the pattern changes or its author moves it; the pages it had redirect.
Where two articles ask for one address, the one that has it keeps it, else the older one gets it. The other is a
problem: one that is public stays where it is, one that is new waits.

Without a pattern, sections and slugs make the pages (:func:`.record.wanted_page`), which stay.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate, chain, count
from uuid import uuid4

from feedsvc.articles.identity.wanted_address import AddressRules, wanted_address
from feedsvc.articles.model import Article, Problem, ReadArticle
from feedsvc.articles.record import NO_REST, Record, Rest, wanted_page
from feedsvc.core.timestamps import whole_seconds
from feedsvc.core.urls import is_reserved

_UNSETTLED = ""
"""Stands for the pattern of a record that could not have its address."""


class IdAllocator:
    """Makes records whose ids and pages no other article ever had.

    Args:
        authority: A domain name or e-mail address (RFC 4151, section 2.1). None for a site without one: its ids
            are random UUIDs (RFC 9562, section 5.4), which no other site gives.
        ids: The ids in the ledger, and those that headers of new articles declare.
        pages: All pages that ever were, also those of withdrawn articles and the former ones of moved articles.
        rest: The rest of the ledger, whose ids and pages are taken too.
    """

    def __init__(
        self, authority: str | None, ids: Iterable[str], pages: Iterable[str], rest: Rest = NO_REST
    ) -> None:
        self.authority = authority
        self.ids = set(ids)
        self.pages = set(pages)
        self.rest = rest

    def record(self, reading: ReadArticle, now: datetime, published: datetime | None = None) -> Record:
        """A record for a new article.

        Args:
            reading: The article as it was read.
            now: The moment of this round; aware.
            published: When the article appears, if neither header nor file name gives a date. Its id is made
                of the file's time all the same, so that a ledger which is rebuilt gives the same ids.
        """
        article = reading.article
        dated = article.published or min(whole_seconds(reading.committed or reading.modified), whole_seconds(now))
        published = published or dated
        page = self.page(article)
        return Record(
            id=article.id or self._new_id(dated, page),
            article=article,
            stamp=reading.stamp,
            source=reading.source,
            page=page,
            published=published,
            updated=max(article.updated or published, published),
        )

    def _new_id(self, dated: datetime, page: str) -> str:
        if self.authority is None:
            return self.id(uuid4().urn)
        return self.id(f"tag:{self.authority},{dated.date().isoformat()}:{page.removeprefix('/')}")

    def id(self, wanted: str) -> str:
        """``wanted``, or ``wanted-2``, ``-3`` … where other articles have it; from now on the id is given."""
        found = unique(wanted, self.ids, self.rest.ids)
        self.ids.add(found)
        return found

    def page(self, article: Article, own: Container[str] = ()) -> str:
        """The page that an article asks for, or the same with ``-2``, ``-3`` … where other articles have it.

        Args:
            article: Its section and slug say what it asks for.
            own: The pages that the article has and had; it may go back to them.
        """
        wanted = wanted_page(article)
        page = wanted if wanted in own else unique(wanted, self.pages, self.rest.pages)
        self.pages.add(page)
        return page


def unique(wanted: str, *taken: Container[str]) -> str:
    """``wanted``, or ``wanted`` with the first of ``-2``, ``-3`` … that is in none of ``taken``."""
    numbered = (f"{wanted}-{number}" for number in count(2))
    return next(name for name in chain([wanted], numbered) if not any(name in names for names in taken))


@dataclass(frozen=True, slots=True)
class Addressed:
    """The ledger with the addresses of this round."""

    records: Mapping[str, Record]
    problems: tuple[Problem, ...] = ()
    held: frozenset[str] = frozenset()
    """Ids of new records that wait, since their addresses are not free."""


def holders_of_pages(records: Sequence[Record]) -> Mapping[str, str]:
    """By path, the id of the record that has or had its page there; an empty one where a section has."""
    folders = {record.article.section_key or record.article.section for record in records}
    sections = {path: "" for folder in folders for path in _channel_paths(folder)}
    pages = {path: record.id for record in records for path in (*record.former_pages, record.page)}
    return pages | sections


def settle_addresses(
    records: Mapping[str, Record], rules: AddressRules, moved: Container[str], rest: Iterable[Record] = ()
) -> Addressed:
    """Give their addresses to the records that have none by the pattern of this round.

    Args:
        records: The ledger after the files of this round.
        rules: The pattern, and what it is filled from.
        moved: Ids of the records whose authors moved them, or that came back.
        rest: The records of the ledger that are not in ``records``: all of them have their addresses by the
            pattern. They are passed over only where another record has none.
    """
    text = None if rules.pattern is None else rules.pattern.text
    waiting = [each for each in records.values() if each.address_pattern != text or each.id in moved]
    if text is None:
        waiting = [each for each in waiting if each.address_pattern is not None]
    if not waiting:
        return Addressed(records)
    waiting.sort(key=lambda each: (not each.settled, each.published.timestamp(), each.id))
    if text is None:
        return Addressed({**records, **dict(_by_section_and_slug((*records.values(), *rest), waiting))})
    wanted = {each.id: wanted_address(each, rules) for each in waiting if each.present}
    faults = _faults((*records.values(), *rest), waiting, wanted, rules)
    settled = {each.id: _settled(each, text, wanted.get(each.id), fault=faults.get(each.id)) for each in waiting}
    everybody = (*rest, *{**records, **settled}.values()) if faults else ()
    settled.update(_displaced(everybody, [settled[key] for key in faults]))
    problems = (_problem(settled[key], fault) for key, fault in faults.items())
    return Addressed(
        {**records, **settled},
        tuple(sorted(problems, key=lambda problem: problem.path)),
        frozenset(key for key in faults if not settled[key].settled),
    )


def _by_section_and_slug(records: Sequence[Record], waiting: Sequence[Record]) -> Iterator[tuple[str, Record]]:
    """The waiting records with the addresses that they have without a pattern."""
    ids = {record.id for record in waiting}
    others = [record for record in records if record.id not in ids]
    taken = {page for record in others for page in (record.page, *record.former_pages)}
    for record in waiting:
        page = unique(wanted_page(record.article), taken) if record.present else record.page
        taken.add(page)
        yield record.id, _at(replace(record, address_pattern=None), page)


def _faults(
    records: Sequence[Record], waiting: Sequence[Record], wanted: Mapping[str, str], rules: AddressRules
) -> Mapping[str, str]:
    """By id, why a waiting record cannot have the address it wants.

    A public one that cannot stays where it is, and may so be in the way of another; so this goes on until nobody
    else has to stay.
    """
    ids = {record.id for record in waiting}
    claiming = [record for record in waiting if _claims(record)]
    pages = {wanted[record.id] for record in claiming}
    there = {each.page: each for each in records if each.page in pages and each.id not in ids and _claims(each)}
    folders = {each.article.section_key or each.article.section for each in records if _claims(each)}
    own = rules.channels.union(*map(_channel_paths, folders))
    faults: dict[str, str] = {}
    while True:
        holders = there | {each.page: each for each in claiming if each.settled and each.id in faults}
        found: dict[str, str] = {}
        for record in claiming:
            if record.id not in faults:
                fault = _fault(wanted[record.id], record, holders, own, rules)
                if fault is None:
                    holders[wanted[record.id]] = record
                else:
                    found[record.id] = fault
        if not found:
            return faults
        faults |= found


def _fault(
    wanted: str, record: Record, holders: Mapping[str, Record], own: Container[str], rules: AddressRules
) -> str | None:
    holder = holders.get(wanted)
    if holder is not None and holder.id != record.id:
        return f"its address {wanted} is that of {holder.article.path}"
    if wanted.startswith("/") and (is_reserved(wanted) or wanted in own):
        return f"its address {wanted} is the site's own"
    if not wanted.startswith("/") and f"{wanted}/".startswith(f"{rules.base_url}/"):
        return f"its address {wanted} is one of this site, where no articles are"
    return None


def _settled(record: Record, pattern: str, wanted: str | None, fault: str | None) -> Record:
    """The record at the address that it wants; with a fault one that is tried again in the next round."""
    if wanted is None:
        return replace(record, address_pattern=pattern)
    if fault is None:
        return _at(replace(record, address_pattern=pattern), wanted)
    record = replace(record, address_pattern=_UNSETTLED)
    return record if record.settled else replace(record, page=wanted)


def _displaced(records: Sequence[Record], stayed: Sequence[Record]) -> Iterator[tuple[str, Record]]:
    """The articles that cannot stay, since another took their address while they were away; at other ones."""
    held = Counter(each.page for each in records if _claims(each))
    taken = {page for each in records for page in (each.page, *each.former_pages)}
    for record in stayed:
        if record.settled and held[record.page] > 1:
            held[record.page] -= 1
            page = unique(wanted_page(record.article), taken)
            taken.add(page)
            yield record.id, _at(record, page)


def _at(record: Record, page: str) -> Record:
    """The record at a page; the one it had redirects there, if the article was ever public."""
    if not record.settled:
        return replace(record, page=page)
    former = dict.fromkeys((*record.former_pages, record.page))
    return replace(record, page=page, former_pages=tuple(each for each in former if each != page))


def _problem(record: Record, fault: str) -> Problem:
    remedy = "give it another slug or name, or write its own url into the header"
    if record.settled:
        what = f"{fault}, so it stays at {record.page}"
        return Problem(record.article.path, None, what, remedy, "warning", of_site=True)
    return Problem(record.article.path, None, fault, remedy, of_site=True)


def _claims(record: Record) -> bool:
    """Whether no other article may have the address of this one."""
    article = record.article
    return record.present and not article.draft and (record.is_public or not article.is_withheld)


def _channel_paths(section: str) -> Iterator[str]:
    """The pages of the channels of a folder and of those around it."""
    for path in accumulate(section.split("/") if section else (), lambda outer, inner: f"{outer}/{inner}"):
        yield f"/{path}/"
