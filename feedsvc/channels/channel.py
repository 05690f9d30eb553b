"""A channel: a selection of articles with a title and a URL."""

from dataclasses import dataclass
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
