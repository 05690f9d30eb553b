"""A channel: a selection of articles with a title and a URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.articles.model import Extent
from feedsvc.articles.record import Record


@dataclass(frozen=True, slots=True)
class Channel:
    """The articles of one feed, newest first, with its title and address."""

    title: str
    """As a subscriber sees it among other feeds."""
    description: str
    path: str
    """The channel's page, with a trailing slash: ``/`` for the site."""
    records: tuple[Record, ...]
    updated: datetime | None
    """The newest change it holds, removals included; None when nothing was ever published."""
    kind: str = "site"
    """``site``, ``query``, or the name of a kind of channels (:mod:`feedsvc.channels.kinds`)."""
    label: str = ""
    """As it is called within the site."""
    gone: tuple[Record, ...] = ()
    """The articles that it held when they left the feeds altogether, in the order of their ids."""
    passed: Mapping[str, datetime] = field(default_factory=dict, hash=False)
    """By id, when an article last left or came into it after the feeds first showed it.

    What left it and stands in other channels is here, and not in ``gone``: its going moves the date of this
    channel, and nothing else shows it. A tombstone (RFC 6721) would say that it was deleted, and a reader
    that knows an entry by its id through all feeds would delete it in the others, too."""
    extent: Extent = "full"
    header: str = ""
    footer: str = ""
    positions: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Where each article stands in the archive, by its id (:mod:`feedsvc.channels.archive`)."""
