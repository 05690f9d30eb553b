"""Views: all that a template sees of the site, its channels and its articles.

They are frozen and hold plain values, other views and nothing else: no record, no setting, no clock. Every URL is
absolute and every text is plain, except where it says HTML. This is what a theme is written against
(docs/how-to/themes.md); a new field here belongs there too.
"""

from dataclasses import dataclass
from typing import Literal

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from feedsvc.channels.site import Site

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
    """A person who writes."""

    name: str
    url: str
    """The page of their articles on this site."""
    profile: str | None = None
    """A page of their own elsewhere."""


@dataclass(frozen=True, slots=True)
class TagView:
    """A tag: what an article is about, in a word."""

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
    me: tuple[str, ...] = ()
    """URLs of the author's profiles elsewhere."""
    fediverse_creator: str | None = None
    theme_color: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel, as lists show it."""

    kind: str
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

    kind: str
    heading: str
    channels: tuple[ChannelView, ...]
    more: str | None = None
    """URL of the page with all of them, where these are not all."""


@dataclass(frozen=True, slots=True)
class CountView:
    """A channel, as a directory names it."""

    label: str
    url: str
    """Without a host."""
    articles: int
    """How many articles it holds."""


@dataclass(frozen=True, slots=True)
class DirectoryView:
    """A page that names channels of one kind."""

    kind: str
    heading: str
    most: tuple[CountView, ...]
    """The channels with the most articles, on the first page of a long directory."""
    channels: tuple[CountView, ...]
    """The channels of this page, by name."""
    pages: tuple[str, ...]
    """URLs of all pages."""
    number: int
    """Of this page, counted from 1."""


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
    """The enclosures that the body does not show."""
    picture: PictureView | None
    external: str | None
    """URL of the page elsewhere that it is about."""
    older: NeighbourView | None
    """The article that was published before it."""
    newer: NeighbourView | None


@dataclass(frozen=True, slots=True)
class PageView:
    """The data of a page for its frame."""

    title: str
    description: str
    canonical: str | None
    """None where search engines are to leave it alone."""
    feeds: tuple[FeedView, ...]
    """The feeds that a feed reader finds by the page's address."""
    older: str | None = None
    """URL of the page with what was published before."""
    newer: str | None = None
    number: int | None = None
    """Of a page of an archive, counted from the oldest."""
    structured: Markup | None = None
    """JSON-LD, to stand in a script element."""
    markdown: str | None = None
    """URL of the same as Markdown."""
    languages: tuple[tuple[str, str], ...] = ()
    """Language (BCP 47) and URL of the page and of its translations; none where there are no others."""


# JSON-LD for search engines (https://schema.org). It stands in a script element that no browser runs: it is a data
# block (HTML, section 4.12.1), which a Content-Security-Policy does not concern.
_CONTEXT = "https://schema.org"


def structured_site(site: Site) -> Markup:
    """The whole site as JSON-LD."""
    return _written(
        {
            "@type": "WebSite",
            "name": site.title,
            "url": site.url("/"),
            "description": site.description,
            "inLanguage": site.language,
        }
    )


def structured_article(site: SiteView, article: ArticleView) -> Markup:
    """One article as JSON-LD."""
    written_by = [_person(each.name, each.profile or each.url) for each in article.authors]
    if not written_by and site.author:
        written_by = [_person(site.author, site.author_url)]
    return _written(
        {
            "@type": "BlogPosting",
            "headline": article.title,
            "description": article.summary,
            "url": article.url,
            "mainEntityOfPage": article.url,
            "datePublished": article.published.machine,
            "dateModified": (article.updated or article.published).machine,
            "inLanguage": article.language,
            "keywords": [tag.name for tag in article.tags],
            "image": article.picture.url if article.picture else None,
            "author": written_by,
            "isPartOf": {"@type": "WebSite", "name": site.title, "url": site.url},
            "copyrightNotice": site.copyright,
        }
    )


def _person(name: str, url: str | None) -> dict[str, object]:
    return _without_gaps({"@type": "Person", "name": name, "url": url})


def _written(values: dict[str, object]) -> Markup:
    """As JSON in which no character can end a script element."""
    return htmlsafe_json_dumps({"@context": _CONTEXT, **_without_gaps(values)}, ensure_ascii=False, sort_keys=True)


def _without_gaps(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}
