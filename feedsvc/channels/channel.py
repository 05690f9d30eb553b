"""A channel: a selection of articles with a title and a URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.articles.article import Extent
from feedsvc.articles.record import PlaceKind, Record

Kind = PlaceKind


@dataclass(frozen=True, slots=True)
class Channel:
    """Articles that are told together, newest first."""

    title: str
    """As a subscriber sees it among other feeds."""
    description: str
    path: str
    """The channel's page, with a trailing slash: ``/`` for the site. A private channel has no page: there it is
    only the name by which the operator knows it."""
    records: tuple[Record, ...]
    updated: datetime | None
    """The newest change it holds, removals included; None when nothing was ever published."""
    kind: Kind = "site"
    label: str = ""
    """As it is called within the site."""
    gone: tuple[Record, ...] = ()
    """The articles that it held when they left the feeds altogether, in the order of their ids."""
    passed: Mapping[str, datetime] = field(default_factory=dict, hash=False)
    """By id, when an article last left or came into it after the feeds first showed it.

    What left it and stands in other channels is here, and not in ``gone``: its going moves the date of this
    channel, and it is in no other way told of. A tombstone (RFC 6721) would say that it was deleted, and a reader
    that knows an entry by its id through all feeds would delete it in the others, too."""
    extent: Extent = "full"
    header: str = ""
    footer: str = ""
    seats: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Where each article stands in the archive, by its id (:mod:`feedsvc.channels.archive`)."""
    private: bool = False
    """Whether its feeds are only for those who were given an address of their own."""

    @property
    def place(self) -> str:
        """What the paths of its documents begin with; for a private one nothing that a request can name."""
        return private_place(self.path) if self.private else self.path


def private_place(path: str) -> str:
    """Where the documents of the private channel at ``path`` are.

    It has no slash in front, as every request has, and within none: who may read ``/members/`` must not find
    ``/members/gold/`` below it. No path of a channel has a colon in it.
    """
    return f"private:{path.strip('/').replace('/', ':')}/"
