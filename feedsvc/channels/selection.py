"""Which channels a site has, and what each one holds."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter

from feedsvc.articles.record import Record, newest_first
from feedsvc.channels import kinds
from feedsvc.channels.archive import NO_POSITIONS, Numbers, Positioned, Positions, positioned
from feedsvc.channels.channel import Channel, ChannelSummary, positions_taken
from feedsvc.channels.kinds import ChannelKey, channel_path, channels_of, kind_named, left_with_feeds
from feedsvc.channels.site import Query, Site
from feedsvc.core.i18n.translation import translatable, translation_of

_OF_QUERY = translatable("%(label)s, from %(site)s.")
"""The description of a channel that the operator has named."""

GONE_DAYS = 365
"""How many days the addresses of a dropped channel answer 410; afterwards they answer 404. RFC 9110, section
15.5.11, leaves the time to the site, and a program that has not asked for a year learns no less from a 404."""
_SITE: ChannelKey = ("site", "")


@dataclass(frozen=True, slots=True)
class Selection:
    """The channels of one moment."""

    channels: tuple[Channel, ...]
    dropped: tuple[ChannelSummary, ...]
    """The channels that were empty for so long that their addresses answer 410, for :data:`GONE_DAYS` or until an
    article comes into them; in the order of kinds and keys."""
    next_moment: datetime | None
    """The next moment at which an empty channel is dropped, or the addresses of a dropped one are forgotten."""
    changed: frozenset[str]
    """The paths of the channels that may not be as the selection before gave them; all paths in the first one."""

    @property
    def summaries(self) -> tuple[ChannelSummary, ...]:
        """The channels without their articles, then those that were dropped."""
        return (*map(ChannelSummary.of, self.channels), *self.dropped_summaries)

    @property
    def dropped_summaries(self) -> tuple[ChannelSummary, ...]:
        """The channels that were dropped, unless another channel has the path."""
        there = {channel.path for channel in self.channels} if self.dropped else ()
        return tuple(each for each in self.dropped if each.path not in there)


def select(
    site: Site, records: Iterable[Record], positions: Positions = NO_POSITIONS, now: datetime | None = None
) -> Selection:
    """Sort articles into channels; see :meth:`Selector.select`.

    Args:
        site: The site's options, as the operator has set them.
        records: The whole ledger, in any order.
        positions: Where articles stand already in the archives of the channels.
        now: The moment by which empty channels are dropped.
    """
    return Selector(site, records).select(positions, now)


class Selector:
    """Sorts articles into channels, and moves the articles that change from one channel to another.

    The channels depend on the records alone, and not on the order in which they came and changed.

    Args:
        site: The site's options, as the operator has set them.
        records: The whole ledger. A channel stays for a while, empty, for what once stood in it, since it has
            subscribers.
    """

    def __init__(self, site: Site, records: Iterable[Record] = ()) -> None:
        self.site = site
        self._groups: dict[ChannelKey, _Group] = {}
        self._changed: set[ChannelKey] = set()
        self._last: Mapping[str, Channel] = {}
        self._numbers = Numbers()
        for key in (_SITE, *(("query", query.path) for query in site.queries)):
            self._group(key)
        for record in sorted(records, key=newest_first):  # so that each is the last of its channels
            self._add(record)

    def replace(self, before: Record | None, after: Record | None) -> None:
        """Take a record in place of another one with its id; None for none."""
        if before is not None:
            self._remove(before)
        if after is not None:
            self._add(after)

    def touch(self, record: Record) -> None:
        """Count the channels of a record as changed, since something beside the record has changed in them."""
        for key in self._keys(record):
            self._changed.add(key)

    def _keys(self, record: Record) -> Iterator[ChannelKey]:
        yield _SITE
        yield from channels_of(self.site, record.article) if record.listed else ()
        yield from ((change.kind, change.key) for change in record.membership_changes)

    def _add(self, record: Record) -> None:
        if record.listed:
            self._group(_SITE).hold(record, self.site.title)
            for key, label in channels_of(self.site, record.article).items():
                self._group(key).hold(record, label)
        elif record.changed:
            self._group(_SITE).lose(record)
        for change in record.membership_changes:
            group = self._group((change.kind, change.key))
            group.passed[record.id] = change.when
            group.former[change.label] += 1
            group.note(change.when)
            if left_with_feeds(record, change):
                group.lose(record)

    def _remove(self, record: Record) -> None:
        if record.listed:
            self._group(_SITE).release(record, self.site.title)
            for key, label in channels_of(self.site, record.article).items():
                self._group(key).release(record, label)
        for key in {_SITE, *((change.kind, change.key) for change in record.membership_changes)}:
            self._group(key).gone.pop(record.id, None)
        for change in record.membership_changes:
            group = self._group((change.kind, change.key))
            del group.passed[record.id]
            _take_one(group.former, change.label)

    def _group(self, key: ChannelKey) -> "_Group":
        self._changed.add(key)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group()
        return group

    def select(self, positions: Positions = NO_POSITIONS, now: datetime | None = None) -> Selection:
        """The channels now.

        Args:
            positions: Where articles stand already in the archives of the channels.
            now: The moment, aware, by which empty channels are dropped (:attr:`Site.empty_channel_days`); None
                drops none.

        Returns:
            The channels: the whole site with the path ``/``, the operator's queries, then sections, tags and
            authors, each by their keys. Of two with one path the first counts. Every article has a position in
            each archive.
        """
        for key in self._changed:
            if (group := self._groups.get(key)) is not None:
                group.channel = None
                if group.is_unused and kind_named(key[0]):
                    del self._groups[key]
        self._changed.clear()
        ends = {} if now is None else _ends(self.site, self._groups)
        over = {key for key, end in ends.items() if now and end <= now}
        forgotten = {key: ends[key] + timedelta(days=GONE_DAYS) for key in over}
        to_come = {key: moment for key, moment in {**ends, **forgotten}.items() if now and moment > now}
        channels = self._channels(over, positions)
        changed = frozenset(path for path, channel in channels.items() if self._last.get(path) is not channel)
        self._last = channels
        return Selection(
            tuple(channels.values()),
            tuple(_dropped(*key, positions) for key in _in_order(over & to_come.keys())),
            min(to_come.values(), default=None),
            changed,
        )

    def _channels(self, dropped: Collection[ChannelKey], positions: Positions) -> Mapping[str, Channel]:
        """All channels that are not dropped, by path; the very same objects where nothing has changed."""
        found: dict[str, Channel] = {}
        for path, key in self._paths(dropped):
            if path in found:
                continue
            group, taken = self._groups[key], positions.get(path, {})
            if group.channel is None or group.positions is not taken:
                arrived = group.arrived.values() if group.positions is taken else None
                group.channel = positioned(self._channel(path, key, group), taken, arrived, self._numbers)
                group.positions = group.channel.positions
                group.arrived.clear()
            found[path] = group.channel
        return found

    def _paths(self, dropped: Collection[ChannelKey]) -> Iterator[tuple[str, ChannelKey]]:
        yield "/", _SITE
        yield from ((query.path, ("query", query.path)) for query in self.site.queries)
        there = (key for key in self._groups if kind_named(key[0]) and key not in dropped)
        for key in _in_order(there):
            yield channel_path(*key), key

    def _channel(self, path: str, key: ChannelKey, group: "_Group") -> Channel:
        kind, name = key
        if kind == "site":
            return group.as_channel(self.site, path, kind, self.site.title)
        if kind == "query":
            return _of_query(self.site, next(each for each in self.site.queries if each.path == path), group)
        text = next((each for each in self.site.sections if kind == "section" and each.section == name), None)
        channel = group.as_channel(self.site, path, kind, (text.title if text else "") or group.label)
        return replace(channel, key=name, description=(text.description if text else "") or channel.description)


@dataclass(slots=True)
class _Group:
    """The articles of one channel."""

    held: list[Record] | tuple[Record, ...] = ()
    """Newest first; a tuple, shared with the channel, as long as it does not change."""
    gone: dict[str, Record] = field(default_factory=dict)
    passed: dict[str, datetime] = field(default_factory=dict)
    labels: Counter[str] = field(default_factory=Counter)
    former: Counter[str] = field(default_factory=Counter)
    updated: datetime | None = None
    """The newest change so far. No change of an article is ever taken back, and one that leaves notes when."""
    channel: Channel | None = None
    """The channel that this one has become; None until the next selection."""
    positions: Positioned | None = None
    """Those of the last selection; every article in ``held`` has one that has not ``arrived`` since."""
    arrived: dict[str, Record] = field(default_factory=dict)
    """By id."""

    @property
    def is_unused(self) -> bool:
        """Whether it holds no article and never held one."""
        return not (self.held or self.gone or self.passed)

    @property
    def label(self) -> str:
        """The spelling that most of its articles use; of several, always the same."""
        labels = self.labels or self.former
        return min(labels, key=lambda label: (-labels[label], label))

    def hold(self, record: Record, label: str) -> None:
        """Take an article in."""
        held = self.held = list(self.held) if isinstance(self.held, tuple) else self.held
        if held and newest_first(record) < newest_first(held[-1]):
            insort(held, record, key=newest_first)
        else:
            held.append(record)
        self.labels[label] += 1
        self.arrived[record.id] = record
        self.note(record.changed)

    def release(self, record: Record, label: str) -> None:
        """Undo :meth:`hold`."""
        held = self.held = list(self.held) if isinstance(self.held, tuple) else self.held
        del held[bisect_left(held, newest_first(record), key=newest_first)]
        self.arrived.pop(record.id, None)
        _take_one(self.labels, label)

    def lose(self, record: Record) -> None:
        """Remember an article that was in it when it left the feeds."""
        self.gone[record.id] = record
        self.note(record.changed)

    def note(self, changed: datetime | None) -> None:
        """Note the moment of a change."""
        self.updated = max(filter(None, (self.updated, changed)), default=None)

    def as_channel(self, site: Site, path: str, kind: str, label: str) -> Channel:
        """The channel, as yet without positions."""
        whole = kind == "site"
        records = self.held = tuple(self.held)
        return Channel(
            title=site.title if whole else f"{label} · {site.title}",
            description=site.description if whole else _description(site, kind, label),
            path=path,
            records=records,
            updated=self.updated,
            kind=kind,
            label=label,
            gone=tuple(sorted(self.gone.values(), key=attrgetter("id"))),
            passed={**self.passed},
            extent=site.extent,
            header=site.header,
            footer=site.footer,
        )


def _take_one(labels: Counter[str], label: str) -> None:
    labels[label] -= 1
    if not labels[label]:
        del labels[label]


def _description(site: Site, kind: str, label: str) -> str:
    found = kind_named(kind)
    template = _OF_QUERY if found is None else found.description
    return translation_of(site.language).say(template, label=label, site=site.title)


def _of_query(site: Site, query: Query, group: _Group) -> Channel:
    channel = group.as_channel(site, query.path, "query", query.title)
    return replace(
        channel,
        title=query.title,
        description=query.description or channel.description,
        extent=query.extent or channel.extent,
        header=channel.header if query.header is None else query.header,
        footer=channel.footer if query.footer is None else query.footer,
    )


def _in_order(keys: Iterable[ChannelKey]) -> list[ChannelKey]:
    """The keys of channels in the order of kinds and keys."""
    order = {kind.name: number for number, kind in enumerate(kinds.KINDS)}
    return sorted(keys, key=lambda key: (order[key[0]], key[1]))


def _ends(site: Site, groups: Mapping[ChannelKey, _Group]) -> Mapping[ChannelKey, datetime]:
    """When each of the empty channels is dropped; what the operator named, also as the target of a move, never."""
    if not site.empty_channel_days:
        return {}
    days = timedelta(days=site.empty_channel_days)
    targets = (target.removeprefix(site.base_url) for _, target in site.moved if target)
    kept = {*(target.rpartition("/")[0] + "/" for target in targets), *(query.path for query in site.queries)}
    return {
        (kind, key): max(group.passed.values()) + days
        for (kind, key), group in groups.items()
        if not group.held and kind_named(kind) and channel_path(kind, key) not in kept
    }


def _dropped(kind: str, key: str, positions: Positions) -> ChannelSummary:
    path = channel_path(kind, key)
    return ChannelSummary(path, kind, positions=positions_taken(positions.get(path, {})), is_dropped=True)
