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
    queries: tuple[Query, ...] = ()
    """The channels that the operator has named."""

    def url(self, path: str) -> str:
        """The absolute URL of a ``path`` that begins with a slash."""
        return self.base_url + path
