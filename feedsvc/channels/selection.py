"""Which channels a site has, and what each one holds."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter

from feedsvc.articles.model import Article
from feedsvc.articles.record import MembershipChange, Record
from feedsvc.channels import kinds
from feedsvc.channels.archive import NO_POSITIONS, Positions, positioned, positions_taken
from feedsvc.channels.channel import Channel, ChannelSummary
from feedsvc.channels.kinds import channel_path, kind_named, memberships
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import translatable, translation_of
from feedsvc.core.round_cache import RoundCache

#
# An article leaves a channel with a tag, an author or a folder, or with all of them when it leaves the feeds. The
# channel stays, since it has subscribers, and its date is that of its newest membership change or article
# change; so it never goes backward. By the newest membership change it is known, too, since when an empty
# channel has been empty. A channel that the
# operator describes in other words is another selection: only what articles do is remembered.
#


_Place = tuple[str, str]
"""The kind and the key of a channel."""


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


def stands(site: Site, article: Article) -> Mapping[_Place, str]:
    """The channels beside the site's that an article in the feeds is in: kind and key, and the label it gives."""
    fitting = [query for query in site.queries if query.fits(article, site.language)]
    named: dict[_Place, str] = {("query", query.path): query.title for query in fitting}
    return named | {(kind, key): label for kind, key, label in memberships(article)}


def left_with_feeds(record: Record, change: MembershipChange) -> bool:
    """Whether the article is in no feed, and stood in that channel until then."""
    return not record.listed and record.changed is not None and record.changed <= change.when


def _noted(site: Site, before: Record | None, record: Record, now: datetime) -> Record:
    """The record with its membership_changes; the very same object where there were none."""
    if before is None or before is record or before.changed is None:
        return record  # its first appearance is as old as it says itself
    old, new = (stands(site, each.article) if each.listed else {} for each in (before, record))
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


_OF_QUERY = translatable("%(label)s, from %(site)s.")
"""The description of a channel that the operator has named."""

GONE_DAYS = 365
"""How many days the addresses of a dropped channel answer 410; afterwards they answer 404. RFC 9110, section
15.5.11, leaves the time to the site, and a program that has not asked for a year learns no less from a 404."""


@dataclass(frozen=True, slots=True)
class DroppedChannel:
    """A channel that has been empty for so long that it is gone, until an article comes into it again."""

    path: str
    """Where it was; with a trailing slash."""
    positions: int
    """How many positions of its archive are taken."""
    kind: str = "tag"


@dataclass(frozen=True, slots=True)
class Selection:
    """The channels of one moment."""

    channels: tuple[Channel, ...]
    dropped: tuple[DroppedChannel, ...]
    """The channels whose addresses answer 410, for :data:`GONE_DAYS`, in the order of kinds and keys."""
    next_moment: datetime | None
    """The next moment at which an empty channel is dropped, or the addresses of a dropped one are forgotten."""

    @property
    def summaries(self) -> tuple[ChannelSummary, ...]:
        """The channels without their articles, then those that were dropped."""
        there = {channel.path for channel in self.channels}
        gone = (
            ChannelSummary(each.path, each.kind, positions=each.positions, is_dropped=True)
            for each in self.dropped
            if each.path not in there
        )
        return (*map(ChannelSummary.of, self.channels), *gone)


def select(  # noqa: PLR0913 - all that channels are made of
    site: Site,
    listed: Sequence[Record],
    records: Mapping[str, Record],
    positions: Positions = NO_POSITIONS,
    now: datetime | None = None,
    *,
    cache: RoundCache | None = None,
) -> Selection:
    """Sorts the articles into channels.

    Args:
        site: What the operator says about the whole site.
        listed: Every article that stands in feeds now, newest first.
        records: The whole ledger, by id. A channel stays for a while, empty, for what once stood in it, since it
            has subscribers.
        positions: Where articles stand already in the archives of the channels.
        now: The moment, aware, by which empty channels are dropped (:attr:`Site.empty_channel_days`); None drops
            none.
        cache: Of the publisher.

    Returns:
        The channels: the whole site with the path ``/``, the operator's queries, then sections, tags and authors,
        each by their keys. Of two with one path the first counts. Every article has a position in each archive.
    """
    ledger = sorted(records.values(), key=attrgetter("id"))
    groups = _groups(site, listed, ledger, cache or RoundCache())
    ends = {} if now is None else _ends(site, groups)
    over = {place for place, end in ends.items() if now and end <= now}
    whole = _Group(list(listed), _gone(ledger)).channel(site, "/", "site", site.title)
    channels = _first_of_each_path([whole, *_queries(site, groups), *_places(site, groups, over)])
    forgotten = {place: ends[place] + timedelta(days=GONE_DAYS) for place in over}
    moments = {**ends, **forgotten}
    to_come = {place: moment for place, moment in moments.items() if now and moment > now}
    dropped = sorted(over & to_come.keys(), key=_in_order)
    return Selection(
        tuple(positioned(channel, positions.get(channel.path, {})) for channel in channels),
        tuple(_dropped(channel_path(*place), place[0], positions) for place in dropped),
        min(to_come.values(), default=None),
    )


def _first_of_each_path(channels: Iterable[Channel]) -> Iterable[Channel]:
    first: dict[str, Channel] = {}
    for channel in channels:
        first.setdefault(channel.path, channel)
    return first.values()


@dataclass(slots=True)
class _Group:
    """What has been found of one channel so far."""

    held: list[Record] = field(default_factory=list)
    """Newest first."""
    gone: list[Record] = field(default_factory=list)
    """In the order of their ids."""
    passed: dict[str, datetime] = field(default_factory=dict)
    labels: Counter[str] = field(default_factory=Counter)
    former: Counter[str] = field(default_factory=Counter)

    @property
    def label(self) -> str:
        """The spelling that most of its articles use; of several, always the same."""
        labels = self.labels or self.former
        return min(labels, key=lambda label: (-labels[label], label))

    def channel(self, site: Site, path: str, kind: str, label: str) -> Channel:
        """The channel that this has become."""
        whole = kind == "site"
        changes = [record.changed for record in (*self.held, *self.gone) if record.changed]
        return Channel(
            title=site.title if whole else f"{label} · {site.title}",
            description=site.description if whole else _description(site, kind, label),
            path=path,
            records=tuple(self.held),
            updated=max((*changes, *self.passed.values()), default=None),
            kind=kind,
            label=label,
            gone=tuple(self.gone),
            passed=self.passed,
            extent=site.extent,
            header=site.header,
            footer=site.footer,
        )


def _description(site: Site, kind: str, label: str) -> str:
    found = kind_named(kind)
    template = _OF_QUERY if found is None else found.description
    return translation_of(site.language).say(template, label=label, site=site.title)


_Groups = Mapping[_Place, _Group]


def _groups(site: Site, listed: Sequence[Record], ledger: Iterable[Record], cache: RoundCache) -> _Groups:
    """Every channel beside the site's that holds an article or has ever held one, by kind and key."""
    groups: defaultdict[_Place, _Group] = defaultdict(_Group)
    standing = cache.results(
        "channels", listed, attrgetter("id"), lambda record: stands(site, record.article), site
    )
    for record in listed:
        for place, label in standing[record.id].items():
            group = groups[place]
            group.held.append(record)
            group.labels[label] += 1
    for record in ledger:
        for change in record.membership_changes:
            group = groups[change.kind, change.key]
            group.passed[record.id] = change.when
            group.former[change.label] += 1
            if left_with_feeds(record, change):
                group.gone.append(record)
    return groups


def _gone(ledger: Iterable[Record]) -> list[Record]:
    """The articles that feeds have shown and show no more; not a draft, nor an article that was never listed."""
    return [record for record in ledger if record.changed and not record.listed]


def _queries(site: Site, groups: _Groups) -> Iterator[Channel]:
    for query in site.queries:
        group = groups.get(("query", query.path), _Group())
        channel = group.channel(site, query.path, "query", query.title)
        yield replace(
            channel,
            title=query.title,
            description=query.description or channel.description,
            extent=query.extent or channel.extent,
            header=channel.header if query.header is None else query.header,
            footer=channel.footer if query.footer is None else query.footer,
        )


def _in_order(place: _Place) -> tuple[int, str]:
    return [kind.name for kind in kinds.KINDS].index(place[0]), place[1]


def _places(site: Site, groups: _Groups, dropped: Collection[_Place]) -> Iterator[Channel]:
    found = [place for place in groups if kind_named(place[0]) and place not in dropped]
    described = {text.section: text for text in site.sections}
    for kind, key in sorted(found, key=_in_order):
        group = groups[kind, key]
        text = described.get(key) if kind == "section" else None
        label = (text.title if text else "") or group.label
        channel = replace(group.channel(site, channel_path(kind, key), kind, label), key=key)
        yield replace(channel, description=text.description) if text and text.description else channel


def _ends(site: Site, groups: _Groups) -> Mapping[_Place, datetime]:
    """When each of the empty channels is dropped; what the operator named, also as the target of a move, never."""
    if not site.empty_channel_days:
        return {}
    days = timedelta(days=site.empty_channel_days)
    targets = (target.removeprefix(site.base_url) for _, target in site.moved if target)
    kept = {*(target.rpartition("/")[0] + "/" for target in targets), *(query.path for query in site.queries)}
    return {
        (kind, key): max(group.passed.values()) + days
        for (kind, key), group in groups.items()
        if kind_named(kind) and not group.held and channel_path(kind, key) not in kept
    }


def _dropped(path: str, kind: str, positions: Positions) -> DroppedChannel:
    return DroppedChannel(path, positions_taken(positions.get(path, {})), kind)
