"""Finding the record of the ledger that each article continues: by id, path, content, or similar text."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import TypeAlias
from zlib import crc32

from feedsvc.articles.collector import Collection
from feedsvc.articles.markup.plain_words import plain_text
from feedsvc.articles.model import Article, Problem, ReadArticle
from feedsvc.articles.record import Record

#
# Texts are compared by their runs of three words, as the share that both have of all the runs that either has
# (the Jaccard index). It is estimated from the runs with the smallest checksums (a "bottom-k sketch", a kind of
# MinHash), so that it costs the same for long texts. Changing one word in ten keeps about half of the runs; two
# texts of one author on one subject share a few in a hundred.
#

Sketch: TypeAlias = tuple[int, ...]
"""The smallest checksums of a text's runs, rising."""

SIMILAR = 0.5
"""The least similarity at which two texts are taken for the same article."""
FEWEST = 8
"""The runs a text must have to be recognised by them: two notes of nine words may be similar by chance."""
_SIZE = 128
"""How many checksums are kept. The estimate is then within 0.09 of the truth nineteen times in twenty."""
_COMMON = 50
"""A run that more texts than this have in common is a standing phrase of the site, and is not compared."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Thai to Lao, Burmese, Khmer, Japanese and Chinese put no blanks between words: each character counts as one."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def sketch(html: str) -> Sketch:
    """The checksums by which a body is compared with others; empty where the body is too short."""
    words = [word.encode() for word in _WORD.findall(plain_text(html).casefold())]
    runs = {
        crc32(b" ".join(run)) for run in zip(words, islice(words, 1, None), islice(words, 2, None), strict=False)
    }
    return tuple(sorted(runs)[:_SIZE]) if len(runs) >= FEWEST else ()


def similarity(one: Sketch, other: Sketch) -> float:
    """The estimated share of their runs that two texts have in common, from 0 to 1."""
    union = sorted({*one, *other})[:_SIZE]
    return len({*union}.intersection(one, other)) / len(union) if union else 0.0


def are_similar(before: Mapping[str, Sketch], after: Mapping[str, Sketch]) -> list[tuple[str, str]]:
    """The pairs of a text of ``before`` and a similar one of ``after``, the most similar first.

    Where pairs are equally similar, the order of the two mappings decides.
    """
    owners = defaultdict(list)
    for name, runs in before.items():
        for run in runs:
            owners[run].append(name)
    rank = {name: number for number, name in enumerate(before)}
    found = [
        (-share, order, rank[old], old, new)
        for order, (new, runs) in enumerate(after.items())
        for old in _candidates(runs, owners)
        if (share := similarity(before[old], runs)) >= SIMILAR
    ]
    return [(old, new) for *_, old, new in sorted(found)]


def _candidates(runs: Sketch, owners: Mapping[int, list[str]]) -> Iterator[str]:
    """The texts that have more than one run in common with this one."""
    sharing = Counter(name for run in runs if len(found := owners.get(run, ())) <= _COMMON for name in found)
    return (name for name, count in sharing.items() if count > 1)


Body = Callable[[str], str]
"""Gives the clean HTML of a body by its digest (:attr:`Article.body`)."""

JUST_GONE = timedelta(days=1)
"""For how long a removed file may come back elsewhere and edited: a deployment may take more than one round."""


class Matching:
    """Which article, as it was read now, continues which record.

    The resolver asks for matches by declared ids first, then by other traits, the strongest first. Each match
    takes a record out of ``free`` and an article out of ``open``. The records that are left in the end have lost
    their files, and the articles that are left are new.
    """

    def __init__(self, records: Iterable[Record], collection: Collection) -> None:
        self.open: dict[str, ReadArticle] = {
            reading.article.path: reading for reading in _by_path(collection.readings)
        }
        """By path, in the order of paths: the articles that continue no record yet."""
        self.kept: dict[str, Record] = {}
        """By id: records whose file is there and was not read, or could not be."""
        self.free: dict[str, Record] = {}
        """By id: settled records that an article may continue, those that were public last first."""
        self.own: dict[str, Record] = {}
        """By path: the records whose files were there in the last round, and were read in this one or are gone."""
        self.drafts: dict[str, Record] = {}
        """By id: those of them that were never public. Their ids may change; their headers may hide them."""
        self.matched: list[tuple[Record, ReadArticle]] = []
        self.present = collection.present
        for record in sorted(records, key=_latest_first):
            path = record.article.path
            if record.present and path in self.present and path not in self.open:
                self.kept[record.id] = record
                continue
            if record.present:
                self.own[record.article.path] = record
            if record.settled:
                self.free[record.id] = record
            elif record.present:
                self.drafts[record.id] = record

    def by(self, trait: Callable[[Article], Hashable], *, contradicting: bool = False) -> None:
        """Match records and articles with the same ``trait``.

        Where both declare ids, the ids must be the same, unless ``contradicting`` is set.
        """
        by_trait: dict[Hashable, list[Record]] = {}
        for record in self.free.values():
            by_trait.setdefault(trait(record.article), []).append(record)
        for reading in tuple(self.open.values()):
            candidates = (record for record in by_trait.get(trait(reading.article), ()) if record.id in self.free)
            found = next((record for record in candidates if contradicting or _agree(record, reading)), None)
            if found:
                self._match(found, reading)

    def by_similarity(self, body: Body, now: datetime) -> None:
        """Match records whose file is gone with articles of nearly the same text (renamed and edited).

        Only a file that was removed within :data:`JUST_GONE` can have become another one. Where both declare a
        date, the dates must be equal: today's weather report is not yesterday's, renamed.
        """
        movable = chain(self.free.values(), self.drafts.values())
        gone = {record.id: record for record in movable if self._has_just_gone(record, now)}
        if not gone or not self.open:
            return
        before = {record_id: sketch(body(record.article.body)) for record_id, record in gone.items()}
        after = {path: sketch(body(reading.article.body)) for path, reading in self.open.items()}
        for record_id, path in are_similar(before, after):
            record, reading = gone.get(record_id), self.open.get(path)
            if record and reading and _agree(record, reading) and _same_date(record, reading):
                del gone[record_id]
                self._match(record, reading)

    def drafts_by_path(self) -> None:
        """Match each record that was never public with what its file says now."""
        for record in tuple(self.drafts.values()):
            reading = self.open.get(record.article.path)
            if reading:
                self._match(record, reading)

    def undo(self, record: Record, reading: ReadArticle) -> None:
        """Undo a match: the record stays as it is, and what was read of the article is ignored."""
        self.matched.remove((record, reading))
        self.kept[record.id] = record

    def continued(self) -> list[tuple[Record, ReadArticle]]:
        """The settled records that were matched, in the order of their ids."""
        return sorted((pair for pair in self.matched if pair[0].settled), key=lambda pair: pair[0].id)

    def new(self) -> list[ReadArticle]:
        """The articles that continue no record, or one that was never public; by path."""
        drafts = (reading for record, reading in self.matched if not record.settled)
        return _by_path(chain(self.open.values(), drafts))

    def _has_just_gone(self, record: Record, now: datetime) -> bool:
        if record.article.path in self.present:
            return False
        return record.present or (record.withdrawn is not None and now - record.withdrawn <= JUST_GONE)

    def by_declared_id(self) -> tuple[Problem, ...]:
        """Match by the ids that headers declare; every further file that declares the same id is set aside."""
        claimants: dict[str, list[ReadArticle]] = {}
        for reading in self.open.values():
            if reading.article.id:
                claimants.setdefault(reading.article.id, []).append(reading)
        problems: list[Problem] = []
        for declared, holder in self._holders(claimants):
            problems += self._award(declared, holder, claimants[declared])
        for problem in problems:
            self._leave(problem.path, claimants)
        return tuple(sorted(problems, key=lambda problem: problem.path))

    def _holders(self, ids: Iterable[str]) -> list[tuple[str, Record | None]]:
        """Each id with its record: the one of that id, else one whose header has declared it since."""
        by_id = self.free | self.kept
        by_header = {record.article.id: record for record in by_id.values()}
        holders = [(declared, by_id.get(declared) or by_header.get(declared)) for declared in ids]
        return sorted(holders, key=lambda pair: (pair[0] not in by_id, pair[0]))

    def _award(self, declared: str, holder: Record | None, claimants: list[ReadArticle]) -> list[Problem]:
        """Give the id to one of the files that declare it, or to none; a problem for each of the others."""
        if holder and holder.id in self.kept:
            return [self._set_aside(reading, declared, holder.article.path) for reading in claimants]
        path = holder.article.path if holder else None
        winner = min(
            claimants, key=lambda reading: (reading.article.path != path, not self._is_published(reading))
        )
        if holder and holder.id in self.free:
            self._match(holder, winner)
        return [
            self._set_aside(reading, declared, winner.article.path)
            for reading in claimants
            if reading is not winner
        ]

    def _is_published(self, reading: ReadArticle) -> bool:
        record = self.own.get(reading.article.path)
        return record is not None and record.settled

    def _set_aside(self, reading: ReadArticle, declared: str, holder: str) -> Problem:
        del self.open[reading.article.path]
        what = f"it declares the id {declared!r}, which {holder} has already"
        return Problem(reading.article.path, None, what, "give it an id of its own, or remove one of the two")

    def _leave(self, path: str, declared: Mapping[str, object]) -> None:
        """Keep the record of a file that was set aside as it is, unless another file has become that article."""
        record = self.own.get(path)
        if record and (record.id in self.free if record.settled else record.id not in declared):
            self.free.pop(record.id, None)
            self.drafts.pop(record.id, None)
            self.kept[record.id] = record

    def _match(self, record: Record, reading: ReadArticle) -> None:
        del (self.free if record.settled else self.drafts)[record.id], self.open[reading.article.path]
        self.matched.append((record, reading))


def _by_path(readings: Iterable[ReadArticle]) -> list[ReadArticle]:
    return sorted(readings, key=lambda reading: reading.article.path)


def _latest_first(record: Record) -> tuple[bool, float, str]:
    """Present ones, then those that left the public last; by id where nothing else decides."""
    left = record.withdrawn.timestamp() if record.withdrawn else 0.0
    return not record.present, -left, record.id


def _same_date(record: Record, reading: ReadArticle) -> bool:
    """Whether the dates that both declare, in header or name, if they do, are the same."""
    return None in {record.article.published, reading.article.published} or (
        record.article.published == reading.article.published
    )


def _agree(record: Record, reading: ReadArticle) -> bool:
    """Whether the ids that both headers declare, if they do, are the same."""
    return None in {record.article.id, reading.article.id} or record.article.id == reading.article.id
