"""Undated articles: when an article appears that has no date by header, file name, folder or first commit.

Such an article is as old as its file. But a checkout, an archive or a copy gives many files one time, or none, and
a file without a time seems to be from the first day of Unix or DOS. By such times old articles would come first in
a feed, so files that were written together stand behind all articles with a date.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feedsvc.articles.collection import ReadArticle
from feedsvc.articles.model import Problem
from feedsvc.articles.record import Record

_FIRST_TIME = datetime(1980, 1, 3, tzinfo=UTC)
"""An earlier time is the first day of Unix (1970) or DOS (1980), in any time zone: the file has no time."""
_TOGETHER = timedelta(seconds=1)
"""The longest gap between two files of one copy, however long the copy takes."""
_FEWEST = 3
"""So many files written together look copied when a site is published for the first time."""
_FEWEST_LATER = 10
"""The same for a site that has published before: a few new files may well be dropped in at once."""
_YEAR_TWO = datetime(2, 1, 1, tzinfo=UTC)
"""An earlier date is Go's zero time."""


@dataclass(frozen=True, slots=True)
class FirstDates:
    """The dates of undated articles."""

    by_path: Mapping[str, datetime]
    warnings: tuple[Problem, ...] = ()
    """One for all files that look copied."""


def first_dates(new: Sequence[ReadArticle], records: Iterable[Record], now: datetime) -> FirstDates:
    """Give dates to the articles that have none.

    Where many files were written together, they look copied, and stand behind every article with a date. Any other
    article is as old as its file, or new where the file has no time.

    Args:
        new: All articles that the ledger does not know yet, drafts included.
        records: The ledger. It is passed over only where files look copied.
        now: Aware, in whole seconds.
    """
    undated = [reading for reading in new if _is_undated(reading) and not reading.article.is_withheld]
    if not undated:
        return FirstDates({})
    dates = {
        reading.article.path: reading.modified if reading.modified >= _FIRST_TIME else now for reading in undated
    }
    copied: list[ReadArticle] = []
    if runs := [run for run in _written_together(undated) if len(run) >= _FEWEST]:
        settled = [record for record in records if record.settled]
        fewest = _FEWEST_LATER if settled else _FEWEST
        copied = [reading for run in runs if len(run) >= fewest for reading in run]
        oldest = min(_known_dates(new, settled), default=now)
        dates |= {reading.article.path: min(reading.modified, oldest - _TOGETHER) for reading in copied}
    return FirstDates({path: min(date, now) for path, date in dates.items()}, _warnings(copied))


def _is_undated(reading: ReadArticle) -> bool:
    return reading.article.published is None and reading.committed is None


def _written_together(undated: Iterable[ReadArticle]) -> Iterator[list[ReadArticle]]:
    """The files in runs of which each was written right after the one before."""
    run: list[ReadArticle] = []
    for reading in sorted(undated, key=lambda reading: (reading.modified, reading.article.path)):
        if run and reading.modified - run[-1].modified > _TOGETHER:
            yield run
            run = []
        run.append(reading)
    yield run


def _known_dates(new: Iterable[ReadArticle], settled: Iterable[Record]) -> Iterator[datetime]:
    declared = (reading.article.published or reading.committed for reading in new)
    for date in (*declared, *(record.published for record in settled)):
        if date is not None and date >= _YEAR_TWO:
            yield date


def _warnings(copied: Sequence[ReadArticle]) -> tuple[Problem, ...]:
    if not copied:
        return ()
    what = (
        f"{len(copied)} articles have no date, and their files were written together, as by a checkout or a copy"
    )
    remedy = (
        "they stand behind all others; write dates into their headers before they are published, if you know them"
    )
    return (Problem(".", None, what, remedy, "warning"),)
