"""Which channels a site has, and what each one holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter

from feedsvc.articles.record import PlaceKind, Record
from feedsvc.channels.archive import NO_SEATS, Seats, seated
from feedsvc.channels.channel import Channel, Kind
from feedsvc.channels.passages import left_with_feeds, stands
from feedsvc.channels.places import place_path
from feedsvc.channels.recall import Recall
from feedsvc.channels.site import Site
from feedsvc.languages.tongue import tongue, translatable

_DESCRIPTIONS: Mapping[Kind, str] = {
    "query": translatable("%(label)s, from %(site)s."),
    "section": translatable("What is new in %(label)s, from %(site)s."),
    "tag": translatable("What %(site)s has about %(label)s."),
    "author": translatable("What %(label)s writes for %(site)s."),
}
_ORDER: Mapping[Kind, int] = {"section": 0, "tag": 1, "author": 2}

_standing: Recall[Record, Mapping[tuple[PlaceKind, str], str]] = Recall(attrgetter("id"))
"""By id, where each article stands."""


def select(
    site: Site, listed: Sequence[Record], records: Mapping[str, Record], seats: Seats = NO_SEATS
) -> tuple[Channel, ...]:
    """Sorts the articles into channels.

    Args:
        site: What the operator says about the whole site.
        listed: Every article that stands in feeds now, newest first.
        records: The whole ledger, by id. A channel stays, perhaps empty, for what once stood in it, since it
            may have subscribers.
        seats: Where articles stand already in the archives of the channels.

    Returns:
        The whole site, with the path ``/``; what the operator named; sections, tags and authors, each in the
        order of their paths. No two have the same path: what the operator named stands before what there is
        by itself. Every article that a channel holds has a seat in its archive.
    """
    ledger = sorted(records.values(), key=attrgetter("id"))
    groups = _groups(site, listed, ledger)
    channels = [
        _Group(list(listed), _gone(ledger)).channel(site, "/", "site", site.title),
        *_queries(site, groups),
        *_places(site, groups),
    ]
    first: dict[str, Channel] = {}
    for channel in channels:
        first.setdefault(channel.path, channel)
    return tuple(seated(channel, seats.get(channel.path, {})) for channel in first.values())


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

    def channel(self, site: Site, path: str, kind: Kind, label: str) -> Channel:
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


def _description(site: Site, kind: Kind, label: str) -> str:
    return tongue(site.language).say(_DESCRIPTIONS[kind], label=label, site=site.title)


_Groups = Mapping[tuple[PlaceKind, str], _Group]


def _groups(site: Site, listed: Sequence[Record], ledger: Iterable[Record]) -> _Groups:
    """Every channel beside the site's that holds an article or has ever held one, by kind and key."""
    groups: defaultdict[tuple[PlaceKind, str], _Group] = defaultdict(_Group)
    standing = _standing(listed, site, lambda record: stands(site, record.article))
    for record in listed:
        for place, label in standing[record.id].items():
            group = groups[place]
            group.held.append(record)
            group.labels[label] += 1
    for record in ledger:
        for passage in record.passages:
            group = groups[passage.kind, passage.key]
            group.passed[record.id] = passage.when
            group.former[passage.label] += 1
            if left_with_feeds(record, passage):
                group.gone.append(record)
    return groups


def _gone(ledger: Iterable[Record]) -> list[Record]:
    """What feeds have shown and show no more; a draft, or what was never listed, is told of in no way."""
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


def _places(site: Site, groups: _Groups) -> Iterator[Channel]:
    found = [place for place in groups if place[0] in _ORDER]
    told = {text.section: text for text in site.sections}
    for kind, key in sorted(found, key=lambda place: (_ORDER[place[0]], place[1])):
        group = groups[kind, key]
        text = told.get(key) if kind == "section" else None
        label = (text.title if text else "") or group.label
        channel = group.channel(site, place_path(kind, key), kind, label)
        yield replace(channel, description=text.description) if text and text.description else channel
