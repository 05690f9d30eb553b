"""Undated articles: when those appear that have no date by header, name, folder or first commit.

Such an article is as old as its file. But a checkout, an archive or a copy gives many files one time, or none, and
a file without a time seems to be of the first day of Unix or of DOS. Nobody meant these times, and by them old
articles would fill the top of a feed.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feedsvc.articles.collection import ReadArticle
from feedsvc.articles.frontmatter.data_files import sidecars
from feedsvc.articles.model import Article, Problem
from feedsvc.articles.record import Record

#  A header that cannot be parsed sets its file aside (:mod:`.parser`). One that has vanished leaves a file which
# looks like any public one; only the ledger knows that it was to stay back. The same holds for a file beside or
# above the article that said so in place of its header (:mod:`.inherited`).

_FIRST_TIME = datetime(1980, 1, 3, tzinfo=UTC)
"""What is earlier is the first day of Unix (1970) or DOS (1980), in any time zone: the file has no time."""
_TOGETHER = timedelta(seconds=1)
"""Files of a copy follow one another as closely, however long all of them take."""
_FEWEST = 3
"""From so many on, files written together look copied to a site that is published for the first time."""
_FEWEST_LATER = 10
"""The same for a site that has published: what is new there was dropped in, a few files at once maybe."""
_YEAR_TWO = datetime(2, 1, 1, tzinfo=UTC)
"""An earlier date is Go's zero time."""


@dataclass(frozen=True, slots=True)
class FirstDates:
    """When undated articles appear."""

    by_path: Mapping[str, datetime]
    warnings: tuple[Problem, ...] = ()
    """One for all that look copied."""


def first_dates(new: Sequence[ReadArticle], settled: Sequence[Record], now: datetime) -> FirstDates:
    """Date what nothing else dates.

    Where many files were written together, they look copied, and stand behind every article that has a date. Any
    other is as old as its file, or new where that has no time.

    Args:
        new: Every article that the ledger does not know yet, drafts included.
        settled: Those that are or were public.
        now: Aware, in whole seconds.
    """
    undated = [reading for reading in new if _is_undated(reading) and not reading.article.is_withheld]
    if not undated:
        return FirstDates({})
    fewest = _FEWEST_LATER if settled else _FEWEST
    copied = [reading for run in _written_together(undated) if len(run) >= fewest for reading in run]
    dates = {
        reading.article.path: reading.modified if reading.modified >= _FIRST_TIME else now for reading in undated
    }
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


def lost_its_header(record: Record, reading: ReadArticle, data: Container[str] = frozenset()) -> bool:
    """Whether what held ``record`` back was its header, and the file it has become has none.

    A header that is still there and says something else is the author's word. So is a file's place: what is a
    draft by its folder goes public when it leaves that folder. ``data`` are the files that are there and speak of
    articles; one that held the article back, and is gone, is a header that was lost.
    """
    before, after = record.article, reading.article
    if after.draft or ((after.headed or not before.headed) and _lost_file(before, after, data) is None):
        return False
    return before.draft or before.unlisted or before.expires is not None or not record.settled


def _lost_file(before: Article, after: Article, data: Container[str]) -> str | None:
    """The file that held the article back and is gone; None if there is none, or the article left its folder."""
    told = {file.rpartition("/")[0] for file in after.held_by}
    beside = set(sidecars(before.path))
    for file in before.held_by:
        folder = file.rpartition("/")[0]
        still_there = file in beside or not folder or after.path.startswith(f"{folder}/")
        if file not in data and still_there and folder not in told:
            return file
    return None


def problem(record: Record, reading: ReadArticle, data: Container[str] = frozenset()) -> Problem:
    """What the operator is told of such a file."""
    article = record.article
    lost = _lost_file(article, reading.article, data)
    by = "its header, and the header" if lost is None else f"{lost}, and that file"
    again = "write the header again, with draft: false to publish it" if lost is None else f"bring {lost} back"
    was = (
        "a draft"
        if article.draft
        else "unlisted"
        if article.unlisted
        else "to wait"
        if not record.settled
        else "to expire"
    )
    return Problem(
        reading.article.path,
        None,
        f"it was {was} by {by} is gone",
        f"{again}; or run feedsvc publish --accept-headers",
        safeguard="headers",
    )
