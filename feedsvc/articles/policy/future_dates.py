"""Future dates: no time that goes out is later than now.

A clock that was ahead, or a header with a typing error, may have put dates into the ledger that are still to come.
They would stay the newest for ever: of the article, of its channels, of the site. The next round mends them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from feedsvc.articles.model import Article, Problem
from feedsvc.articles.record import Record

EARLIEST_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that shows an earlier time than feedsvc is old has not been set since the machine was started. By such a
clock every article would seem to be still to come, so it mends no date."""


def without_future_dates(record: Record, now: datetime) -> Record:
    """The record with no date after ``now``; the very same object where there was none.

    A date of publication goes back to the one that its header or name gives, if that is not to come itself. A date
    of update that its header gave is left out. Anything else happened at the latest now.

    Args:
        record: Of an article that is or was public.
        now: Aware, in whole seconds.
    """
    if not _has_future_date(record, now) or now < EARLIEST_CLOCK:
        return record
    published = record.published if record.published <= now else _not_to_come(record.article.published, now)
    return replace(
        record,
        published=published,
        updated=record.updated if record.updated <= now else _updated(record, published, now),
        changed=None if record.changed is None else min(record.changed, now),
        withdrawn=None if record.withdrawn is None else min(record.withdrawn, now),
        passages=tuple(replace(passage, when=min(passage.when, now)) for passage in record.passages),
        article=_expired(record, now),
    )


def future_updates(records: Iterable[Record], now: datetime) -> Iterator[Problem]:
    """A warning for each article whose header says that it was updated at a time still to come.

    Args:
        records: The ledger.
        now: Aware.
    """
    for record in records:
        updated = record.article.updated
        if updated is None or updated <= max(now, record.published):
            continue
        if record.present and not record.article.draft:
            yield _warning(record.article, updated)


def _warning(article: Article, updated: datetime) -> Problem:
    what = f"it says that it was updated on {updated:%Y-%m-%d}, which is still to come, and that is passed over"
    remedy = "write when it was updated, or take the line out"
    return Problem(article.path, article.updated_line, what, remedy, "warning", of_site=True)


def _has_future_date(record: Record, now: datetime) -> bool:
    """Whether any is after ``now``; an article is never updated before it was published."""
    return (
        record.updated > now
        or (record.changed is not None and record.changed > now)
        or (record.withdrawn is not None and record.withdrawn > now)
        or any(passage.when > now for passage in record.passages)
    )


def _not_to_come(declared: datetime | None, now: datetime) -> datetime:
    return declared if declared is not None and declared <= now else now


def _updated(record: Record, published: datetime, now: datetime) -> datetime:
    """As it was published, if only its header says that it was updated; else it was, at the latest now."""
    declared = record.article.updated
    return published if declared is not None and declared >= record.updated else now


def _expired(record: Record, now: datetime) -> Article:
    """The article, which expires at the latest now if a clock that was ahead let it expire.

    What has gone by the clock stays gone, until its file says something else.
    """
    article, expires = record.article, record.article.expires
    if expires is None or record.withdrawn is None or not now < expires <= record.withdrawn:
        return article
    return replace(article, expires=now)
