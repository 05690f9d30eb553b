"""RSS 2.0, as the RSS Advisory Board's profile advises (https://www.rssboard.org/rss-profile)."""

from html import escape

from cachetools import LRUCache, cached
from feedgen.entry import FeedEntry
from lxml.etree import Element, SubElement

from feedsvc.documents.feeds.extensions.registry import namespaces_of
from feedsvc.documents.feeds.fragments import (
    CACHE_SIZE,
    EntryFragment,
    Placeholder,
    insert,
    new_entry,
    new_feed,
    write,
)
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.verification import rss_ids

MEDIA_TYPE = "application/rss+xml"


def render(feed: Feed) -> bytes:
    """Writes ``feed`` as RSS 2.0 in UTF-8; equal feeds give equal bytes.

    Raises:
        InvalidFeedError: The written feed does not read back as it should.
    """
    items = [_item((entry, feed.podcast is not None)) for entry in feed.entries]
    return insert(feed.self_url or feed.id, _frame(feed), items, rss_ids)


def _frame(feed: Feed) -> bytes:
    """The channel with a place for its items."""
    channel = new_feed(feed, "rss")
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


def _write(written: tuple[Entry, bool]) -> EntryFragment:
    """Writes an entry; the flag says whether in a podcast."""
    entry, podcast = written
    item = new_entry(entry, "rss", podcast=podcast)
    _fill(item, entry)
    declared = {each.prefix: each.uri for each in namespaces_of("rss", podcast=podcast) if each.prefix}
    channel = SubElement(Element("rss", nsmap=declared), "channel")
    return write(item.rss_entry(), channel, entry, rss_ids)


_item = cached(LRUCache(maxsize=CACHE_SIZE, getsizeof=len))(_write)


def _fill(item: FeedEntry, entry: Entry) -> None:
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate")
    item.guid(entry.id, permalink=False)
    item.category([{"term": tag} for tag in entry.tags])
    if entry.summary:
        item.description(escape(entry.summary, quote=False))  # the profile: a description is read as HTML
    for enclosure in entry.enclosures[:1]:  # the profile: one enclosure an item, since readers differ about more
        item.enclosure(enclosure.url, enclosure.length, enclosure.media_type)
