"""Safeguards: rules by which a round that would harm subscribers is refused, or a single article is held.

``removals`` and ``flood`` compare the ledger before the round with the ledger after it, and refuse the whole
round: the last edition stays published until the files are as they were. ``headers`` holds single articles that
lost the header which hid them. A command overrides each for one round. Every process may load this module: it
imports records alone.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from types import MappingProxyType
from typing import Literal

from feedsvc.articles.model import Article, Problem, SetAside
from feedsvc.articles.record import NO_REST, Record, Rest, wanted_page
from feedsvc.articles.source.names import sidecars
from feedsvc.core.errors import FeedsvcError

_NONE: Mapping[str, SetAside] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Overrides:
    """The safeguards that a command overrides for one round; no setting overrides them for good."""

    removals: bool = False
    """A large part of the published articles may be removed."""
    flood: bool = False
    """Many articles that look published already may be published under new ids."""
    headers: bool = False
    """An article that lost the header which hid it may be published."""


NO_OVERRIDES = Overrides()
"""Those of a round that no command asked for."""


Safeguard = Literal["removals", "flood"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a safeguard refuses a round: what the round would have done, and what to do about it."""

    safeguard: Safeguard
    what: str
    remedy: str
    """Names the command that lets the round pass, once."""
    paths: tuple[str, ...]
    """The files of the articles concerned, sorted."""


class SafeguardError(FeedsvcError):
    """Safeguards refuse the round: nothing of it is kept, and the last edition stays published."""

    def __init__(
        self, refusals: Sequence[Refusal], problems: Sequence[Problem], set_aside: Mapping[str, SetAside] = _NONE
    ) -> None:
        """Take the refusals, and the problems that the round found in single files."""
        super().__init__("; ".join(each.what for each in refusals), refusals[0].remedy)
        self.refusals = tuple(refusals)
        self.problems = tuple(problems)
        self.set_aside = set_aside


WINDOW = timedelta(minutes=10)
"""Removals within so long count together: what is deleted slowly comes to several rounds."""
HANDFUL = 5
"""So many articles may always be removed by hand; of a small site they are soon a large share."""
NAMED = 5
"""How many of the articles concerned are named in one line."""


@dataclass(frozen=True, slots=True)
class SafeguardLimits:
    """The numbers above which safeguards refuse a round."""

    removals: int = 25
    """Percent of the published articles that may be removed within :data:`WINDOW`."""
    flood: int = 10
    """How many articles that look published already one round may publish."""


DEFAULT_LIMITS = SafeguardLimits()
"""The limits of a site that sets none."""


def refusals(  # noqa: PLR0913, PLR0917 - the ledger before and after, and what both are judged by
    before: Mapping[str, Record],
    after: Mapping[str, Record],
    limits: SafeguardLimits,
    overrides: Overrides,
    now: datetime,
    rest: Rest = NO_REST,
) -> tuple[Refusal, ...]:
    """Which safeguards refuse the round.

    Args:
        before: The ledger as the last round left it, by id, or those of its records that the round concerns.
        after: What this round has made of them, released.
        limits: The numbers above which the round is refused.
        overrides: The overrides that the operator allows for this round.
        now: The moment of the round; aware.
        rest: The records that are not in ``before``.
    """
    found: list[Refusal | None] = []
    if not overrides.removals:
        found.append(_removals(before, after, limits.removals, now, rest))
    if not overrides.flood:
        found.append(_flood(before, after, limits.flood, rest))
    return tuple(refusal for refusal in found if refusal)


def _removals(
    before: Mapping[str, Record], after: Mapping[str, Record], limit: int, now: datetime, rest: Rest
) -> Refusal | None:
    """The removal safeguard: an emptied or unmounted directory, a folder that was lost, a script that ran wild.

    Articles that expired by their headers do not count. A round that leaves no article is refused at any limit.
    """
    concerned = [record for record in before.values() if record.is_public]
    removed = [record for record in concerned if _is_removed(after.get(record.id))]
    if not removed:
        return None
    public = len(concerned) + rest.public
    if not rest.present and not any(record.present for record in after.values()):
        what = f"no article is left of the {public} that are published"
        return _refusal("removals", what, "bring the files back", removed)
    left = (record for record in chain(before.values(), rest.records) if not record.is_public)
    moments = Counter(_left_at(after.get(record.id, record), now) for record in left)
    del moments[None]
    public += moments.total()
    gone = 0
    for moment in sorted(filter(None, moments)):
        gone += moments[moment]
        if _is_too_much(gone, public, limit):
            gone = 0  # that round would have been refused, so the operator has accepted it
    count = len(removed) + gone
    if not _is_too_much(count, public, limit):
        return None
    within = f" within {WINDOW.seconds // 60} minutes" if gone else ""
    what = f"{count} of the {public} published articles would be removed{within}, more than {limit} %"
    return _refusal("removals", what, "bring the files back", removed)


def _flood(before: Mapping[str, Record], after: Mapping[str, Record], limit: int, rest: Rest) -> Refusal | None:
    """The flood safeguard: articles whose ids have changed, so that subscribers would see each of them again."""
    new = [record for record in after.values() if record.listed and not _was_shown(before.get(record.id))]
    if len(new) <= limit:
        return None
    again = list(_seen_again(new, chain(before.values(), rest.records)))
    if len(again) <= limit:
        return None
    what = f"{len(again)} new articles look published already (same address, or same title and day)"
    return _refusal("flood", what, "give them the ids they had", again)


def _was_shown(record: Record | None) -> bool:
    """Whether the article has ever been in the feeds."""
    return record is not None and record.changed is not None


def _seen_again(new: Iterable[Record], before: Iterable[Record]) -> Iterator[Record]:
    """Articles new to the feeds, with the page, or title and day, of one that was in them under another id."""
    shown = list(filter(_was_shown, before))
    pages = {page for record in shown for page in (record.page, *record.former_pages)}
    titles = {_title_and_day(record) for record in shown}
    for record in new:
        address = wanted_page(record.article) if record.address_pattern is None else record.page
        if address in pages or _title_and_day(record) in titles:
            yield record


def _title_and_day(record: Record) -> tuple[str, str]:
    return record.article.title.casefold(), record.published.date().isoformat()


def _is_removed(record: Record | None) -> bool:
    return record is None or not record.present or record.article.draft


def _is_too_much(removed: int, public: int, limit: int) -> bool:
    return removed > HANDFUL and removed * 100 > limit * public


def _left_at(record: Record, now: datetime) -> datetime | None:
    """When a record was removed, if that was within the window."""
    has_just_left = _is_removed(record) and record.withdrawn is not None and now - record.withdrawn < WINDOW
    return record.withdrawn if has_just_left else None


def _refusal(safeguard: Safeguard, what: str, mend: str, records: Sequence[Record]) -> Refusal:
    paths = sorted(record.article.path for record in records)
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    named = f"{', '.join(paths[:NAMED])}{more}"
    remedy = f"{mend}, or run feedsvc publish --accept-{safeguard} if it is meant"
    return Refusal(safeguard, f"{what}: {named}", remedy, tuple(paths))


def lost_its_header(record: Record, after: Article, data: Container[str] = frozenset()) -> bool:
    """Whether a header hid the article of ``record``, and the file has no header any more.

    A header that is still there and says something else is the author's decision. A move is one, too: an article
    that is a draft by its folder becomes public when it leaves that folder.

    Args:
        record: As the last round left it.
        after: The article as it was read now.
        data: The data files that are there. One that hid the article, and is gone, is a lost header too.
    """
    before = record.article
    if after.draft or ((after.headed or not before.headed) and _lost_file(before, after, data) is None):
        return False
    return before.draft or before.unlisted or before.expires is not None or not record.settled


def _lost_file(before: Article, after: Article, data: Container[str]) -> str | None:
    """The data file that hid the article and is gone; None if there is none, or the article left its folder."""
    folders = {file.rpartition("/")[0] for file in after.held_by}
    beside = set(sidecars(before.path))
    for file in before.held_by:
        folder = file.rpartition("/")[0]
        still_there = file in beside or not folder or after.path.startswith(f"{folder}/")
        if file not in data and still_there and folder not in folders:
            return file
    return None


def lost_header_problem(record: Record, after: Article, data: Container[str] = frozenset()) -> Problem:
    """The problem of an article that :func:`lost_its_header`, with what to do."""
    article = record.article
    lost = _lost_file(article, after, data)
    by = "its header, and the header" if lost is None else f"{lost}, and that file"
    again = "write the header again, with draft: false to publish it" if lost is None else f"bring {lost} back"
    states = ((article.draft, "a draft"), (article.unlisted, "unlisted"), (not record.settled, "to wait"))
    was = next((state for applies, state in states if applies), "to expire")
    return Problem(
        after.path,
        None,
        f"it was {was} by {by} is gone",
        f"{again}; or run feedsvc publish --accept-headers",
        safeguard="headers",
    )
