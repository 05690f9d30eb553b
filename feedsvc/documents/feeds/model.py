"""A feed and its entries, independent of any format: the records that each format renders.

Each field says where RSS 2.0, Atom 1.0 (RFC 4287) and JSON Feed 1.1 put it.
"""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.articles.model import NO_LINKS, Author, Enclosure, Episode, Extent, Links, Picture

FEED_STYLE = "feed.css"
"""The stylesheet by which a browser shows a feed itself. Feeds name no version of it, and keep their bytes when it
changes."""

CACHE_SIZE = 16_000_000
"""How many bytes of entries are kept at hand, and written in each format: some thousand articles."""
_MARKUP = 1_000
"""Characters that an entry has beside its text, more or less."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as it is in a feed."""

    id: str
    """rss guid (isPermaLink=false) · atom id · json id"""
    url: str
    """rss link · atom link rel=alternate · json url"""
    title: str
    """rss title · atom title · json title; plain text"""
    summary: str
    """rss description · atom summary · json summary; plain text"""
    content: str
    """rss content:encoded · atom content type=html · json content_html; clean HTML, with the lead image in it"""
    published: datetime
    """rss pubDate · atom published · json date_published"""
    updated: datetime
    """rss atom:updated · atom updated · json date_modified"""
    authors: tuple[Author, ...] = ()
    """rss dc:creator each · atom author with uri · json authors with url"""
    tags: tuple[str, ...] = ()
    """rss category · atom category with label · json tags"""
    language: str | None = None
    """rss none · atom xml:lang of the entry · json language"""
    image: Picture | None = None
    """rss media:content and media:thumbnail · atom in the content only · json image, banner_image if it is wide"""
    enclosures: tuple[Enclosure, ...] = ()
    """rss enclosure (the first only: RSS Advisory Board profile), media:content each · atom link rel=enclosure ·
    json attachments"""
    episode: Episode | None = None
    """rss itunes: and podcast: in a podcast · atom none · json none"""
    extent: Extent | None = None
    """how much of it every channel tells, in every format; None leaves it to the channel"""
    links: Links = NO_LINKS
    """rss none · atom link rel=related (external and related), rel=via · json external_url"""
    markdown: str | None = None
    """rss source:markdown · atom none · json none; what the article was written in, if feeds shall hold it"""
    translations: tuple[tuple[str, str], ...] = ()
    """rss none · atom link rel=alternate with hreflang · json none; language and page of each, its own last"""
    text: str | None = None
    """rss none · atom none · json content_text; the words of an article that was written as plain text"""

    @property
    def size(self) -> int:
        """About how many characters it takes in a feed."""
        return len(self.content) + len(self.summary) + len(self.markdown or "") + _MARKUP

    def __hash__(self) -> int:
        """Of the id, which tells nearly all entries apart; what is written of them is looked up all the time."""
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Show:
    """The elements that make a feed a podcast."""

    guid: str
    """rss podcast:guid"""
    categories: tuple[str, ...]
    """rss itunes:category; ``Arts > Books`` is one within another"""
    explicit: bool
    """rss itunes:explicit"""
    order: str
    """rss itunes:type; ``episodic`` or ``serial``"""
    locked: bool
    """rss podcast:locked"""
    owner: str | None = None
    """rss itunes:owner, podcast:locked owner; an e-mail address"""
    new_feed_url: str | None = None
    """rss itunes:new-feed-url"""
    private: bool = False
    """rss itunes:block; directories must not list it"""


@dataclass(frozen=True, slots=True)
class History:
    """The place of a feed in the history of its channel (RFC 5005, section 4).

    All of them are absolute URLs of feeds. In a private site, whose readers have an address of their own each,
    they are relative to the one that the feed was fetched from (RFC 3986, section 5.1.3).
    """

    archived: bool = False
    """rss fh:archive · atom fh:archive · json none; it is a page of the archive, and full"""
    current: str | None = None
    """rss atom:link rel=current · atom link rel=current · json none; the feed that this is an older page of"""
    previous: str | None = None
    """rss atom:link rel=prev-archive · atom link rel=prev-archive · json next_url; the next older page"""
    next: str | None = None
    """rss atom:link rel=next-archive · atom link rel=next-archive · json none; the next newer page"""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An article that was withdrawn (RFC 6721, section 3)."""

    id: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A channel as it is in a feed."""

    id: str
    """atom id; stable for ever"""
    title: str
    """rss title · atom title · json title"""
    description: str
    """rss description · atom subtitle · json description"""
    url: str
    """rss link · atom link rel=alternate · json home_page_url"""
    self_url: str | None
    """rss atom:link rel=self · atom link rel=self · json feed_url; None in a private site: each of its
    readers has another address, and all get the same bytes. A reader that found one here would go on with it."""
    language: str
    """rss language · atom xml:lang · json language"""
    updated: datetime
    """rss lastBuildDate · atom updated · json none"""
    entries: tuple[Entry, ...]
    """newest first"""
    author: Author | None = None
    """rss none · atom author · json authors"""
    copyright: str | None = None
    """rss copyright · atom rights · json none"""
    icon: str | None = None
    """rss none · atom icon · json favicon; absolute URL of a small square"""
    logo: str | None = None
    """rss image · atom logo · json icon; absolute URL"""
    hubs: tuple[str, ...] = ()
    """rss atom:link rel=hub · atom link rel=hub · json hubs; absolute URLs (WebSub)"""
    ttl: int | None = None
    """rss ttl, sy:updatePeriod with sy:updateFrequency · atom none · json none; after how many minutes it is
    worth to ask again; None for a page of an archive"""
    podcast: Show | None = None
    """rss itunes: and podcast: · atom none · json none"""
    style: str | None = None
    """rss and atom processing instruction xml-stylesheet · json none; URL of a stylesheet for browsers"""
    history: History = History()
    tombstones: tuple[Tombstone, ...] = ()
    """rss none · atom at:deleted-entry · json none; the latest first"""
