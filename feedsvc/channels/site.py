"""The site: its title, language, author and other options, as the operator has set them."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from feedsvc.articles.frontmatter.inherited import SectionText
from feedsvc.articles.identity.paths import name_key, section_of, sections_of
from feedsvc.articles.model import Article, Extent
from feedsvc.articles.record import Record

_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""That of ``podcast:guid`` (https://podcasting2.org/docs/podcast-namespace/tags/guid)."""


@dataclass(frozen=True, slots=True)
class Podcast:
    """The operator's settings for the podcasts of the site."""

    categories: tuple[str, ...] = ("News",)
    """Of Apple's list; ``Arts > Books`` names one within another."""
    explicit: bool = False
    order: Literal["episodic", "serial"] = "episodic"
    owner: str | None = None
    """An e-mail address."""
    locked: bool = True
    """Whether another platform must not take the podcast over."""
    guid: str | None = None
    """The guid of the site's channel if it was made before, perhaps under another address."""
    new_base_url: str | None = None
    """The base URL under which the same podcasts are published from now on; absolute, without a trailing slash."""


def is_podcast(records: Sequence[Record]) -> bool:
    """Whether more than half of the articles are there to be heard or watched."""
    return 2 * sum(map(_plays, records)) > len(records)


def podcast_guid(podcast: Podcast, base_url: str, path: str) -> str:
    """The id of the podcast at a channel's ``path``, by which directories know it wherever it moves.

    It is made of the feed's address without its scheme, so that it stays from http to https. Where the operator
    keeps the id of the site's channel, it is that one, and the others are made of it.
    """
    if podcast.guid is None:
        address = f"{base_url.partition('://')[2]}{path}rss.xml"
        return str(uuid.uuid5(_NAMESPACE, address))
    return podcast.guid if path == "/" else str(uuid.uuid5(uuid.UUID(podcast.guid), path))


def _plays(record: Record) -> bool:
    return any(file.media_type.startswith(("audio/", "video/")) for file in record.article.enclosures[:1])


@dataclass(frozen=True, slots=True)
class Query:
    """Which articles a channel holds: those that fit every field that is not empty, each by any of its values."""

    path: str
    """The channel's page, with outer slashes."""
    title: str
    description: str = ""
    sections: tuple[str, ...] = ()
    """Folders, as they are written on disk or in URLs; what lies deeper is in them too, and so is their index."""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """BCP 47; ``en`` holds ``en-GB`` too (RFC 4647, section 3.3.1, basic filtering)."""
    extent: Extent | None = None
    """None leaves this and the next two to the site."""
    header: str | None = None
    footer: str | None = None

    def fits(self, article: Article, language: str) -> bool:
        """Whether the channel holds ``article``; ``language`` is that of an article which names none."""
        return (
            _fits(self.sections, lambda wanted: _is_in(article, section_of(wanted)))
            and _fits(self.tags, lambda wanted: _has(article.tags, wanted))
            and _fits(self.authors, lambda wanted: _has((each.name for each in article.authors), wanted))
            and _fits(self.languages, lambda wanted: _speaks(article.language or language, wanted))
        )


def _fits(wanted: tuple[str, ...], matches: Callable[[str], bool]) -> bool:
    return not wanted or any(matches(each) for each in wanted)


def _is_in(article: Article, wanted: str) -> bool:
    sections = (*sections_of(article.path, article.section), article.section_key or article.section)
    return any(section == wanted or section.startswith(f"{wanted}/") for section in sections)


def _has(names: Iterable[str], wanted: str) -> bool:
    return name_key(wanted) in map(name_key, names)


def _speaks(language: str, wanted: str) -> bool:
    return f"{language}-".lower().startswith(f"{wanted}-".lower())


KeyField = Literal["surrogate-key", "cache-tag"]
"""The header field in which caches in between find keys to forget a copy by."""

_UTC = ZoneInfo("UTC")
_IN_PATHS = "/!$&'()*+,;=:@"
"""What stands in a path as it is (RFC 3986, section 3.3), beside letters, digits and ``-._~``."""


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
    """Absolute URLs of the WebSub hubs that announce changes."""
    extent: Extent = "full"
    """How much of each article the feeds hold."""
    header: str = ""
    """HTML that stands before each article in the feeds; see :func:`.feeds.entries.decorate`."""
    footer: str = ""
    podcast: Podcast = field(default_factory=Podcast)
    """The metadata of feeds that are podcasts."""
    feed_days: int = 7
    """A feed holds all of so many days before its newest article."""
    feed_bytes: int = 500_000
    """As large a feed may be before any content coding."""
    archive_size: int = 50
    """How many articles a page of an archive has room for."""
    tombstone_days: int = 90
    """The number of days for which a feed says that an article was withdrawn."""
    empty_channel_days: int = 90
    """So many days a section, tag or author stays a channel after its last article; 0 for ever."""
    previewed: bool = True
    """Whether a browser that is led to a feed's address gets a page about it."""
    styled: bool = True
    """Whether feeds name a stylesheet for browsers."""
    me: tuple[str, ...] = ()
    """Absolute URLs of the author's profiles elsewhere."""
    fediverse_creator: str | None = None
    """The author's account in the fediverse, ``@name@host``."""
    theme_color: str | None = None
    """A colour of CSS for the frame of pages."""
    content_signal: str | None = None
    """The uses that programs may make of the site, as ``robots.txt`` says it."""
    markdown_pages: bool = False
    """Whether articles are served as Markdown, too."""
    moved: tuple[tuple[str, str | None], ...] = ()
    """Former paths, each with where it leads now, as a path or address, or None where it is gone for good."""
    key_field: KeyField | None = None
    sections: tuple[SectionText, ...] = ()
    """The titles and descriptions that sections give themselves; other sections have the name of their folder."""
    private: bool = False
    """Whether readers have addresses of their own, so that the bytes, which all of them share, must name none."""
    queries: tuple[Query, ...] = ()
    """The channels that the operator has named."""
    zone: ZoneInfo = _UTC
    """By whose clock pages say on which day something was; feeds give their times in UTC."""

    @property
    def least(self) -> int:
        """How many articles a feed holds whatever their size."""
        return min(LEAST, self.feed_size)

    @property
    def prefix(self) -> str:
        """The path of the base URL, without a trailing slash: empty where the site has a host for itself."""
        return urlsplit(self.base_url).path

    def url(self, path: str) -> str:
        """The absolute URL of a ``path`` that begins with a slash."""
        return self.base_url + path

    def page_url(self, page: str) -> str:
        """The absolute URL of an article's :attr:`.Record.page`."""
        return self.base_url + quote(page, _IN_PATHS) if page.startswith("/") else page


LEAST = 10
"""How many articles a feed holds however large they are, unless the operator wants fewer."""


def newest(site: Site, records: Sequence[Record]) -> tuple[Record, ...]:
    """The newest of ``records``, which come newest first: so many as the site says, and all of so many days.

    The days are counted back from the newest article, not from today: a feed must not change because a day has
    passed in which nothing was published.
    """
    if not records:
        return ()
    since = records[0].published - timedelta(days=site.feed_days)
    count = site.feed_size
    while count < len(records) and records[count].published > since:
        count += 1
    return tuple(records[:count])
