"""The state of push for operators: subscribers by feed, and destinations of the settings. It has no secrets."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from feedsvc.core.settings.model import Settings
from feedsvc.store.destinations import Destination, DestinationKind
from feedsvc.store.store import Store, open_store


@dataclass(frozen=True, slots=True)
class TopicStatus:
    """The subscribers of one feed."""

    topic: str
    """The path of the feed."""
    subscribers: int
    failing: int
    """How many of them could not be told the last time."""
    delivered: int | None
    """When one of them was last told, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class DestinationStatus:
    """A destination that the settings name."""

    kind: DestinationKind
    name: str
    told: int
    """The edition up to which it was told."""
    delivered: int | None
    failures: int
    error: str | None
    silent: bool = False
    """Of an outside hub: whether the feeds do not name it, because it does not push."""


@dataclass(frozen=True, slots=True)
class PushStatus:
    """The sender, the subscribers by feed, the destinations of the settings, and their failures."""

    sender: str | None = None
    """``host:pid:token`` of the process that pushes; None if none does."""
    waiting: int = 0
    """Requests to subscribe that wait for their verification."""
    topics: tuple[TopicStatus, ...] = ()
    destinations: tuple[DestinationStatus, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    """The hosts of subscribers that could not be told, and why, each once."""


def push_status_of(store: Store) -> PushStatus:
    """The status of push, from an open store."""
    lease = store.push.lease()
    found = store.push.destinations()
    subscribers = [each for each in found if each.kind == "subscriber"]
    silent = {each.hub for each in store.hub_watch.hubs() if each.silent}
    failed = {(urlsplit(each.address).hostname or "", each.error) for each in subscribers if each.error}
    return PushStatus(
        sender=lease.owner if lease else None,
        waiting=len(store.push.requests()),
        topics=tuple(_topics(subscribers)),
        destinations=tuple(
            _named(each, silent=each.address in silent) for each in found if each.kind != "subscriber"
        ),
        errors=tuple(sorted((host, error or "") for host, error in failed)),
    )


def _topics(subscribers: Sequence[Destination]) -> Iterator[TopicStatus]:
    for topic in sorted({each.topic for each in subscribers}):
        own = [each for each in subscribers if each.topic == topic]
        failing = sum(each.failures > 0 for each in own)
        delivered = max((each.delivered for each in own if each.delivered is not None), default=None)
        yield TopicStatus(topic, len(own), failing, delivered)


def _named(each: Destination, *, silent: bool) -> DestinationStatus:
    return DestinationStatus(each.kind, each.address, each.told, each.delivered, each.failures, each.error, silent)


def push_json(status: PushStatus) -> Mapping[str, object]:
    """The status of push for programs."""
    return {
        "sender": status.sender,
        "waiting": status.waiting,
        "topics": [asdict(each) for each in status.topics],
        "destinations": [asdict(each) for each in status.destinations],
        "errors": [{"host": host, "error": error} for host, error in status.errors],
    }


def push_line(status: PushStatus) -> str:
    """The status of push in one line, for people."""
    count = sum(each.subscribers for each in status.topics)
    failing = sum(each.failing for each in status.topics) + sum(each.failures > 0 for each in status.destinations)
    named = f", {len(status.destinations)} named by the settings" if status.destinations else ""
    return f"{count} subscriptions{named}, {failing} failing" if count or named else "nobody to tell"


def read_push_status(settings: Settings) -> PushStatus:
    """The status of push, from the store alone.

    Raises:
        StoreError: The store cannot be read.
    """
    with closing(open_store(settings.store_url, make=False)) as store:
        return push_status_of(store)
