"""What adopting makes of the ledger."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import unquote, urlsplit

from feedsvc.adopt.match import Match
from feedsvc.articles.record import Record

State = Literal["adopt", "same", "published", "taken"]
"""The article gets the entry's id and date; it has them; it keeps the id that feedsvc itself has published;
another article has that id."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What becomes of one article."""

    match: Match
    state: State
    record: Record
    """As it is to be from now on."""


def adopt(
    matches: Iterable[Match], ids: Container[str], base_url: str, *, published_too: bool
) -> tuple[Adopted, ...]:
    """Say what becomes of each article that was matched.

    Args:
        matches: Entries with their articles.
        ids: All ids of the ledger.
        base_url: Of this site; an old address below it will lead to the article's page.
        published_too: Whether an article may change its id that feedsvc has published already.
    """
    return tuple(_adopted(match, ids, base_url, published_too=published_too) for match in matches)


def _adopted(match: Match, ids: Container[str], base_url: str, *, published_too: bool) -> Adopted:
    record = _settled(match, base_url)
    if record == match.record:
        return Adopted(match, "same", record)
    if match.record.id != match.past.id:
        if match.past.id in ids:
            return Adopted(match, "taken", match.record)
        if match.record.changed and not published_too:
            return Adopted(match, "published", match.record)
    return Adopted(match, "adopt", record)


def _settled(match: Match, base_url: str) -> Record:
    """The record with the id, the dates and the address under which subscribers know it."""
    past, record = match.past, match.record
    former = _own_path(past.link, base_url)
    if former is not None and former not in {record.page, *record.former}:
        record = replace(record, former=(*record.former, former))
    if record.settled and record.id == past.id:
        return record  # its dates are settled too
    published = past.published or record.published
    updated = max(past.updated or published, published)
    return replace(record, id=past.id, published=published, updated=updated, settled=True)


def _own_path(link: str, base_url: str) -> str | None:
    """The path of an old address on this site; None for one of another site, and where a query names it."""
    parts, own = urlsplit(link), urlsplit(base_url)
    if parts.hostname != own.hostname or parts.query or not parts.path.startswith(own.path):
        return None
    path = unquote(parts.path.removeprefix(own.path)).rstrip("/")
    return path if path.startswith("/") else None
