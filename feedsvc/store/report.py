"""The report of a round: what it read and changed, what is wrong with which file, and how many articles there are.

The store keeps the report of the last round, so that ``feedsvc status`` and monitoring need neither the publisher
nor the articles directory.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from feedsvc.articles.model import Problem
from feedsvc.articles.record import Record
from feedsvc.articles.safeguards import Refusal

NAMED = 100
"""How many pages of each kind of change a report names; the rest is only counted."""

Kind = Literal["published", "updated", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of articles in each state."""

    published: int = 0
    """Public, the unlisted ones included."""
    unlisted: int = 0
    scheduled: int = 0
    """Complete, with a date in the future."""
    drafts: int = 0
    withdrawn: int = 0
    """Public once, and not now: removed, expired, or made a draft."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The articles that a round published, updated or withdrew."""

    kind: Kind
    count: int
    pages: tuple[str, ...]
    """The first :data:`NAMED` of them, as URL paths."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of the last round, as plain values."""

    time: int = 0
    """When it began, in seconds since 1970; 0 stands for never."""
    seconds: float = 0.0
    """How long it took."""
    interval: float = 0.0
    """Seconds after which the publisher begins the next round at the latest; 0 after a round of a command."""
    read: int = 0
    """How many files it read."""
    changed: int = 0
    """How many responses it wrote or dropped."""
    moved: tuple[Moved, ...] = ()
    counts: Counts = Counts()
    left_out: tuple[tuple[str, int], ...] = ()
    """The kinds of files that are no articles, or not read, and how many there are of each."""
    problems: tuple[Problem, ...] = ()
    """The problems of single files, warnings included."""
    refusals: tuple[Refusal, ...] = ()
    """The safeguards that refused the round."""
    failure: str | None = None
    """Why the round failed, with the remedy."""
    rounds: int = 0
    """How many rounds there were since the store was made."""
    refused: int = 0
    """How many of them a safeguard refused."""
    failed: int = 0
    """How many of these rounds failed."""

    @property
    def set_aside(self) -> tuple[Problem, ...]:
        """The problems that keep a file from being published as it is."""
        return tuple(problem for problem in self.problems if problem.severity == "problem")


def counts_of(states: Mapping[str, int]) -> Counts:
    """The counts, of how many articles are in each :func:`state`."""
    unlisted = states.get("unlisted", 0)
    return Counts(
        published=states.get("published", 0) + unlisted,
        unlisted=unlisted,
        scheduled=states.get("scheduled", 0),
        drafts=states.get("draft", 0),
        withdrawn=states.get("withdrawn", 0),
    )


def moves(before: Mapping[str, Record], after: Mapping[str, Record]) -> tuple[Moved, ...]:
    """The articles that the public sees come, change and go between two ledgers, by kind of change.

    Records that are the same in both may be left out.
    """
    kinds: dict[Kind, list[str]] = {"published": [], "updated": [], "withdrawn": []}
    for key, record in after.items():
        if (kind := _kind(before.get(key), record)) is not None:
            kinds[kind].append(record.page)
    return tuple(Moved(kind, len(pages), tuple(sorted(pages)[:NAMED])) for kind, pages in kinds.items() if pages)


def still_there(
    problems: Iterable[Problem], unread: Container[str], *, composed: bool = False
) -> Iterator[Problem]:
    """The warnings of files that were not read again, because they are as they were.

    Args:
        problems: What the report of the last round named.
        unread: The paths of those files.
        composed: Whether this round has found anew what comes of the whole site.
    """
    return (
        each
        for each in problems
        if (not composed if each.of_site else each.severity == "warning" and each.path in unread)
    )


def to_json(report: Report) -> str:
    """The report as JSON, with the same names."""
    return json.dumps(asdict(report), ensure_ascii=False)


def from_json(text: str) -> Report:
    """The report that :func:`to_json` wrote."""
    members = json.loads(text)
    return replace(
        Report(**members),
        moved=tuple(Moved(**each | {"pages": tuple(each["pages"])}) for each in members["moved"]),
        left_out=tuple((kind, number) for kind, number in members.get("left_out", ())),
        counts=Counts(**members["counts"]),
        problems=tuple(Problem(**each) for each in members["problems"]),
        refusals=tuple(Refusal(**each | {"paths": tuple(each["paths"])}) for each in members["refusals"]),
    )


def state(record: Record) -> str:
    """The state of an article of the ledger."""
    if record.settled:
        if record.withdrawn is not None:
            return "withdrawn"
        return "published" if record.listed else "unlisted"
    if not record.present:
        return "gone"
    return "draft" if record.article.is_withheld else "scheduled"


def _kind(before: Record | None, after: Record) -> Kind | None:
    was = before is not None and before.is_public
    if after.is_public:
        if not was:
            return "published"
        return "updated" if before is not None and before.article.meaning != after.article.meaning else None
    return "withdrawn" if was else None
