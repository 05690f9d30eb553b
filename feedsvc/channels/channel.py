"""A channel: a selection of articles with a title and a URL."""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.articles.record import Record


@dataclass(frozen=True, slots=True)
class Site:
    """What the operator says about the whole site; plain values from the settings."""

    base_url: str
    """Absolute, without a trailing slash."""
    title: str
    description: str
    language: str
    """BCP 47."""
    author: str | None = None
    feed_size: int = 50
    """How many of the newest articles a feed holds."""

    def url(self, path: str) -> str:
        """The absolute URL of a ``path`` that begins with a slash."""
        return self.base_url + path


@dataclass(frozen=True, slots=True)
class Channel:
    """Articles that are told together, newest first."""

    title: str
    description: str
    path: str
    """The channel's page, with a trailing slash: ``/`` for the site."""
    records: tuple[Record, ...]
    updated: datetime | None
    """The newest change it holds, removals included; None when nothing was ever published."""
