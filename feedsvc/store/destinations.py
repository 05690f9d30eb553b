"""The records of push, as the store keeps them: destinations, requests to subscribe, outcomes of attempts.

What each field is, the columns of the tables in :mod:`feedsvc.store.schema` say.
"""

from dataclasses import dataclass, field
from typing import Literal

from feedsvc.documents.model import Kind
from feedsvc.store.article_changes import ArticleChange

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


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Bounds on the numbers of subscriptions, and of requests that wait for their verification."""

    subscriptions: int
    waiting: int
    of_source: int
    of_host: int


class FullError(Exception):
    """A request to subscribe goes beyond a limit; its text says which."""


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


@dataclass(frozen=True, slots=True)
class ChangedResponse:
    """A path whose response changed or went."""

    path: str
    kind: Kind
    is_dropped: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """The changes since an edition."""

    edition: int
    """The newest edition, up to which this goes."""
    time: int
    """When the round of that edition began, in seconds since 1970."""
    responses: tuple[ChangedResponse, ...]
    """Of the documents that are prepared, in the order of their paths."""
    articles: tuple[ArticleChange, ...]

    @property
    def feeds(self) -> tuple[str, ...]:
        """The paths of the feeds that changed, without those that went."""
        return tuple(each.path for each in self.responses if each.kind == "feed" and not each.is_dropped)
