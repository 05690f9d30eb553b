"""Safeguards: what a round must not do to subscribers unless the operator overrides it, once.

Each compares the ledger before the round with the ledger after it. A safeguard refuses the whole round: the last
edition stays published until the files are as they were or the operator overrides the safeguard.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedsvc.articles.identity.id_allocator import wanted_page
from feedsvc.articles.policy.refusals import Overrides, Refusal, Safeguard
from feedsvc.articles.record import Record

HANDFUL = 5
"""So many articles may always be removed by hand: of a small site that is soon a large share."""
NAMED = 5
"""How many of the articles concerned are named in one line."""


@dataclass(frozen=True, slots=True)
class SafeguardLimits:
    """The numbers above which safeguards refuse a round."""

    removals: int = 25
    """Percent of the published articles that one round may remove."""
    flood: int = 10
    """How many articles that look published already one round may publish."""


DEFAULT_LIMITS = SafeguardLimits()
"""Those of a site that sets none."""


def refusals(
    before: Mapping[str, Record], after: Mapping[str, Record], limits: SafeguardLimits, overrides: Overrides
) -> tuple[Refusal, ...]:
    """Which safeguards refuse the round.

    Args:
        before: The ledger as the last round left it, by id.
        after: The released ledger of this round.
        limits: From where on they hold.
        overrides: What the operator allows this once.
    """
    found: list[Refusal | None] = []
    if not overrides.removals:
        found.append(_removals(before, after, limits.removals))
    if not overrides.flood:
        found.append(_flood(before, after, limits.flood))
    return tuple(refusal for refusal in found if refusal)


def _removals(before: Mapping[str, Record], after: Mapping[str, Record], limit: int) -> Refusal | None:
    """The removal safeguard: an emptied or unmounted directory, a folder that was lost, a script that ran wild.

    What expired by its own header does not count. What is left of nothing holds at any limit.
    """
    public = [record for record in before.values() if _is_public(record)]
    removed = [record for record in public if _is_removed(after.get(record.id))]
    vanished = all(not record.present for record in after.values()) and bool(removed)
    if not vanished and (len(removed) <= HANDFUL or len(removed) * 100 <= limit * len(public)):
        return None
    what = (
        f"no article is left of the {len(public)} that are published"
        if vanished
        else f"{len(removed)} of the {len(public)} published articles would be removed, more than {limit} %"
    )
    return _refusal("removals", what, "bring the files back", removed)


def _flood(before: Mapping[str, Record], after: Mapping[str, Record], limit: int) -> Refusal | None:
    """The flood safeguard: articles whose ids have changed, so that subscribers would see each of them again."""
    again = list(_seen_again(before, after))
    if len(again) <= limit:
        return None
    what = f"{len(again)} new articles look published already (same address, or same title and day)"
    return _refusal("flood", what, "give them the ids they had", again)


def _seen_again(before: Mapping[str, Record], after: Mapping[str, Record]) -> Iterator[Record]:
    """What would be new in the feeds, and is like something that was in them under another id."""
    shown = [record for record in before.values() if record.changed]
    pages = {page for record in shown for page in (record.page, *record.former_pages)}
    titles = {_title_and_day(record) for record in shown}
    known = {record.id for record in shown}
    for record in after.values():
        if (
            record.listed
            and record.id not in known
            and (wanted_page(record.article) in pages or _title_and_day(record) in titles)
        ):
            yield record


def _title_and_day(record: Record) -> tuple[str, str]:
    return record.article.title.casefold(), record.published.date().isoformat()


def _is_public(record: Record) -> bool:
    return record.settled and record.withdrawn is None


def _is_removed(record: Record | None) -> bool:
    return record is None or not record.present or record.article.draft


def _refusal(safeguard: Safeguard, what: str, mend: str, records: Sequence[Record]) -> Refusal:
    paths = sorted(record.article.path for record in records)
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    named = f"{', '.join(paths[:NAMED])}{more}"
    remedy = f"{mend}, or run feedsvc publish --accept-{safeguard} if it is meant"
    return Refusal(safeguard, f"{what}: {named}", remedy, tuple(paths))
