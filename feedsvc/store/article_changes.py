"""Changes of the articles in the feeds, by edition, for webhooks and caches.

One row an article says in which editions it was last listed, changed and removed. So what changed since any
edition is a query, and nothing has to be kept for those who were not told yet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, RowMapping, select

from feedsvc.store.schema import article_changes, records
from feedsvc.store.staging import Session

Event = Literal["published", "updated", "removed"]

_PORTION = 200
"""How many articles are compared at a time."""
_COLUMN: Mapping[Event, str] = {"published": "listed", "updated": "changed", "removed": "removed"}
_SHOWN = (
    records.c.page,
    records.c.published,
    records.c.updated,
    records.c.body,
    records.c.markdown,
    records.c.article,
)
"""The columns that decide what the feeds show of an article that is listed."""
_LISTED = select(records.c.id).where(records.c.listed)


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """The change of one article since some edition."""

    record_id: str
    event: Event
    page: str
    """The URL path of its page."""
    edition: int
    """The newest edition in which anything happened to it."""


def note_article_changes(session: Session, staged: Session, ids: Iterable[str], edition: int) -> None:
    """Note which articles an edition lists anew, changes or removes; called before their records are written.

    Args:
        session: The store.
        staged: The staging database of the round, with the new records.
        ids: The articles whose records the round saved or forgot.
        edition: The number of the edition.
    """
    batch = session.upsert(article_changes, replace=True)
    ordered = sorted(ids)
    for begin in range(0, len(ordered), _PORTION):
        portion = ordered[begin : begin + _PORTION]
        before = _shown(session, portion)
        after = _shown(staged, sorted(before))  # a first round need not compare anything
        listed = frozenset(map(str, staged.run(_LISTED.where(records.c.id.in_(portion))).scalars()))
        noted = select(article_changes).where(article_changes.c.record_id.in_(portion))
        known = {row["record_id"]: dict(row) for row in session.run(noted).mappings()}
        for key in portion:
            event = _event(before.get(key), after.get(key), is_listed=key in listed)
            if event is not None:
                row = known.get(key, {"record_id": key, "listed": 0, "changed": 0, "removed": 0})
                batch.add({**row, _COLUMN[event]: edition, "edition": edition})
    batch.flush()


def article_changes_since(connection: Connection, edition: int) -> Iterator[ArticleChange]:
    """The change of each article after the edition of that number, the oldest change first.

    An article that left the feeds is ``removed``, whatever happened to it before; one that is new or came back is
    ``published``.
    """
    found = connection.execute(
        select(
            article_changes.c.edition,
            article_changes.c.record_id,
            article_changes.c.listed,
            records.c.page,
            records.c.listed.label("is_listed"),
        )
        .join(records, records.c.id == article_changes.c.record_id)
        .where(article_changes.c.edition > edition)
    )
    for last, record_id, listed, page, is_listed in sorted(tuple(row) for row in found):
        event: Event = "removed" if not is_listed else "published" if listed > edition else "updated"
        yield ArticleChange(record_id, event, page, last)


def _shown(session: Session, ids: Sequence[str]) -> dict[str, RowMapping]:
    """The entries of those articles that are listed, as the feeds show them."""
    found = _LISTED.add_columns(*_SHOWN).where(records.c.id.in_(ids))
    return {row["id"]: row for row in session.run(found).mappings()}


def _event(before: RowMapping | None, after: RowMapping | None, *, is_listed: bool) -> Event | None:
    if not is_listed:
        return None if before is None else "removed"
    if before is None:
        return "published"
    return None if before == after else "updated"
