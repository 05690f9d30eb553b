"""Identity: which article of the ledger each file is, and what its id, page and dates are from now on.

Pure: no clock, no disk, and the same input gives the same output, in the same order. Whether an article is
public is decided afterwards, in :mod:`feedsvc.articles.policy.publication`.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.articles.collector import Collection, ReadArticle
from feedsvc.articles.identity.id_allocator import IdAllocator, wanted_page, whole_seconds
from feedsvc.articles.identity.matching import Body, Matching
from feedsvc.articles.identity.paths import merged_folder
from feedsvc.articles.model import Problem
from feedsvc.articles.policy import returning
from feedsvc.articles.policy.refusals import NO_OVERRIDES, Overrides
from feedsvc.articles.policy.returning import first_dates
from feedsvc.articles.record import Record
from feedsvc.articles.source.fingerprint import split


@dataclass(frozen=True, slots=True)
class Identities:
    """The ledger as the files have it now."""

    records: Mapping[str, Record]
    """All of them by id, in the order of the ids."""
    problems: tuple[Problem, ...]
    """For each file that was set aside here, and a warning for all that look copied; sorted by path."""
    held: frozenset[str]
    """Ids of the records whose files are there, and cannot be understood or taken as they are."""


def identify(  # noqa: PLR0913 - the ledger, the files, and what both are judged by
    records: Mapping[str, Record],
    gathering: Collection,
    authority: str,
    now: datetime,
    body: Body,
    *,
    consent: Overrides = NO_OVERRIDES,
) -> Identities:
    """Bring the ledger up to date with the files.

    A file continues a record, in this order: by the id it declares; by path and meaning; by meaning, where the
    record's own file is gone or says something else now (renamed, swapped, restored); by path (edited); by
    likeness, where the record's own file has just gone (renamed and edited, see
    :mod:`.similarity`). Two declared ids that differ are two articles, unless nothing else differs.
    What continues nothing is new.

    Only settled records are continued. One that was never public carries no promise: it is made anew when its
    file is read, and forgotten with it. A file that could not be read keeps its record as it is. So does one
    that lost the header which held it back, unless ``consent`` says otherwise.

    Args:
        records: The ledger, by id.
        gathering: What has become of the files.
        authority: Who mints ids: a domain name or e-mail address (RFC 4151, section 2.1).
        now: The moment of this round; aware.
        body: Gives the bodies of records and readings.
        consent: What the operator allows this once.
    """
    now = whole_seconds(now)
    gathering = _with_known_channels(records, gathering)
    matching = Matching(records.values(), gathering)
    problems = [*_match(matching, body, now)]
    if not consent.headers:
        problems += _hold_headerless(matching, gathering.data)
    mint = _mint(authority, matching)
    kept = _kept(matching, mint)
    undated = first_dates(matching.new(), [record for record in records.values() if record.settled], now)
    ledger = [
        *(_touched(record, gathering.touched) for record in kept),
        *(_continued(record, taken, mint, now) for record, taken in matching.continued()),
        *(replace(record, present=False) if record.present else record for record in matching.free.values()),
        *(mint.record(taken, now, undated.by_path.get(taken.article.path)) for taken in matching.new()),
    ]
    seen = gathering.unchanged | gathering.touched.keys()
    return Identities(
        {record.id: record for record in sorted(ledger, key=lambda record: record.id)},
        tuple(sorted((*problems, *undated.warnings), key=lambda problem: problem.path)),
        frozenset(record.id for record in kept if record.article.path not in seen),
    )


def _with_known_channels(records: Mapping[str, Record], gathering: Collection) -> Collection:
    """The readings, of which those stay in the channel of their folder that shares one with others already."""
    if not any(taken.article.section_key for taken in gathering.readings):
        return gathering
    old = (record.article for record in records.values() if record.settled and record.article.section_key is None)
    shared = {merged_folder(article.path) for article in old} - {None}
    return replace(
        gathering,
        readings=tuple(
            replace(taken, article=replace(taken.article, section_key=None))
            if merged_folder(taken.article.path) in shared
            else taken
            for taken in gathering.readings
        ),
    )


def _match(matching: Matching, body: Body, now: datetime) -> tuple[Problem, ...]:
    """Find out which file continues which record; problems of files that declare another's id."""
    problems = matching.by_declared_id()
    matching.by(lambda article: (article.path, article.meaning), contradicting=True)
    matching.by(lambda article: article.meaning)
    matching.by(lambda article: article.path)
    matching.drafts_by_path()
    matching.by_likeness(body, now)
    return problems


def _hold_headerless(matching: Matching, data: Container[str]) -> list[Problem]:
    """Leave alone what the header rail stops; a problem for each."""
    lost = [pair for pair in matching.matched if returning.lost_its_header(*pair, data)]
    for pair in lost:
        matching.hold(*pair)
    return [returning.problem(*pair, data) for pair in lost]


def _mint(authority: str, matching: Matching) -> IdAllocator:
    """A mint that knows every id and page that is promised, and the ids that new files declare."""
    promised = [*matching.kept.values(), *matching.free.values(), *(record for record, _ in matching.continued())]
    declared = [taken.article.id for taken in matching.new() if taken.article.id]
    ids = [*declared, *(record.id for record in promised)]
    return IdAllocator(
        authority, ids, [page for record in promised for page in (record.page, *record.former_pages)]
    )


def _kept(matching: Matching, mint: IdAllocator) -> list[Record]:
    """The records that stay; a draft whose id another file declares now gets another one, which is no promise."""
    declared = {taken.article.id for taken in matching.new()}
    return [
        replace(record, id=mint.id(record.id)) if record.id in declared else record
        for record in matching.kept.values()
    ]


def _touched(record: Record, touched: Mapping[str, str]) -> Record:
    stamp = touched.get(record.article.path)
    return replace(record, stamp=stamp) if stamp else record


def _continued(record: Record, taken: ReadArticle, mint: IdAllocator, now: datetime) -> Record:
    """The record with its new reading; id and first date stay for ever."""
    before, after = record.article, taken.article
    if after.original and after.path == before.path and after.section != before.section:
        record, taken = _unmoved(record, taken, mint)
    page = (
        mint.page(taken.article, own=(record.page, *record.former_pages))
        if _is_moved(record, taken)
        else record.page
    )
    pages = dict.fromkeys((*record.former_pages, record.page))
    return replace(
        record,
        article=taken.article,
        stamp=taken.stamp,
        source=taken.source,
        page=page,
        former_pages=tuple(each for each in pages if each != page),
        updated=_updated(record, taken, now),
        present=True,
    )


def _unmoved(record: Record, taken: ReadArticle, mint: IdAllocator) -> tuple[Record, ReadArticle]:
    """The record and its reading, where nothing but the rules of feedsvc gives the file another place.

    It keeps its page and channels, and the address by which other articles come to name it leads there.
    """
    named = mint.page(taken.article)
    former = record.former_pages if named != wanted_page(taken.article) else (named, *record.former_pages)
    article = replace(taken.article, section=record.article.section)
    return replace(record, former_pages=former), replace(taken, article=article)


def _is_moved(record: Record, taken: ReadArticle) -> bool:
    """Whether the author gave it another place: a folder, or an address by header. A file's name is no place."""
    before, after = record.article, taken.article
    return after.section != before.section or (after.placed and after.slug != before.slug)


def _updated(record: Record, taken: ReadArticle, now: datetime) -> datetime:
    """The header's date where it has just been set, and not to come; else now where an edit moved the meaning."""
    declared = taken.article.updated
    if declared is not None and declared != record.article.updated and declared <= now:
        return max(declared, record.published)
    if taken.article.meaning != record.article.meaning and _was_touched(record, taken):
        return max(now, record.updated)  # also when the clock was set back
    return record.updated


def _was_touched(record: Record, taken: ReadArticle) -> bool:
    """Whether the file has changed since it was last read.

    A new version of feedsvc, or other settings, read the same file otherwise: that is no edit of the author's, and
    must not show subscribers every article of the site as new.
    """
    (rules_before, before), (rules, now) = ((each.stamp.partition(" ")[0], each.stamp) for each in (record, taken))
    if rules == rules_before:
        return True
    seen = dict(split(before)[1]).get(record.article.path)
    return seen is None or seen != dict(split(now)[1]).get(taken.article.path)
