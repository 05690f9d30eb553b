"""Matching: finding the record that each reading continues."""

from collections.abc import Callable, Hashable, Iterable, Mapping

from feedsvc.articles.article import Article, Problem
from feedsvc.articles.gather import Gathering, Taken
from feedsvc.articles.record import Record


class Matching:
    """Which reading continues which record, as far as it has been found out.

    It begins with the declared ids and goes on trait by trait, the strongest first; each match takes a record
    out of ``free`` and a reading out of ``open``. What is left in the end is gone, or new.
    """

    def __init__(self, records: Iterable[Record], gathering: Gathering) -> None:
        self.open: dict[str, Taken] = {taken.article.path: taken for taken in _by_path(gathering.readings)}
        """Readings that continue no record yet, by path and in its order."""
        self.kept: dict[str, Record] = {}
        """By id: records whose file is there and was not read."""
        self.free: dict[str, Record] = {}
        """By id: settled records that a reading may continue, those that were there last first."""
        self.own: dict[str, Record] = {}
        """By path: the records whose files were there, and were read."""
        self.matched: list[tuple[Record, Taken]] = []
        unread = gathering.present - self.open.keys()
        for record in sorted(records, key=_latest_first):
            if record.present and record.article.path in unread:
                self.kept[record.id] = record
                continue
            if record.present:
                self.own[record.article.path] = record
            if record.settled:
                self.free[record.id] = record

    def by(self, trait: Callable[[Article], Hashable], *, contradicting: bool = False) -> None:
        """Match what has the same ``trait``; declared ids may differ only where ``contradicting`` says so."""
        alike: dict[Hashable, list[Record]] = {}
        for record in self.free.values():
            alike.setdefault(trait(record.article), []).append(record)
        for taken in tuple(self.open.values()):
            candidates = (record for record in alike.get(trait(taken.article), ()) if record.id in self.free)
            found = next((record for record in candidates if contradicting or _agree(record, taken)), None)
            if found:
                self._match(found, taken)

    def by_declared_id(self) -> tuple[Problem, ...]:
        """Match by the ids that headers declare; every further file that declares one is set aside."""
        takers: dict[str, list[Taken]] = {}
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

    def _award(self, declared: str, holder: Record | None, takers: list[Taken]) -> list[Problem]:
        """Give the id to one of its takers, or leave it where it is; a problem for each of the others."""
        if holder and holder.id in self.kept:
            return [self._set_aside(taken, declared, holder.article.path) for taken in takers]
        place = holder.article.path if holder else None
        winner = min(takers, key=lambda taken: (taken.article.path != place, not self._is_published(taken)))
        if holder and holder.id in self.free:
            self._match(holder, winner)
        return [self._set_aside(taken, declared, winner.article.path) for taken in takers if taken is not winner]

    def _is_published(self, taken: Taken) -> bool:
        record = self.own.get(taken.article.path)
        return record is not None and record.settled

    def _set_aside(self, taken: Taken, declared: str, holder: str) -> Problem:
        del self.open[taken.article.path]
        what = f"it declares the id {declared!r}, which {holder} has already"
        return Problem(taken.article.path, None, what, "give it an id of its own, or remove one of the two")

    def _leave(self, path: str, declared: Mapping[str, object]) -> None:
        """Keep the record of a file that was set aside as it is, unless another file has become that article."""
        record = self.own.get(path)
        if record and (record.id in self.free if record.settled else record.id not in declared):
            self.free.pop(record.id, None)
            self.kept[record.id] = record

    def _match(self, record: Record, taken: Taken) -> None:
        del self.free[record.id], self.open[taken.article.path]
        self.matched.append((record, taken))


def _by_path(readings: Iterable[Taken]) -> list[Taken]:
    return sorted(readings, key=lambda taken: taken.article.path)


def _latest_first(record: Record) -> tuple[bool, float, str]:
    """Present ones, then those that left the public last; by id where nothing else decides."""
    left = record.withdrawn.timestamp() if record.withdrawn else 0.0
    return not record.present, -left, record.id


def _agree(record: Record, taken: Taken) -> bool:
    """Whether the ids that both headers declare, if they do, are the same."""
    return None in {record.article.id, taken.article.id} or record.article.id == taken.article.id
