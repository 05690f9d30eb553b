"""Passages: how a channel comes to remember what left it.

An article leaves a channel with a tag, an author or a folder, or with all of them when it leaves the feeds. The
channel stays, since it has subscribers, and its date is that of the newest passage or change; so it never goes
backward. By the newest passage it is known, too, since when an empty channel has been empty. A channel that the
operator describes in other words is another selection: only what articles do is remembered.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from feedsvc.articles.model import Article
from feedsvc.articles.record import MembershipChange, PlaceKind, Record
from feedsvc.channels.paths import channel_paths
from feedsvc.channels.site import Site


def note_membership_changes(
    site: Site, before: Mapping[str, Record], after: Mapping[str, Record], now: datetime
) -> Mapping[str, Record]:
    """The records ``after`` a round, with what passed since ``before``.

    Args:
        site: What the operator says about the whole site.
        before: The ledger of the last round, by id.
        after: That of this one, released.
        now: The moment of this round; aware, in whole seconds.
    """
    return {key: _noted(site, before.get(key), record, now) for key, record in after.items()}


def stands(site: Site, article: Article) -> Mapping[tuple[PlaceKind, str], str]:
    """The channels beside the site's that an article in the feeds is in: kind and key, and the label it gives."""
    fitting = [query for query in site.queries if query.fits(article, site.language)]
    named: dict[tuple[PlaceKind, str], str] = {("query", query.path): query.title for query in fitting}
    return named | {(kind, key): label for kind, key, label in channel_paths(article)}


def left_with_feeds(record: Record, passage: MembershipChange) -> bool:
    """Whether the article is in no feed, and stood in that channel until then."""
    return not record.listed and record.changed is not None and record.changed <= passage.when


def _noted(site: Site, before: Record | None, record: Record, now: datetime) -> Record:
    """The record with its passages; the very same object where there were none."""
    if before is None or before is record or before.changed is None:
        return record  # its first appearance is as old as it says itself
    old, new = (stands(site, each.article) if each.listed else {} for each in (before, record))
    crossed = old.keys() ^ new.keys()
    labels = {**old, **new}
    if not crossed:
        return record
    latest = {(passage.kind, passage.key): passage for passage in record.passages}
    for kind, key in crossed:
        past = latest.get((kind, key))
        # The clock may have been set back.
        when = max(now, record.changed or now, past.when if past else now)
        latest[kind, key] = MembershipChange(kind, key, labels[kind, key], when)
    return replace(record, passages=tuple(latest[place] for place in sorted(latest)))
