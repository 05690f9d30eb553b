"""RSS 2.0, as the RSS Advisory Board's profile advises (https://www.rssboard.org/rss-profile)."""

from html import escape
from operator import attrgetter

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feedsvc.documents.feed import Entry, Feed
from feedsvc.documents.memo import Memo
from feedsvc.documents.namespaces.atom import AtomInChannel, AtomInItem
from feedsvc.documents.namespaces.content import ContentItem
from feedsvc.documents.namespaces.dublincore import DublinCoreChannel, DublinCoreItem
from feedsvc.documents.namespaces.extension import Extension, FeedExtension
from feedsvc.documents.namespaces.history import FeedHistory
from feedsvc.documents.namespaces.itunes import ItunesChannel, ItunesItem
from feedsvc.documents.namespaces.media import MediaChannel, MediaItem
from feedsvc.documents.namespaces.podcast import PodcastChannel, PodcastItem
from feedsvc.documents.namespaces.rss import RssItem
from feedsvc.documents.namespaces.source import SourceChannel, SourceItem
from feedsvc.documents.namespaces.syndication import SyndicationChannel
from feedsvc.documents.written import ROOM, Written, new_entry

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
}
"""Name -> what tells of the channel and what of each item, in the order in which they write."""
PODCAST_EXTENSIONS: dict[str, tuple[type[FeedExtension], type[Extension]]] = {
    "itunes": (ItunesChannel, ItunesItem),
    "podcast": (PodcastChannel, PodcastItem),
}
"""The same for a podcast's own elements."""


def render(feed: Feed) -> bytes:
    """Writes ``feed`` as RSS 2.0 in UTF-8; equal feeds give equal bytes."""
    channel = FeedGenerator()
    extensions = EXTENSIONS | PODCAST_EXTENSIONS if feed.podcast else EXTENSIONS
    for name, (of_feed, of_entry) in extensions.items():
        channel.register_extension(name, of_feed, of_entry, atom=False)
        getattr(channel, name).feed = feed
    channel.title(feed.title)
    channel.description(feed.description or feed.title)
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
    for entry in feed.entries:
        channel.add_entry(_item((entry, feed.podcast is not None)), order="append")
    document: bytes = channel.rss_str(pretty=True)
    return document


def _write(told: tuple[Entry, bool]) -> Written:
    """Writes an entry; the flag says whether in a podcast."""
    entry, podcast = told
    extensions = EXTENSIONS | PODCAST_EXTENSIONS if podcast else EXTENSIONS
    item = new_entry(entry, {name: of_entry for name, (_, of_entry) in extensions.items()}, "rss")
    _fill(item, entry)
    return Written(item.rss_entry(), entry)


_item = Memo(_write, attrgetter("length"), ROOM)


def _fill(item: FeedEntry, entry: Entry) -> None:
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate")
    item.guid(entry.id, permalink=False)
    item.category([{"term": tag} for tag in entry.tags])
    if entry.summary:
        item.description(escape(entry.summary, quote=False))  # the profile: a description is read as HTML
    for enclosure in entry.enclosures[:1]:  # the profile: one enclosure an item, since readers differ about more
        item.enclosure(enclosure.url, enclosure.length, enclosure.media_type)
