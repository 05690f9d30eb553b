"""A channel: a selection of articles with a title and a URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feedsvc.articles.article import Extent
from feedsvc.articles.record import Record

Kind = Literal["site", "query", "section", "tag", "author"]


@dataclass(frozen=True, slots=True)
class Channel:
    """Articles that are told together, newest first."""

    title: str
    """As a subscriber sees it among other feeds."""
    description: str
    path: str
    """The channel's page, with a trailing slash: ``/`` for the site."""
    records: tuple[Record, ...]
    updated: datetime | None
    """The newest change it holds, removals included; None when nothing was ever published."""
    kind: Kind = "site"
    label: str = ""
    """As it is called within the site."""
    gone: tuple[Record, ...] = ()
    """The articles that it held when they left the public, in the order of their ids."""
    extent: Extent = "full"
    header: str = ""
    footer: str = ""
    seats: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Where each article stands in the archive, by its id (:mod:`feedsvc.channels.archive`)."""
