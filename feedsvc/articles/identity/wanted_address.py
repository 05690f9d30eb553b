"""Addresses that an article asks for: its own, by its header or the operator's pattern, and its former ones."""

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from feedsvc.articles.identity.paths import file_name, name_slug, short_slug
from feedsvc.articles.markup.plain_words import one_line
from feedsvc.articles.model import Article
from feedsvc.articles.problems import Notes
from feedsvc.articles.record import Record, wanted_page
from feedsvc.core.address_pattern import AddressPattern, read_pattern

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
    declared = (_read(text, record, rules) for text in record.article.declared_addresses)
    return next(filter(None, declared), None) or _filled(pattern, record, rules)


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


def alias_paths(written: Iterable[str], folder: str, base_url: str, notes: Notes) -> tuple[str, ...]:
    """The former paths of the article, each with a leading slash and none at the end, decoded, in order.

    Args:
        written: The aliases as the header writes them: paths, which without a leading slash are relative to the
            folder (Hugo), or whole URLs of this site.
        folder: The folder of the article, without outer slashes.
        base_url: Of this site, without a trailing slash.
        notes: Takes a warning for each that is no address of this site.
    """
    found: dict[str, None] = {}
    for alias in written:
        path = _alias_path(alias, folder, base_url)
        if path is None:
            what = f'the alias "{alias[:80]}" is no address of this site'
            notes.warn(None, what, f"write its path, or begin it with {base_url}/")
        else:
            found[path] = None
    return tuple(found)


def _alias_path(alias: str, folder: str, base_url: str) -> str | None:
    try:
        parts, own = urlsplit(alias), urlsplit(base_url)
    except ValueError:
        return None
    if parts.netloc and parts.netloc.lower() != own.netloc.lower():
        return None
    if parts.scheme not in {"", "http", "https"}:
        return None
    path = unquote(parts.path)
    if parts.netloc:
        path = path.removeprefix(own.path) or "/"
    elif not path:
        return None
    joined = one_line(posixpath.normpath(posixpath.join("/", folder, path)))
    return f"/{joined.lstrip('/')}"
