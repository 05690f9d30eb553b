"""Push in the store: destinations, the edition that each was told of, and requests to become one.

There is no outbox: a destination has the number of the edition up to which it was told, and what changed since
is a query. What each field of a record is, the columns of the tables in :mod:`feedsvc.store.schema` say.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from feedsvc.documents.model import Kind
from feedsvc.responses.response import Response
from feedsvc.store.editions import Changed, changed_since, newest_edition
from feedsvc.store.engine import Database
from feedsvc.store.lease import SENDER, LeaseStore
from feedsvc.store.notifications import ChangeListener
from feedsvc.store.rows import response_of
from feedsvc.store.schema import destinations, responses
from feedsvc.store.schema import subscription_requests as requests

if TYPE_CHECKING:
    from feedsvc.store.snapshot import StoredSnapshot


DestinationKind = Literal["subscriber", "hub", "webhook", "cache"]
Mode = Literal["subscribe", "unsubscribe"]


@dataclass(frozen=True, slots=True)
class Destination:
    """A destination of editions."""

    id: str
    kind: DestinationKind
    address: str
    told: int
    created: int
    topic: str = ""
    topic_url: str = ""
    secret: str | None = field(default=None, repr=False)
    expires: int | None = None
    due: int = 0
    failures: int = 0
    error: str | None = None
    delivered: int | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A request of a subscriber that is not confirmed yet."""

    id: str
    number: str
    mode: Mode
    callback: str
    host: str
    source: str
    topic: str
    topic_url: str
    lease_seconds: int
    secret: str | None = field(repr=False)
    verify_token: str | None = field(repr=False)
    edition: int
    due: int
    failures: int = 0


WAITING = 2000
"""Requests that may wait for their verification at a time, from everybody together."""
WAITING_OF_SOURCE = 100
WAITING_OF_HOST = 200


class FullError(Exception):
    """There are as many subscriptions as there may be."""


class WaitingError(Exception):
    """Too many requests to subscribe wait for their verification; the text says whose."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A destination that has not been told of all it is to be told of."""

    destination: Destination
    newest: int
    """The newest edition."""
    is_gone: bool = False
    """Whether the feed of a subscription has gone: the subscriber gets a last message about that."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of an attempt to reach a destination; ``due`` is when there may be another, in milliseconds."""

    id: str
    due: int
    told: int | None = None
    """The edition up to which the destination was told; None where the attempt failed."""
    at: int | None = None
    """When something was delivered, in seconds; None where nothing concerned the destination."""
    error: str | None = None


class PushStore(LeaseStore):
    """The store as the hub and the sender see it. Every method may be called from any thread.

    All raise StoreError alone, except where they say so.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database, SENDER)

    def listen(self) -> ChangeListener | None:
        """A listener for durable transactions; None where the database cannot notify, now or at all."""
        return self._database.listen()

    def needs_sender(self) -> bool:
        """Whether there is a destination, if only one that the settings name no more, or a request to be one."""
        with self._database.reading() as connection:
            return bool(connection.execute(select(exists(destinations.c.id) | exists(requests.c.id))).scalar())

    # What the hub does.

    def document(self, path: str) -> tuple[Kind, str | None] | None:
        """The kind of the prepared document at a path, and the target of a redirect; None if there is none."""
        with self._database.reading() as connection:
            there = select(responses.c.kind, responses.c.headers).where(
                responses.c.path == path, ~responses.c.dropped
            )
            row = connection.execute(there).first()
        return None if row is None else (row.kind, dict(json.loads(row.headers)).get("location"))

    def keep_request(self, request: SubscriptionRequest, most_subscriptions: int) -> None:
        """Keep a request until it is verified, in place of an earlier one for the same subscription.

        Raises:
            FullError: It asks for one more subscription than there may be.
            WaitingError: Too many others wait.
        """
        with self._database.reading() as connection:  # what is refused must not take the writers' turn
            _check(connection, request, most_subscriptions)
        with self._database.writing() as connection:
            _check(connection, request, most_subscriptions)
            connection.execute(delete(requests).where(requests.c.id == request.id))
            edition = newest_edition(connection).number
            connection.execute(insert(requests), [asdict(request) | {"edition": edition}])

    # What the sender does.

    def requests(self) -> Sequence[SubscriptionRequest]:
        """All requests that wait for their verification, the one first that is due first."""
        with self._database.reading() as connection:
            found = connection.execute(select(requests).order_by(requests.c.due)).mappings()
            return [SubscriptionRequest(**row) for row in found]

    def confirm(self, request: SubscriptionRequest, now: int) -> None:
        """Begin, renew or end the subscription that was asked for, since the subscriber has confirmed it.

        Nothing is done where another request has replaced this one: the newer one counts.
        """
        with self._database.writing() as connection:
            if not _forget(connection, request):
                return
            own = destinations.c.id == request.id
            if request.mode == "unsubscribe":
                connection.execute(delete(destinations).where(own))
                return
            given = {
                "topic_url": request.topic_url,
                "secret": request.secret,
                "expires": now + request.lease_seconds,
                # A subscriber that was away is back, and must not wait for the end of a back-off.
                "due": case((destinations.c.failures > 0, 0), else_=destinations.c.due),
                "failures": 0,
                "error": None,
            }
            if connection.execute(update(destinations).where(own).values(given)).rowcount == 0:
                fresh = Destination(
                    request.id, "subscriber", request.callback, request.edition, now, request.topic
                )
                connection.execute(insert(destinations), [asdict(fresh) | given | {"due": 0}])

    def forget_request(self, request: SubscriptionRequest) -> None:
        """Forget a request that its subscriber did not confirm; a subscription that there was goes on."""
        with self._database.writing() as connection:
            _forget(connection, request)

    def postpone_request(self, request: SubscriptionRequest, due: int) -> None:
        """Verify a request again at ``due``, in milliseconds since 1970."""
        with self._database.writing(durable=False) as connection:
            later = update(requests).where(_is(request))
            connection.execute(later.values(due=due, failures=request.failures + 1))

    def pending(self, now: int) -> Sequence[Pending]:
        """All destinations that are to be told of something, due or not; subscriptions count until they expire."""
        with self._database.reading() as connection:
            newest = newest_edition(connection).number
            topic = and_(responses.c.path == destinations.c.topic, destinations.c.kind == "subscriber")
            found = connection.execute(
                select(destinations, responses.c.dropped)
                .outerjoin(responses, topic)
                .where(
                    destinations.c.told < newest,
                    or_(destinations.c.kind != "subscriber", responses.c.edition > destinations.c.told),
                    or_(destinations.c.expires.is_(None), destinations.c.expires > now),
                )
                .order_by(destinations.c.due)
            ).mappings()
            return [_pending(dict(row), newest) for row in found]

    def feed(self, path: str) -> tuple[int, Response | None]:
        """The number of the newest edition, and what a path holds in it."""
        with self._database.reading() as connection:
            there = select(responses).where(responses.c.path == path, ~responses.c.dropped)
            row = connection.execute(there).mappings().first()
            return newest_edition(connection).number, None if row is None else response_of(row)

    def changed_since(self, edition: int) -> Changed:
        """The changes after the edition of that number."""
        with self._database.reading() as connection:
            return changed_since(connection, edition)

    @contextmanager
    def snapshot(self, edition: int) -> Iterator[tuple[Changed, "StoredSnapshot"]]:
        """The changes after the edition of that number, and the store at the same moment, to render them from."""
        from feedsvc.store.snapshot import StoredSnapshot  # noqa: PLC0415 - for webhooks alone

        with self._database.reading() as connection:
            yield changed_since(connection, edition), StoredSnapshot(connection, self._database.address.shown)

    def record(self, attempts: Sequence[Attempt]) -> None:
        """Record what came of attempts. A power cut may undo it; then something is sent twice."""
        done = [_values(each) for each in attempts if each.told is not None]
        failed = [_values(each) for each in attempts if each.told is None]
        with self._database.writing(durable=False) as connection:
            if done:
                connection.execute(_DONE, done)
            if failed:
                connection.execute(_FAILED, failed)

    def end(self, over: Sequence[Destination]) -> None:
        """End subscriptions, except for those that were renewed since they were read."""
        own = (destinations.c.id == bindparam("key")) & (destinations.c.expires == bindparam("until"))
        with self._database.writing() as connection:
            connection.execute(
                delete(destinations).where(own), [{"key": each.id, "until": each.expires} for each in over]
            )

    def end_expired(self, now: int) -> int:
        """End the subscriptions whose time is over, and give how many there were."""
        is_over = destinations.c.expires <= now
        with self._database.reading() as connection:
            if connection.execute(select(destinations.c.id).where(is_over).limit(1)).first() is None:
                return 0
        with self._database.writing() as connection:
            return connection.execute(delete(destinations).where(is_over)).rowcount

    def configure(self, wanted: Sequence[Destination]) -> bool:
        """Have these destinations, and no others, beside the subscribers; a new one gets changes from now on.

        One that failed is tried at once: the operator may have mended its settings. Nothing is done before there
        is an edition; gives whether there is one.
        """
        with self._database.writing() as connection:
            newest = newest_edition(connection).number
            if not newest:
                return False
            ids = {each.id for each in wanted}
            others = select(destinations.c.id).where(destinations.c.kind != "subscriber")
            known = set(connection.execute(others).scalars())
            if known - ids:
                connection.execute(delete(destinations).where(destinations.c.id.in_(sorted(known - ids))))
            fresh = [asdict(each) | {"told": newest} for each in wanted if each.id not in known]
            if fresh:
                connection.execute(insert(destinations), fresh)
            failed = (destinations.c.kind != "subscriber") & (destinations.c.failures > 0)
            connection.execute(update(destinations).where(failed).values(due=0))
            return True

    # What the operator sees.

    def destinations(self) -> Sequence[Destination]:
        """All destinations, by kind, topic and address."""
        with self._database.reading() as connection:
            found = connection.execute(select(destinations)).mappings()
            return sorted(
                (Destination(**row) for row in found), key=lambda each: (each.kind, each.topic, each.address)
            )


_DONE = (
    update(destinations)
    .where(destinations.c.id == bindparam("key"))
    .values(
        told=bindparam("told_to"),
        delivered=func.coalesce(bindparam("at"), destinations.c.delivered),
        due=bindparam("next"),
        failures=0,
        error=None,
    )
)
_FAILED = (
    update(destinations)
    .where(destinations.c.id == bindparam("key"))
    .values(due=bindparam("next"), failures=destinations.c.failures + 1, error=bindparam("why"))
)


def _values(attempt: Attempt) -> dict[str, object]:
    return {"key": attempt.id, "next": attempt.due} | (
        {"why": attempt.error} if attempt.told is None else {"told_to": attempt.told, "at": attempt.at}
    )


def _pending(row: dict[str, object], newest: int) -> Pending:
    is_gone = bool(row.pop("dropped"))
    return Pending(Destination(**row), newest, is_gone)  # type: ignore[arg-type]


def _is(request: SubscriptionRequest) -> ColumnElement[bool]:
    return (requests.c.id == request.id) & (requests.c.number == request.number)


def _forget(connection: Connection, request: SubscriptionRequest) -> bool:
    """Remove a request; tells whether it was there."""
    return connection.execute(delete(requests).where(_is(request))).rowcount > 0


def _check(connection: Connection, request: SubscriptionRequest, most_subscriptions: int) -> None:
    """Hold a request to the limits; errors as of :meth:`PushStore.keep_request`."""
    waiting = select(func.count()).where(requests.c.id != request.id)
    counted = (
        (waiting, WAITING, "too many requests wait for their verification"),
        (waiting.where(requests.c.source == request.source), WAITING_OF_SOURCE, "too many of your requests wait"),
        (waiting.where(requests.c.host == request.host), WAITING_OF_HOST, "too many requests for this host wait"),
    )
    for query, most, words in counted:
        if connection.execute(query).scalar_one() >= most:
            raise WaitingError(words)
    there = connection.execute(select(destinations.c.id).where(destinations.c.id == request.id)).first()
    subscribers = select(func.count()).select_from(destinations).where(destinations.c.kind == "subscriber")
    is_new = there is None and request.mode == "subscribe"
    if is_new and connection.execute(subscribers).scalar_one() >= most_subscriptions:
        raise FullError("this hub has as many subscribers as it can serve")
