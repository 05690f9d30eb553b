"""RSS 2.0, as the RSS Advisory Board's profile advises (https://www.rssboard.org/rss-profile)."""

from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import Element, SubElement, _Element

from feedsvc.core.lru_cache import LruCache
from feedsvc.documents.feeds.extensions.atom import ATOM, AtomInChannel, AtomInItem
from feedsvc.documents.feeds.extensions.content import CONTENT, ContentItem
from feedsvc.documents.feeds.extensions.dublin_core import DUBLIN_CORE, DublinCoreChannel, DublinCoreItem
from feedsvc.documents.feeds.extensions.extension import Extension, FeedExtension
from feedsvc.documents.feeds.extensions.history import FeedHistory
from feedsvc.documents.feeds.extensions.itunes import ITUNES, ItunesChannel, ItunesItem
from feedsvc.documents.feeds.extensions.media import MEDIA, MediaChannel, MediaItem
from feedsvc.documents.feeds.extensions.podcast import PODCAST, PodcastChannel, PodcastItem
from feedsvc.documents.feeds.extensions.rss import RssItem
from feedsvc.documents.feeds.extensions.source import SOURCE, SourceChannel, SourceItem
from feedsvc.documents.feeds.extensions.style import StyledFeed
from feedsvc.documents.feeds.extensions.syndication import SyndicationChannel
from feedsvc.documents.feeds.fragments import ROOM, EntryFragment, Placeholder, insert, new_entry, write
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.verification import rss_ids

MEDIA_TYPE = "application/rss+xml"

EXTENSIONS: dict[str, tuple[type[FeedExtension], type[Extension]]] = {
    "rss": (FeedExtension, RssItem),
    "content": (FeedExtension, ContentItem),
    "dc": (DublinCoreChannel, DublinCoreItem),
    "markdown": (SourceChannel, SourceItem),
    "atom": (AtomInChannel, AtomInItem),
    "media": (MediaChannel, MediaItem),
    "sy": (SyndicationChannel, Extension),
    "history": (FeedHistory, Extension),
    "style": (StyledFeed, Extension),
}
"""Name -> what tells of the channel and what of each item, in the order in which they write."""
PODCAST_EXTENSIONS: dict[str, tuple[type[FeedExtension], type[Extension]]] = {
    "itunes": (ItunesChannel, ItunesItem),
    "podcast": (PodcastChannel, PodcastItem),
}
"""The same for a podcast's own elements."""
_NAMESPACES = {
    "atom": ATOM,
    "content": CONTENT,
    "dc": DUBLIN_CORE,
    "source": SOURCE,
    "media": MEDIA,
    "itunes": ITUNES,
    "podcast": PODCAST,
}
"""Those that an item may use, by the prefixes that the channel declares."""


def render(feed: Feed) -> bytes:
    """Writes ``feed`` as RSS 2.0 in UTF-8; equal feeds give equal bytes.

    Raises:
        InvalidFeedError: What was written does not read back as it should.
    """
    items = [_item((entry, feed.podcast is not None)) for entry in feed.entries]
    return insert(feed.self_url or feed.id, _frame(feed), items, rss_ids)


def _frame(feed: Feed) -> bytes:
    """The channel with a place for its items."""
    channel = FeedGenerator()
    extensions = EXTENSIONS | PODCAST_EXTENSIONS if feed.podcast else EXTENSIONS
    for name, (of_feed, of_entry) in extensions.items():
        channel.register_extension(name, of_feed, of_entry, atom=False)
        getattr(channel, name).feed = feed
    channel.title(feed.title)
    channel.description(feed.description or feed.title)
    if feed.self_url is not None:
        channel.link(href=feed.self_url, rel="self", type=MEDIA_TYPE)
    channel.link(href=feed.url, rel="alternate")  # feedgen takes the last link for <link>
    channel.language(feed.language)
    channel.lastBuildDate(feed.updated)
    channel.generator("feedsvc")
    channel.copyright(feed.copyright)
    if feed.logo:
        channel.image(feed.logo, feed.title, feed.url)
    if feed.ttl:
        channel.ttl(feed.ttl)
    channel.add_entry(Placeholder(), order="append")
    document: bytes = channel.rss_str(pretty=True)
    return document


def _write(told: tuple[Entry, bool]) -> EntryFragment:
    """Writes an entry; the flag says whether in a podcast."""
    entry, podcast = told
    extensions = EXTENSIONS | PODCAST_EXTENSIONS if podcast else EXTENSIONS
    item = new_entry(entry, {name: of_entry for name, (_, of_entry) in extensions.items()}, "rss")
    _fill(item, entry)
    return write(item.rss_entry(), _channel(), entry, rss_ids)


def _channel() -> _Element:
    """One to write an item in."""
    return SubElement(Element("rss", nsmap=_NAMESPACES), "channel")


_item = LruCache(_write, len, ROOM)


def _fill(item: FeedEntry, entry: Entry) -> None:
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate")
    item.guid(entry.id, permalink=False)
    item.category([{"term": tag} for tag in entry.tags])
    if entry.summary:
        item.description(escape(entry.summary, quote=False))  # the profile: a description is read as HTML
    for enclosure in entry.enclosures[:1]:  # the profile: one enclosure an item, since readers differ about more
        item.enclosure(enclosure.url, enclosure.length, enclosure.media_type)
