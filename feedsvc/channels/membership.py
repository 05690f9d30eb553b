"""Membership: in which channels an article is, and when it last entered or left one.

An article leaves a channel with a tag, an author or a folder, or with all of them when it leaves the feeds. The
channel stays, since it has subscribers, and its date is that of its newest membership change or article change; so
it never goes backward. By the newest membership change it is known, too, since when an empty channel has been
empty. A channel that the operator describes in other words is another selection: only what articles do is
remembered.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from feedsvc.articles.model import Article
from feedsvc.articles.record import MembershipChange, Record
from feedsvc.channels.kinds import memberships
from feedsvc.channels.site import Site

ChannelKey = tuple[str, str]
"""The kind and the key of a channel."""


def note_membership_changes(
    site: Site, before: Mapping[str, Record], after: Mapping[str, Record], now: datetime
) -> Mapping[str, Record]:
    """The records ``after`` a round, with the membership changes since ``before``.

    Args:
        site: The site's options, as the operator has set them.
        before: The records as the last round left them, by id.
        after: The same as this round releases them.
        now: The moment of this round; aware, in whole seconds.
    """
    return {key: _noted(site, before.get(key), record, now) for key, record in after.items()}


def channels_of(site: Site, article: Article) -> Mapping[ChannelKey, str]:
    """The channels beside the site's that an article in the feeds is in: kind and key, and the label it gives."""
    fitting = [query for query in site.queries if query.fits(article, site.language)]
    named: dict[ChannelKey, str] = {("query", query.path): query.title for query in fitting}
    return named | {(kind, key): label for kind, key, label in memberships(article)}


def left_with_feeds(record: Record, change: MembershipChange) -> bool:
    """Whether the article is in no feed, and stood in that channel until then."""
    return not record.listed and record.changed is not None and record.changed <= change.when


def _noted(site: Site, before: Record | None, record: Record, now: datetime) -> Record:
    """The record with its membership_changes; the very same object where there were none."""
    if before is None or before is record or before.changed is None:
        return record  # its first appearance is as old as it says itself
    old, new = (channels_of(site, each.article) if each.listed else {} for each in (before, record))
    crossed = old.keys() ^ new.keys()
    labels = {**old, **new}
    if not crossed:
        return record
    latest = {(change.kind, change.key): change for change in record.membership_changes}
    for kind, key in crossed:
        past = latest.get((kind, key))
        # The clock may have been set back.
        when = max(now, record.changed or now, past.when if past else now)
        latest[kind, key] = MembershipChange(kind, key, labels[kind, key], when)
    return replace(record, membership_changes=tuple(latest[place] for place in sorted(latest)))
