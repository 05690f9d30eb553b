"""New articles: the id, page and dates that an article gets when the ledger does not know it yet.

An article without a date by header, file name, folder or first commit is as old as its file. But a checkout, an
archive or a copy gives many files one time, or none, and a file without a time seems to be from the first day of
Unix or DOS. By such times old articles would come first in a feed, so files that were written together stand
behind all articles with a date.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from uuid import uuid4

from feedsvc.articles.model import Article, Problem, ReadArticle
from feedsvc.articles.record import NO_REST, Record, Rest, wanted_page
from feedsvc.core.timestamps import whole_seconds

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
