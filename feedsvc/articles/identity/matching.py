"""Matching: finding the record that each reading continues."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import TypeAlias
from zlib import crc32

from feedsvc.articles.collector import Collection, ReadArticle
from feedsvc.articles.markup.excerpt import plain_text
from feedsvc.articles.model import Article, Problem
from feedsvc.articles.record import Record

#
# Texts are compared by their runs of three words, as the share that both have of all the runs that either has
# (the Jaccard index). It is estimated from the runs with the smallest checksums (a "bottom-k sketch", a kind of
# MinHash), so that it costs the same for long texts. Changing one word in ten keeps about half of the runs; two
# texts of one author on one subject share a few in a hundred.
#

Sketch: TypeAlias = tuple[int, ...]
"""The smallest checksums of a text's runs, rising."""

ALIKE = 0.5
"""The least likeness at which two texts are taken for the same article."""
FEWEST = 8
"""Runs that a text must have to be known by them: a note of nine words may well be like another."""
_SIZE = 128
"""How many checksums are kept. The estimate is then within 0.09 of the truth nineteen times in twenty."""
_COMMON = 50
"""A run that more texts have than this is a phrase of the house, and tells none of them from the others."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Thai to Lao, Burmese, Khmer, Japanese and Chinese put no blanks between words: each character counts as one."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def sketch(html: str) -> Sketch:
    """What it takes to compare a body; empty where it is too short."""
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
    """The pairs of a text of ``before`` and one of ``after`` that are alike, the most alike first.

    Where they are equally alike, the order of the two mappings decides.
    """
    owners = defaultdict(list)
    for name, runs in before.items():
        for run in runs:
            owners[run].append(name)
    place = {name: number for number, name in enumerate(before)}
    found = [
        (-share, order, place[old], old, new)
        for order, (new, runs) in enumerate(after.items())
        for old in _candidates(runs, owners)
        if (share := similarity(before[old], runs)) >= ALIKE
    ]
    return [(old, new) for *_, old, new in sorted(found)]


def _candidates(runs: Sketch, owners: Mapping[int, list[str]]) -> Iterator[str]:
    """The texts that share more than a chance run with this one."""
    sharing = Counter(name for run in runs if len(found := owners.get(run, ())) <= _COMMON for name in found)
    return (name for name, count in sharing.items() if count > 1)


Body = Callable[[str], str]
"""Gives the clean HTML of a body by its digest (:attr:`Article.body`)."""

JUST_GONE = timedelta(days=1)
"""For so long a file that went may come back elsewhere and edited: a deployment may take more than one round."""


class Matching:
    """Which reading continues which record, as far as it has been found out.

    It begins with the declared ids and goes on trait by trait, the strongest first; each match takes a record
    out of ``free`` and a reading out of ``open``. What is left in the end is gone, or new.
    """

    def __init__(self, records: Iterable[Record], gathering: Collection) -> None:
        self.open: dict[str, ReadArticle] = {taken.article.path: taken for taken in _by_path(gathering.readings)}
        """Readings that continue no record yet, by path and in its order."""
        self.kept: dict[str, Record] = {}
        """By id: records whose file is there and was not read."""
        self.free: dict[str, Record] = {}
        """By id: settled records that a reading may continue, those that were there last first."""
        self.own: dict[str, Record] = {}
        """By path: the records whose files were there, and were read or are gone."""
        self.drafts: dict[str, Record] = {}
        """By id: those of them that were never public; they carry no promise, but must not leak either."""
        self.matched: list[tuple[Record, ReadArticle]] = []
        self.present = gathering.present
        unread = gathering.present - self.open.keys()
        for record in sorted(records, key=_latest_first):
            if record.present and record.article.path in unread:
                self.kept[record.id] = record
                continue
            if record.present:
                self.own[record.article.path] = record
            if record.settled:
                self.free[record.id] = record
            elif record.present:
                self.drafts[record.id] = record

    def by(self, trait: Callable[[Article], Hashable], *, contradicting: bool = False) -> None:
        """Match what has the same ``trait``; declared ids may differ only where ``contradicting`` says so."""
        are_similar: dict[Hashable, list[Record]] = {}
        for record in self.free.values():
            are_similar.setdefault(trait(record.article), []).append(record)
        for taken in tuple(self.open.values()):
            candidates = (record for record in are_similar.get(trait(taken.article), ()) if record.id in self.free)
            found = next((record for record in candidates if contradicting or _agree(record, taken)), None)
            if found:
                self._match(found, taken)

    def by_likeness(self, body: Body, now: datetime) -> None:
        """Match what says nearly the same, where the record's own file is gone (renamed and edited).

        Only a file that has just gone can have become another one. And two dates that both declare must be equal:
        today's weather report is not yesterday's, renamed.
        """
        gone = {record.id: record for record in self._movable() if self._has_just_gone(record, now)}
        if not gone or not self.open:
            return
        before = {record_id: sketch(body(record.article.body)) for record_id, record in gone.items()}
        after = {path: sketch(body(taken.article.body)) for path, taken in self.open.items()}
        for record_id, path in are_similar(before, after):
            record, taken = gone.get(record_id), self.open.get(path)
            if record and taken and _agree(record, taken) and _same_date(record, taken):
                del gone[record_id]
                self._match(record, taken)

    def drafts_by_path(self) -> None:
        """Match each record that was never public with what its file says now."""
        for record in tuple(self.drafts.values()):
            taken = self.open.get(record.article.path)
            if taken:
                self._match(record, taken)

    def hold(self, record: Record, taken: ReadArticle) -> None:
        """Undo a match: the record stays as it is, and the reading counts for nothing."""
        self.matched.remove((record, taken))
        self.kept[record.id] = record

    def continued(self) -> list[tuple[Record, ReadArticle]]:
        """The settled records that were matched, in the order of their ids."""
        return sorted((pair for pair in self.matched if pair[0].settled), key=lambda pair: pair[0].id)

    def new(self) -> list[ReadArticle]:
        """What is new, or continues only what was never public; by path."""
        drafts = (taken for record, taken in self.matched if not record.settled)
        return _by_path(chain(self.open.values(), drafts))

    def _movable(self) -> Iterator[Record]:
        return chain(self.free.values(), self.drafts.values())

    def _has_just_gone(self, record: Record, now: datetime) -> bool:
        if record.article.path in self.present:
            return False
        return record.present or (record.withdrawn is not None and now - record.withdrawn <= JUST_GONE)

    def by_declared_id(self) -> tuple[Problem, ...]:
        """Match by the ids that headers declare; every further file that declares one is set aside."""
        takers: dict[str, list[ReadArticle]] = {}
        for taken in self.open.values():
            if taken.article.id:
                takers.setdefault(taken.article.id, []).append(taken)
        problems: list[Problem] = []
        for declared, holder in self._holders(takers):
            problems += self._award(declared, holder, takers[declared])
        for problem in problems:
            self._leave(problem.path, takers)
        return tuple(sorted(problems, key=lambda problem: problem.path))

    def _holders(self, ids: Iterable[str]) -> list[tuple[str, Record | None]]:
        """Each id with the record it names: the one of that id, else one whose header came to say so later."""
        by_id = self.free | self.kept
        by_header = {record.article.id: record for record in by_id.values()}
        holders = [(declared, by_id.get(declared) or by_header.get(declared)) for declared in ids]
        return sorted(holders, key=lambda pair: (pair[0] not in by_id, pair[0]))

    def _award(self, declared: str, holder: Record | None, takers: list[ReadArticle]) -> list[Problem]:
        """Give the id to one of its takers, or leave it where it is; a problem for each of the others."""
        if holder and holder.id in self.kept:
            return [self._set_aside(taken, declared, holder.article.path) for taken in takers]
        place = holder.article.path if holder else None
        winner = min(takers, key=lambda taken: (taken.article.path != place, not self._is_published(taken)))
        if holder and holder.id in self.free:
            self._match(holder, winner)
        return [self._set_aside(taken, declared, winner.article.path) for taken in takers if taken is not winner]

    def _is_published(self, taken: ReadArticle) -> bool:
        record = self.own.get(taken.article.path)
        return record is not None and record.settled

    def _set_aside(self, taken: ReadArticle, declared: str, holder: str) -> Problem:
        del self.open[taken.article.path]
        what = f"it declares the id {declared!r}, which {holder} has already"
        return Problem(taken.article.path, None, what, "give it an id of its own, or remove one of the two")

    def _leave(self, path: str, declared: Mapping[str, object]) -> None:
        """Keep the record of a file that was set aside as it is, unless another file has become that article."""
        record = self.own.get(path)
        if record and (record.id in self.free if record.settled else record.id not in declared):
            self.free.pop(record.id, None)
            self.drafts.pop(record.id, None)
            self.kept[record.id] = record

    def _match(self, record: Record, taken: ReadArticle) -> None:
        del (self.free if record.settled else self.drafts)[record.id], self.open[taken.article.path]
        self.matched.append((record, taken))


def _by_path(readings: Iterable[ReadArticle]) -> list[ReadArticle]:
    return sorted(readings, key=lambda taken: taken.article.path)


def _latest_first(record: Record) -> tuple[bool, float, str]:
    """Present ones, then those that left the public last; by id where nothing else decides."""
    left = record.withdrawn.timestamp() if record.withdrawn else 0.0
    return not record.present, -left, record.id


def _same_date(record: Record, taken: ReadArticle) -> bool:
    """Whether the dates that both declare, in header or name, if they do, are the same."""
    return None in {record.article.published, taken.article.published} or (
        record.article.published == taken.article.published
    )


def _agree(record: Record, taken: ReadArticle) -> bool:
    """Whether the ids that both headers declare, if they do, are the same."""
    return None in {record.article.id, taken.article.id} or record.article.id == taken.article.id
