"""The suggestion of an ``article_url``: the pattern of addresses that fits the old addresses of most articles."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import unquote, urlsplit

from feedsvc.articles.identity.wanted_address import AddressRules, filled, placeholder_values
from feedsvc.articles.record import Record
from feedsvc.core.address_pattern import AddressPattern, read_pattern
from feedsvc.operations.adopt.parse import OldEntry

_NAMES = (
    *("year", "month", "day", "section", "slug", "name", "title", "id", "categories", "category", "lower_name"),
    *("short_month", "short_day", "month_name", "month_abbreviation", "author", "language", "hour", "minute"),
)
"""Placeholders that may stand in a suggestion, the plainest first."""
_EDGE = re.compile(r"[/.?=-]|\Z")
_MOST_READINGS = 40
"""So many patterns are made of one address."""
_SAMPLE = 200
"""Patterns are made of so many addresses, and tried with all."""
_TRIED = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pattern, and how many of the old addresses it gives."""

    pattern: str
    fits: int
    of: int


def old_address(link: str, rules: AddressRules) -> str | None:
    """Where an entry's article was: its path below the base URL, or a URL where the articles are on another site.

    None for an address that cannot be the article's here: of another site, or one that a query names.
    """
    try:
        parts, own = urlsplit(link), urlsplit(rules.base_url)
    except ValueError:
        return None
    if rules.pattern is not None and rules.pattern.is_absolute:
        return link if parts.scheme in {"http", "https"} and parts.hostname else None
    if parts.hostname != own.hostname or parts.query or not f"{parts.path}/".startswith(f"{own.path}/"):
        return None
    path = unquote(parts.path[len(own.path) :])
    return path if path.startswith("/") and path.isprintable() else None


def suggest(adopted: Iterable[tuple[OldEntry, Record]], rules: AddressRules) -> Suggestion | None:
    """The pattern that gives most of the old addresses, if more than half and more than the one that is set.

    Args:
        adopted: The entries of the old feed with the records of their articles, as adopted.
        rules: The pattern that is set, if one is, and what patterns are filled from.
    """
    relative = replace(rules, pattern=None) if rules.pattern and not rules.pattern.is_absolute else rules
    known = [(old_address(entry.link, relative), record) for entry, record in adopted]
    there = [(path, record) for path, record in known if path is not None]
    made = Counter(
        text for path, record in there[:_SAMPLE] for text in islice(_patterns(path, record, rules), _MOST_READINGS)
    )
    tried = list(filter(None, map(_read, _plainest_first(made))))
    best = max(((_fits(pattern, there, rules), -place) for place, pattern in enumerate(tried)), default=(0, 0))
    current = _fits(rules.pattern, there, rules) if rules.pattern else 0
    if best[0] <= current or 2 * best[0] <= len(there):
        return None
    return Suggestion(tried[-best[1]].text, best[0], len(there))


def _plainest_first(made: Counter[str]) -> Sequence[str]:
    """The patterns that were made of most addresses; of those made as often the plainest first."""
    order = {text: number for number, text in enumerate(made)}
    return sorted(made, key=lambda text: (-made[text], order[text]))[:_TRIED]


def _patterns(path: str, record: Record, rules: AddressRules) -> Iterator[str]:
    values = placeholder_values(record, rules)
    origin, path = _split(path)
    yield from (origin + text for text in _readings(path, {name: values[name] for name in _NAMES if values[name]}))


def _split(address: str) -> tuple[str, str]:
    """The part of an address that no placeholder stands for, and the rest."""
    if address.startswith("/"):
        return "/", address[1:]
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}/"
    return origin, unquote(address[len(origin) :])


def _readings(path: str, values: Mapping[str, str]) -> Iterator[str]:
    """Each way to read a path as placeholders and words, the one with the plainest placeholders first."""
    if not path:
        yield ""
        return
    for name, value in values.items():
        if path.startswith(value) and _EDGE.match(path, len(value)):
            rest = {other: each for other, each in values.items() if other != name}
            yield from (f"{{{name}}}{text}" for text in _readings(path[len(value) :], rest))
    end = _EDGE.search(path)
    length = max(end.end() if end else len(path), 1)
    yield from (path[:length] + text for text in _readings(path[length:], values))


def _read(text: str) -> AddressPattern | None:
    try:
        return read_pattern(text)
    except ValueError:
        return None


def _fits(pattern: AddressPattern, known: Sequence[tuple[str, Record]], rules: AddressRules) -> int:
    return sum(filled(pattern, record, rules) == path for path, record in known)
