"""Views: all that a template sees of the site, its channels and its articles.

They are frozen and hold plain values, other views and nothing else: no record, no setting, no clock. Every URL is
absolute and every text is plain, except where it says HTML. This is what a theme is written against
(docs/themes.md); a new field here belongs there too.
"""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from feedsvc.articles.record import PlaceKind

Direction = Literal["ltr", "rtl", "auto"]
"""As the attribute ``dir`` of HTML takes it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time."""

    machine: str
    """RFC 3339, in UTC."""
    day: str
    """For people."""


@dataclass(frozen=True, slots=True)
class FeedView:
    """A feed of a channel in one format."""

    name: str
    """The format's: RSS, Atom, JSON Feed."""
    url: str
    media_type: str
    title: str
    """Of the channel, and the format."""


@dataclass(frozen=True, slots=True)
class ReaderView:
    """A feed reader that can be opened with a feed."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who writes."""

    name: str
    url: str
    """What they wrote here."""
    profile: str | None = None
    """A page of their own elsewhere."""


@dataclass(frozen=True, slots=True)
class TagView:
    """What an article is about, in a word."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class SiteView:
    """The whole site."""

    title: str
    description: str
    url: str
    language: str
    """BCP 47."""
    direction: Direction
    feeds: tuple[FeedView, ...]
    opml: str
    """URL of the list of all channels, which feed readers import."""
    style: str
    """URL of the stylesheet."""
    author: str | None = None
    author_url: str | None = None
    copyright: str | None = None
    icon: str | None = None
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelView:
    """Articles that are told together."""

    kind: Literal["site"] | PlaceKind
    title: str
    """As a subscriber sees it among other feeds."""
    label: str
    """As it is called within the site."""
    description: str
    url: str
    feeds: tuple[FeedView, ...]
    readers: tuple[ReaderView, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupView:
    """Channels of one kind, as a page lists them."""

    kind: Literal["section", "tag", "author"]
    channels: tuple[ChannelView, ...]
    more: str | None = None
    """URL of the page with all of them, where these are not all."""


@dataclass(frozen=True, slots=True)
class TeaserView:
    """An article as a list shows it."""

    title: str
    url: str
    summary: str
    published: Moment
    authors: tuple[PersonView, ...]
    language: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class NeighbourView:
    """The article before or after another."""

    title: str
    url: str
    language: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture; width and height are 0 where they are not known."""

    url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class EnclosureView:
    """A file to listen to, to watch or to take along."""

    kind: Literal["audio", "video", "file"]
    url: str
    media_type: str
    size: int
    """In bytes; 0 where it is not known."""
    title: str | None


@dataclass(frozen=True, slots=True)
class ArticleView:
    """A whole article."""

    title: str
    url: str
    summary: str
    published: Moment
    updated: Moment | None
    """None where it is as it was published."""
    authors: tuple[PersonView, ...]
    tags: tuple[TagView, ...]
    language: str
    direction: Direction
    body: Markup
    """HTML."""
    enclosures: tuple[EnclosureView, ...]
    """Those that the body does not show."""
    picture: PictureView | None
    external: str | None
    """URL of the page elsewhere that it is about."""
    older: NeighbourView | None
    """The article that was published before it."""
    newer: NeighbourView | None


@dataclass(frozen=True, slots=True)
class PageView:
    """What the frame of a page says of it."""

    title: str
    description: str
    canonical: str | None
    """None where search engines are to leave it alone."""
    feeds: tuple[FeedView, ...]
    """What a reader that is given the page's address may find."""
    older: str | None = None
    """URL of the page with what was published before."""
    newer: str | None = None
    number: int | None = None
    """Of a page of an archive, counted from the oldest."""
    structured: Markup | None = None
    """JSON-LD, to stand in a script element."""
    languages: tuple[tuple[str, str], ...] = ()
    """Language (BCP 47) and URL of the page and of its translations; none where there are no others."""
