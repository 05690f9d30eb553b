"""What the operator says about the whole site."""

from dataclasses import dataclass

from feedsvc.channels.query import Query


@dataclass(frozen=True, slots=True)
class Site:
    """Plain values from the settings."""

    base_url: str
    """Absolute, without a trailing slash."""
    title: str
    description: str
    language: str
    """BCP 47."""
    author: str | None = None
    feed_size: int = 50
    """How many of the newest articles a feed holds."""
    author_url: str | None = None
    copyright: str | None = None
    icon: str | None = None
    """Absolute URL of a small square picture."""
    logo: str | None = None
    """Absolute URL of a larger picture."""
    hubs: tuple[str, ...] = ()
    """Absolute URLs of the WebSub hubs that tell of changes."""
    ttl: int | None = None
    """After how many minutes it is worth to ask again."""
    queries: tuple[Query, ...] = ()
    """The channels that the operator has named."""

    def url(self, path: str) -> str:
        """The absolute URL of a ``path`` that begins with a slash."""
        return self.base_url + path
