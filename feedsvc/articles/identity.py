"""Identity: which article of the ledger each file is, and what its id, page and dates are from now on.

Pure: no clock, no disk, and the same input gives the same output, in the same order. Whether an article is
public is decided afterwards, in :mod:`feedsvc.articles.publication`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from feedsvc.articles.article import Problem
from feedsvc.articles.gather import Gathering, Taken
from feedsvc.articles.matching import Matching
from feedsvc.articles.mint import Mint, whole_seconds
from feedsvc.articles.record import Record


def identify(
    records: Mapping[str, Record], gathering: Gathering, authority: str, now: datetime
) -> tuple[Mapping[str, Record], tuple[Problem, ...]]:
    """Bring the ledger up to date with the files.

    A file continues a record, in this order: by the id it declares; by path and meaning; by meaning, where the
    record's own file is gone or says something else now (renamed, swapped, restored); by path (edited). Two
    declared ids that differ are two articles, unless nothing else differs. What continues nothing is new.

    Only settled records are continued. One that was never public carries no promise: it is made anew when its
    file is read, and forgotten with it. A file that could not be read keeps its record as it is.

    Args:
        records: The ledger, by id.
        gathering: What has become of the files.
        authority: Who mints ids: a domain name or e-mail address (RFC 4151, section 2.1).
        now: The moment of this round; aware.

    Returns:
        All records by id, in the order of the ids; and a problem for each file that declares another's id.
    """
    now = whole_seconds(now)
    matching = Matching(records.values(), gathering)
    problems = matching.by_declared_id()
    matching.by(lambda article: (article.path, article.meaning), contradicting=True)
    matching.by(lambda article: article.meaning)
    matching.by(lambda article: article.path)
    ledger = [
        *(_touched(record, gathering.touched) for record in matching.kept.values()),
        *(_continued(record, taken, now) for record, taken in matching.matched),
        *(replace(record, present=False) if record.present else record for record in matching.free.values()),
    ]
    new = matching.open.values()
    declared = [taken.article.id for taken in new if taken.article.id]
    mint = Mint(authority, [*declared, *(record.id for record in ledger)], [record.page for record in ledger])
    ledger += [mint.record(taken, now) for taken in new]
    return {record.id: record for record in sorted(ledger, key=lambda record: record.id)}, problems


def _touched(record: Record, touched: Mapping[str, str]) -> Record:
    stamp = touched.get(record.article.path)
    return replace(record, stamp=stamp) if stamp else record


def _continued(record: Record, taken: Taken, now: datetime) -> Record:
    """The record with its new reading; id, page and first date stay for ever."""
    return replace(
        record,
        article=taken.article,
        stamp=taken.stamp,
        source=taken.source,
        updated=_updated(record, taken, now),
        present=True,
    )


def _updated(record: Record, taken: Taken, now: datetime) -> datetime:
    """The header's date where it has just been set, else now where the meaning moved, else as it was."""
    declared = taken.article.updated
    if declared is not None and declared != record.article.updated:
        return max(declared, record.published)
    if taken.article.meaning != record.article.meaning:
        return max(now, record.updated)  # also when the clock was set back
    return record.updated
