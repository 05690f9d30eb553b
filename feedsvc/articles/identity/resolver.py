"""Identity: which record of the ledger each file continues, and so the id, page and dates of its article.

A file continues a record, in this order: by the id it declares; by path and content; by content, where the
record's own file is gone or has other content now (renamed, swapped, restored); by path (edited); by similar text,
where the record's own file has just gone (renamed and edited, see :mod:`.matching`). Two declared ids that differ
are two articles, unless nothing else differs. A file that continues no record is a new article.

Only settled records are continued. One that was never public is made anew when its file is read, and forgotten
when the file goes. A file that could not be read keeps its record as it is.

An article without a date by header, file name, folder or first commit is as old as its file. But a checkout, an
archive or a copy gives many files one time, or none, and a file without a time seems to be from the first day of
Unix or DOS. By such times old articles would come first in a feed, so files that were written together stand
behind all articles with a date.

Pure: no clock, no disk, and the same input gives the same output, in the same order. Whether an article is public
is decided afterwards, in :mod:`feedsvc.articles.record`.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from feedsvc.articles.collector import Collection
from feedsvc.articles.identity.addresses import IdAllocator, settle_addresses
from feedsvc.articles.identity.matching import Body, Matching
from feedsvc.articles.identity.paths import merged_folder
from feedsvc.articles.identity.wanted_address import SECTION_AND_SLUG, AddressRules
from feedsvc.articles.model import Problem, ReadArticle
from feedsvc.articles.record import NO_REST, Record, Rest, wanted_page
from feedsvc.articles.safeguards import NO_OVERRIDES, Overrides, lost_header_problem, lost_its_header
from feedsvc.articles.source.listing import split
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


@dataclass(frozen=True, slots=True)
class Identities:
    """The ledger after the files of this round."""

    records: Mapping[str, Record]
    """All of them by id, in the order of the ids."""
    problems: tuple[Problem, ...]
    """One for each file that was set aside here, and a warning for files that look copied; sorted by path."""
    held: frozenset[str]
    """Ids of the records whose files are there, and were set aside."""


def identify(  # noqa: PLR0913 - the ledger, the files, and what both are judged by
    records: Mapping[str, Record],
    collection: Collection,
    authority: str | None,
    now: datetime,
    body: Body,
    *,
    overrides: Overrides = NO_OVERRIDES,
    addresses: AddressRules = SECTION_AND_SLUG,
    rest: Rest = NO_REST,
) -> Identities:
    """Bring the ledger up to date with the files (see the module).

    Args:
        records: The ledger, by id, or only the records that the collection concerns.
        collection: The articles that were read, and what became of the other files.
        authority: In whose name ids are made: a domain name or e-mail address (RFC 4151, section 2.1); None for
            random ids.
        now: The moment of this round; aware.
        body: Gives the bodies of records and articles.
        overrides: What the operator allows this once, such as an article that lost the header which hid it.
        addresses: The pattern of the addresses of articles.
        rest: The records that stay as they are, since nothing in the collection concerns them.

    Returns:
        What has become of ``records``; the rest is not in it.
    """
    now = whole_seconds(now)
    collection = _with_known_channels(chain(records.values(), rest.records), collection)
    matching = Matching(records.values(), collection)
    problems = [*_match(matching, body, now)]
    if not overrides.headers:
        problems += _hold_headerless(matching, collection.data)
    allocator = _allocator(authority, matching, rest)
    kept = _kept(matching, allocator)
    dates, warnings = _first_dates(matching.new(), chain(records.values(), rest.records), now)
    ledger = [
        *(
            replace(record, stamp=stamp) if (stamp := collection.touched.get(record.article.path)) else record
            for record in kept
        ),
        *(_continued(record, reading, allocator, now) for record, reading in matching.continued()),
        *(replace(record, present=False) if record.present else record for record in matching.free.values()),
        *(allocator.record(reading, now, dates.get(reading.article.path)) for reading in matching.new()),
    ]
    unread = collection.unread
    moved = frozenset(record.id for record, reading in matching.continued() if _is_moved(record, reading))
    addressed = settle_addresses(
        {record.id: record for record in sorted(ledger, key=lambda record: record.id)},
        addresses,
        moved,
        rest.records,
    )
    return Identities(
        addressed.records,
        tuple(sorted((*problems, *warnings, *addressed.problems), key=lambda problem: problem.path)),
        frozenset(record.id for record in kept if record.article.path not in unread) | addressed.held,
    )


def _with_known_channels(records: Iterable[Record], collection: Collection) -> Collection:
    """The collection, with articles left in the channel that their folder shared with others before."""
    if not any(reading.article.section_key for reading in collection.readings):
        return collection
    old = (record.article for record in records if record.settled and record.article.section_key is None)
    shared = {merged_folder(article.path) for article in old} - {None}
    return replace(
        collection,
        readings=tuple(
            replace(reading, article=replace(reading.article, section_key=None))
            if merged_folder(reading.article.path) in shared
            else reading
            for reading in collection.readings
        ),
    )


def _match(matching: Matching, body: Body, now: datetime) -> tuple[Problem, ...]:
    """Find out which file continues which record; a problem for each file that declares the id of another."""
    problems = matching.by_declared_id()
    matching.by(lambda article: (article.path, article.meaning), contradicting=True)
    matching.by(lambda article: article.meaning)
    matching.by(lambda article: article.path)
    matching.drafts_by_path()
    matching.by_similarity(body, now)
    return problems


def _hold_headerless(matching: Matching, data: Container[str]) -> list[Problem]:
    """Keep the records whose articles lost the header that hid them as they were; a problem for each."""
    lost = [
        (record, reading) for record, reading in matching.matched if lost_its_header(record, reading.article, data)
    ]
    for record, reading in lost:
        matching.undo(record, reading)
    return [lost_header_problem(record, reading.article, data) for record, reading in lost]


def _allocator(authority: str | None, matching: Matching, rest: Rest) -> IdAllocator:
    """An allocator that knows the ids and pages of all lasting records, and the ids that new files declare."""
    lasting = [*matching.kept.values(), *matching.free.values(), *(record for record, _ in matching.continued())]
    declared = [reading.article.id for reading in matching.new() if reading.article.id]
    ids = [*declared, *(record.id for record in lasting)]
    return IdAllocator(
        authority, ids, [page for record in lasting for page in (record.page, *record.former_pages)], rest
    )


def _kept(matching: Matching, allocator: IdAllocator) -> list[Record]:
    """The records that stay; a draft whose id another file declares now gets another id."""
    declared = {reading.article.id for reading in matching.new()}
    return [
        replace(record, id=allocator.id(record.id)) if record.id in declared else record
        for record in matching.kept.values()
    ]


def _continued(record: Record, reading: ReadArticle, allocator: IdAllocator, now: datetime) -> Record:
    """The record with the article as it was read now; its id and first date stay for ever."""
    before, after = record.article, reading.article
    if after.original and after.path == before.path and after.section != before.section:
        record, reading = _unmoved(record, reading, allocator)
    page = (
        allocator.page(reading.article, own=(record.page, *record.former_pages))
        if _is_moved(record, reading) and record.address_pattern is None
        else record.page
    )
    pages = dict.fromkeys((*record.former_pages, record.page))
    return replace(
        record,
        article=reading.article,
        stamp=reading.stamp,
        source=reading.source,
        page=page,
        former_pages=tuple(each for each in pages if each != page),
        updated=_updated(record, reading, now),
        present=True,
    )


def _unmoved(record: Record, reading: ReadArticle, allocator: IdAllocator) -> tuple[Record, ReadArticle]:
    """The record and the article, where only the rules of feedsvc moved the article to another section.

    The article keeps its page and channels, and the page that the new rules give it redirects there.
    """
    named = allocator.page(reading.article)
    former = record.former_pages if named != wanted_page(reading.article) else (named, *record.former_pages)
    article = replace(reading.article, section=record.article.section)
    return replace(record, former_pages=former), replace(reading, article=article)


def _is_moved(record: Record, reading: ReadArticle) -> bool:
    """Whether the author moved the article, to another folder or by its header; not by its file name.

    An article that has come back is moved, too: another may have its address by now.
    """
    before, after = record.article, reading.article
    is_renamed = after.placed and after.slug != before.slug
    is_given = record.address_pattern is not None and (
        after.declared_addresses != before.declared_addresses or not record.present or before.is_withheld
    )
    return after.section != before.section or is_renamed or is_given


def _updated(record: Record, reading: ReadArticle, now: datetime) -> datetime:
    """The header's date where it is new and has come; else now, where an edit changed what readers see."""
    declared = reading.article.updated
    if declared is not None and declared != record.article.updated and declared <= now:
        return max(declared, record.published)
    if reading.article.meaning != record.article.meaning and _was_touched(record, reading):
        return max(now, record.updated)  # also when the clock was set back
    return record.updated


def _was_touched(record: Record, reading: ReadArticle) -> bool:
    """Whether the file has changed since it was last read.

    A new version of feedsvc, or other settings, may read the same file otherwise. That is no edit by the author,
    and must not show subscribers every article of the site as updated.
    """
    (rules_before, before), (rules, now) = (
        (each.stamp.partition(" ")[0], each.stamp) for each in (record, reading)
    )
    if rules == rules_before:
        return True
    was, path = record.article.path, reading.article.path
    seen = dict(split(before, was)[1]).get(was)
    return seen is None or seen != dict(split(now, path)[1]).get(path)


def _first_dates(
    new: Sequence[ReadArticle], records: Iterable[Record], now: datetime
) -> tuple[Mapping[str, datetime], tuple[Problem, ...]]:
    """Give dates to the articles that have none, by path; with a warning for all files that look copied.

    Where many files were written together, they look copied, and stand behind every article with a date. Any other
    article is as old as its file, or new where the file has no time.

    Args:
        new: All articles that the ledger does not know yet, drafts included.
        records: The ledger. It is passed over only where files look copied.
        now: Aware, in whole seconds.
    """
    undated = [reading for reading in new if _is_undated(reading) and not reading.article.is_withheld]
    dates = {each.article.path: each.modified if each.modified >= _FIRST_TIME else now for each in undated}
    warnings: tuple[Problem, ...] = ()
    if runs := [run for run in _written_together(undated) if len(run) >= _FEWEST]:
        settled = [record for record in records if record.settled]
        fewest = _FEWEST_LATER if settled else _FEWEST
        copied = [reading for run in runs if len(run) >= fewest for reading in run]
        oldest = min(_known_dates(new, settled), default=now)
        dates |= {reading.article.path: min(reading.modified, oldest - _TOGETHER) for reading in copied}
        if copied:
            warnings = (_copied_warning(len(copied)),)
    return {path: min(date, now) for path, date in dates.items()}, warnings


def _copied_warning(number: int) -> Problem:
    what = f"{number} articles have no date, and their files were written together, as by a checkout or a copy"
    remedy = "they stand behind all others; write dates into their headers before they are published, if you know"
    return Problem(".", None, what, f"{remedy} them", "warning")


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
