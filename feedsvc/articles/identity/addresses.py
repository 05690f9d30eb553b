"""The addresses of articles where the operator has set a pattern for them: which page each article has.

A published article keeps its page until the pattern changes or its author moves it; the pages it had redirect.
Where two articles ask for one address, the one that has it keeps it, else the older one gets it. The other is a
problem: one that is public stays where it is, one that is new waits.

Without a pattern, sections and slugs make the pages (:func:`.record.wanted_page`), and nothing here changes them.
"""

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from feedsvc.articles.identity.id_allocator import unique
from feedsvc.articles.identity.paths import file_name, name_slug, short_slug
from feedsvc.articles.model import Article, Problem
from feedsvc.articles.record import Record, wanted_page
from feedsvc.core.address_pattern import AddressPattern, read_pattern
from feedsvc.core.reserved_paths import is_reserved

_UTC = ZoneInfo("UTC")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Not the locale's: addresses are the same on every machine."""
_NO_NAME = re.compile(r"[\s/\\?#%:*\"<>|\x00-\x1f\x7f]+")
"""What stands for a dash in a file's name; a URL may hold the rest as it is written."""
_POST_NUMBER = re.compile(r"[?&](?:p|page_id)=([0-9]+)\Z")
"""The id of a post in WordPress's guid."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}")
_SLASHES = re.compile(r"/{2,}")
_UNSETTLED = ""
"""Stands for the pattern of a record that could not have its address."""


@dataclass(frozen=True, slots=True)
class AddressRules:
    """The rules for addresses, as plain values."""

    pattern: AddressPattern | None = None
    """None where sections and slugs make the addresses."""
    base_url: str = ""
    """Of the site: absolute, without a trailing slash."""
    zone: ZoneInfo = _UTC
    """By whose clock an article's year, month and day are counted."""
    language: str = "en"
    """Of articles that name none; they have no ``{language}`` in their addresses."""
    channels: frozenset[str] = frozenset()
    """The pages of the operator's channels, with outer slashes."""


SECTION_AND_SLUG = AddressRules()
"""The pattern of addresses if the operator has set none."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """The ledger with the addresses of this round."""

    records: Mapping[str, Record]
    problems: tuple[Problem, ...] = ()
    held: frozenset[str] = frozenset()
    """Ids of new records that wait, since their addresses are not free."""


class _Source(NamedTuple):
    """The source of the values of placeholders."""

    article: Article
    record_id: str
    published: datetime
    """By the clock of the site."""
    rules: AddressRules


def wanted_address(record: Record, rules: AddressRules) -> str:
    """The address that the pattern, or the article's header, gives a record.

    Returns:
        A path, decoded, with a leading slash; or a whole URL, where the articles live on another site.
    """
    pattern = rules.pattern
    if pattern is None:
        return wanted_page(record.article)
    declared = _declared(record, rules)
    return declared or _filled(pattern, record, rules)


def _declared(record: Record, rules: AddressRules) -> str | None:
    """The first address of the header that can be the article's."""
    return next(filter(None, (_read(text, record, rules) for text in record.article.declared_addresses)), None)


def _read(text: str, record: Record, rules: AddressRules) -> str | None:
    """What an address in a header means: a path, a pattern of its own, or a URL of the site of the articles."""
    is_absolute = rules.pattern is not None and rules.pattern.is_absolute
    try:
        parts = urlsplit(text)
        if not parts.scheme and (":" in text or "{" in text):
            return _filled(read_pattern(text), record, rules)
    except ValueError:
        return None
    if not parts.scheme:
        path = _tidy(unquote(text))
        return _elsewhere(rules, path) if is_absolute else path
    if is_absolute:
        return text
    own = f"{text}/".startswith(f"{rules.base_url}/")
    return _tidy(unquote(text.removeprefix(rules.base_url)) or "/") if own else None


def _elsewhere(rules: AddressRules, path: str) -> str:
    parts = urlsplit(rules.pattern.text if rules.pattern else "")
    return f"{parts.scheme}://{parts.netloc}{quote(path)}"


def _tidy(path: str) -> str:
    """A path from the top, without dots, control characters and empty segments; a slash at its end stays."""
    plain = "".join(character for character in path if character.isprintable())
    tidy = posixpath.normpath(f"/{plain.lstrip('/')}")
    return f"{tidy}/" if plain.endswith("/") and tidy != "/" else tidy


def placeholder_values(record: Record, rules: AddressRules) -> Mapping[str, str]:
    """The value of each placeholder in the address of a record."""
    source = _Source(record.article, record.id, _local(record.published, rules.zone), rules)
    return {name: value(source) for name, value in _VALUES.items()}


def holders_of_pages(records: Sequence[Record]) -> Mapping[str, str]:
    """By path, the id of the record that has or had its page there; an empty one where a section has."""
    folders = {record.article.section_key or record.article.section for record in records}
    sections = {path: "" for folder in folders for path in _channel_paths(folder)}
    pages = {path: record.id for record in records for path in (*record.former_pages, record.page)}
    return pages | sections


def filled(pattern: AddressPattern, record: Record, rules: AddressRules) -> str:
    """The address that a pattern gives a record, whatever its header says."""
    return _filled(pattern, record, replace(rules, pattern=pattern))


def _filled(pattern: AddressPattern, record: Record, rules: AddressRules) -> str:
    source = _Source(record.article, record.id, _local(record.published, rules.zone), rules)
    values = {name: _VALUES[name](source) for name in pattern.placeholders}
    if not pattern.is_absolute:
        return _SLASHES.sub("/", "".join(literal + values.get(name, "") for literal, name in pattern.parts))
    filled = "".join(literal + quote(values.get(name, "")) for literal, name in pattern.parts)
    scheme, mark, rest = filled.partition("://")
    return scheme + mark + _SLASHES.sub("/", rest)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # the first and the last day that a calendar has
        return moment


def _name(source: _Source) -> str:
    """The file's name as it is written, without date and suffix; a slug of the header counts before it."""
    if source.article.placed:
        return source.article.slug
    found = file_name(source.article.path)
    name = found.name if _names_language(source) else found.whole
    return _NO_NAME.sub("-", normalize("NFC", name)).strip("-") or source.article.slug


def _slug(source: _Source) -> str:
    if source.article.placed or not _names_language(source):
        return source.article.slug
    return short_slug(file_name(source.article.path).name) or source.article.slug


def _title(source: _Source) -> str:
    return source.article.slug if source.article.placed else short_slug(source.article.title) or _slug(source)


def _name_or_title(source: _Source) -> str:
    """What ``:title`` means: in Jekyll, whose posts have names with dates, the name; in Hugo the title."""
    return _name(source) if file_name(source.article.path).is_dated else _title(source)


def _names_language(source: _Source) -> bool:
    """Whether the language stands in the address by itself, so that a name does without it."""
    pattern = source.rules.pattern
    return pattern is not None and "language" in pattern.placeholders


def _language(source: _Source) -> str:
    language = source.article.language or ""
    return "" if language.lower() == source.rules.language.lower() else language.lower()


def _id(source: _Source) -> str:
    """The id where it can stand in a path, the number in an id of WordPress, else a digest of the id."""
    if number := _POST_NUMBER.search(source.record_id):
        return number[1]
    if _PLAIN_ID.fullmatch(source.record_id):
        return source.record_id
    return hashlib.sha256(source.record_id.encode()).hexdigest()[:8]


def _categories(source: _Source) -> str:
    """The categories of the header, else the folders; each as a part of a path."""
    return "/".join(filter(None, map(_plain, source.article.categories))) or source.article.section


def _category(source: _Source) -> str:
    first = next(filter(None, map(_plain, source.article.categories)), "")
    return first or source.article.section.partition("/")[0] or "uncategorized"


def _plain(name: str) -> str:
    """A name in small letters of any script and digits, with dashes between."""
    return re.sub(r"[^\w]+|_+", "-", normalize("NFC", name).lower()).strip("-")


def _author(source: _Source) -> str:
    return next((name_slug(author.name) for author in source.article.authors), "")


def _number(name: str, width: int) -> Callable[[_Source], str]:
    return lambda source: f"{getattr(source.published, name):0{width}}"


_VALUES: Mapping[str, Callable[[_Source], str]] = MappingProxyType(
    {
        "section": lambda source: source.article.section,
        "top_section": lambda source: source.article.section.partition("/")[0],
        "slug": _slug,
        "name": _name,
        "lower_name": lambda source: _name(source).lower(),
        "title": _title,
        "name_or_title": _name_or_title,
        "id": _id,
        "year": _number("year", 4),
        "month": _number("month", 2),
        "day": _number("day", 2),
        "hour": _number("hour", 2),
        "minute": _number("minute", 2),
        "second": _number("second", 2),
        "short_year": lambda source: f"{source.published.year % 100:02}",
        "short_month": _number("month", 1),
        "short_day": _number("day", 1),
        "year_day": lambda source: f"{source.published.timetuple().tm_yday:03}",
        "month_name": lambda source: _MONTHS[source.published.month - 1],
        "month_abbreviation": lambda source: _MONTHS[source.published.month - 1][:3],
        "week_year": lambda source: f"{source.published.isocalendar().year:04}",
        "week": lambda source: f"{source.published.isocalendar().week:02}",
        "week_day": lambda source: f"{source.published.isoweekday()}",
        "categories": _categories,
        "category": _category,
        "author": _author,
        "language": _language,
    }
)


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
    waiting.sort(key=_older_first)
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


def _older_first(record: Record) -> tuple[bool, float, str]:
    return not record.settled, record.published.timestamp(), record.id


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
