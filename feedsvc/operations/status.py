"""The status of the service and of its push, read from the store alone: text for people, JSON for programs."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from feedsvc.core.printable import printable_line, to_json
from feedsvc.core.settings.model import Settings
from feedsvc.responses.edition import Edition
from feedsvc.store.operator_store import Report
from feedsvc.store.push_store import Destination, DestinationKind
from feedsvc.store.store import Store, open_store

SAFEGUARDS = ("removals", "flood", "headers")
"""The safeguards that the operator can override for a round."""
OVERDUE = 3600
"""Seconds that the next round may be late before the publisher counts as hanging. The first round of a large site
takes minutes."""


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


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the service as the store has it."""

    edition: Edition
    """The newest edition; number 0 if nothing was ever published."""
    report: Report
    """The report of the last round."""
    publisher: str | None
    """``host:pid:token`` of the process that has the right to publish; None if there is none."""
    push: PushStatus = field(default_factory=PushStatus)
    """Who is told of editions."""
    time: int = 0
    """When the store was read, in seconds since 1970; 0 where nothing depends on it."""
    held: float = 0.0
    """Seconds since the publisher acquired the right to publish."""

    @property
    def is_overdue(self) -> bool:
        """Whether the publisher runs no round although it has the right to publish, as when it hangs."""
        due = self.report.time + self.report.seconds + self.report.interval
        # The first round after a long pause may take minutes.
        return self.report.time > 0 and min(self.time - due, self.held) > OVERDUE


def status_of(store: Store) -> Status:
    """The status, from an open store."""
    report, _ = store.operator.report()
    lease = store.publisher.lease()
    owner, held = (lease.owner, lease.held) if lease else (None, 0.0)
    return Status(store.editions.newest(), report, owner, _push_status_of(store), int(time.time()), held)


def _push_status_of(store: Store) -> PushStatus:
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


def attention(status: Status) -> tuple[str, ...]:
    """Why the service needs a person; nothing where all is well.

    A file that was set aside is no reason: all others are published, and the report names it.
    """
    report = status.report
    held = active_safeguards(report)
    reasons = {
        "nothing is published yet": not status.edition.number,
        "nobody publishes": status.publisher is None,
        f"the publisher has run no round since {shown(report.time)}": status.is_overdue,
        "the last round failed": report.failure is not None,
        f"a safeguard holds ({', '.join(held)})": bool(held),
    }
    return tuple(reason for reason, applies in reasons.items() if applies)


def status_json(status: Status) -> str:
    """The status for programs: times in RFC 3339, null where there is no value."""
    report = status.report
    return to_json(
        {
            "attention": list(attention(status)),
            "edition": status.edition.number,
            "published": _time(status.edition.time),
            "next_moment": _time(status.edition.next_moment),
            "publisher": status.publisher,
            "articles": article_counts(report),
            "problems": [asdict(problem) for problem in report.problems],
            "safeguards": list(active_safeguards(report)),
            "refusals": [asdict(refusal) for refusal in report.refusals],
            "failure": report.failure,
            "last_round": round_json(report),
            "rounds": {"all": report.rounds, "refused": report.refused, "failed": report.failed},
            "push": push_json(status.push),
        }
    )


def push_json(status: PushStatus) -> Mapping[str, object]:
    """The status of push for programs."""
    return {
        "sender": status.sender,
        "waiting": status.waiting,
        "topics": [asdict(each) for each in status.topics],
        "destinations": [asdict(each) for each in status.destinations],
        "errors": [{"host": host, "error": error} for host, error in status.errors],
    }


def _push_line(status: PushStatus) -> str:
    """The status of push in one line, for people."""
    count = sum(each.subscribers for each in status.topics)
    failing = sum(each.failing for each in status.topics) + sum(each.failures > 0 for each in status.destinations)
    named = f", {len(status.destinations)} named by the settings" if status.destinations else ""
    return f"{plural(count, 'subscription')}{named}, {failing} failing" if count or named else "no subscribers"


def round_json(report: Report) -> dict[str, object]:
    """The report of a round, for programs."""
    moved: dict[str, object] = {
        each.kind: {"count": each.count, "pages": list(each.pages)} for each in report.moved
    }
    return {
        "time": _time(report.time),
        "seconds": report.seconds,
        "read": report.read,
        "changed": report.changed,
        "left_out": dict(report.left_out),
        **moved,
    }


def status_text(status: Status) -> str:
    """The status for people, without a line break at the end."""
    report, edition, counts = status.report, status.edition, status.report.counts
    published = f"{counts.published} published ({counts.unlisted} unlisted), {counts.scheduled} scheduled"
    held = f"{plural(counts.drafts, 'draft')}, {counts.withdrawn} withdrawn, {_set_aside(report)} set aside"
    lines = [
        f"state        {'; '.join(attention(status)) or 'all is well'}",
        f"edition      {edition.number or 'none yet'}",
        f"published    {shown(edition.time)}",
        f"articles     {published}, {held}",
        f"next moment  {shown(edition.next_moment)}",
        f"last round   {shown(report.time)}{f', {report.seconds} s' if report.time else ''}",
        f"publisher    {status.publisher or 'none'}",
        f"safeguards   {', '.join(active_safeguards(report)) or 'none active'}",
        f"push         {_push_line(status.push)}",
    ]
    return "\n".join([*lines, *map(printable_line, findings(report))])


def article_counts(report: Report) -> dict[str, int]:
    """The number of articles in each state, and of files that are set aside."""
    return asdict(report.counts) | {"set_aside": _set_aside(report)}


def active_safeguards(report: Report) -> tuple[str, ...]:
    """The names of the safeguards that refused the round or hold single files back."""
    named = {each.safeguard for each in report.refusals} | {each.safeguard for each in report.problems}
    return tuple(name for name in SAFEGUARDS if name in named)


def findings(report: Report) -> list[str]:
    """The faults for the operator to mend: failure and refusals of the round, and problems of single files."""
    failure = [f"failed: {report.failure}"] if report.failure else []
    refusals = [f"refused: {each.what}; {each.remedy}" for each in report.refusals]
    files = [f"{each.place}: {each.severity}: {each.what}; {each.remedy}" for each in report.problems]
    return [*failure, *refusals, *files]


def shown(seconds: int | None) -> str:
    """A moment in UTC, for people."""
    return "-" if not seconds else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _set_aside(report: Report) -> int:
    """How many files are set aside."""
    return len({problem.path for problem in report.set_aside})


def _time(seconds: int | None) -> str | None:
    return None if not seconds else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def plural(number: int, noun: str) -> str:
    """Such as ``1 draft`` and ``2 drafts``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def read_status(settings: Settings) -> Status:
    """The status, from the store alone.

    Raises:
        StoreError: The store cannot be read.
    """
    with closing(open_store(settings.store_url, make=False)) as store:
        return status_of(store)
