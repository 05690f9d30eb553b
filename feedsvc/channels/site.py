"""What the operator says about the whole site."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedsvc.articles.frontmatter.sections import SectionText
from feedsvc.articles.model import Extent
from feedsvc.channels.podcast import Podcast
from feedsvc.channels.query import Query

KeyField = Literal["surrogate-key", "cache-tag"]
"""The header field in which caches in between find keys to forget a copy by."""

_UTC = ZoneInfo("UTC")


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
    extent: Extent = "full"
    """How much of each article the feeds tell."""
    header: str = ""
    """HTML that stands before each article in the feeds; see :func:`.decoration.decorate`."""
    footer: str = ""
    podcast: Podcast = field(default_factory=Podcast)
    """What the feeds say that are podcasts."""
    feed_days: int = 7
    """A feed holds all of so many days before its newest article."""
    feed_bytes: int = 500_000
    """As large a feed may be before any content coding."""
    archive_size: int = 50
    """How many articles a page of an archive has room for."""
    tombstone_days: int = 90
    """So many days a feed tells that an article was taken back."""
    empty_channel_days: int = 90
    """So many days a section, tag or author stays a channel after its last article; 0 for ever."""
    previewed: bool = True
    """Whether a browser that is led to a feed's address gets a page about it."""
    styled: bool = True
    """Whether feeds name a stylesheet for browsers."""
    moved: tuple[tuple[str, str | None], ...] = ()
    """Former paths, each with where it leads now, as a path or address, or None where it is gone for good."""
    key_field: KeyField | None = None
    sections: tuple[SectionText, ...] = ()
    """What sections say of themselves; the rest have the name of their folder."""
    private: bool = False
    """Whether readers have addresses of their own, so that the bytes, which all of them share, must name none."""
    queries: tuple[Query, ...] = ()
    """The channels that the operator has named."""
    zone: ZoneInfo = _UTC
    """By whose clock pages say on which day something was; feeds give their times in UTC."""

    @property
    def prefix(self) -> str:
        """The path of the base URL, without a trailing slash: empty where the site has a host for itself."""
        return urlsplit(self.base_url).path

    def url(self, path: str) -> str:
        """The absolute URL of a ``path`` that begins with a slash."""
        return self.base_url + path
