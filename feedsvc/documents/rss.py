"""RSS 2.0, as the RSS Advisory Board's profile advises (https://www.rssboard.org/rss-profile)."""

from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feedsvc.documents.extensions import AtomInRss, DublinCore, Extension, RssItem
from feedsvc.documents.feed import Entry, Feed

MEDIA_TYPE = "application/rss+xml"


def render(feed: Feed) -> bytes:
    """Writes ``feed`` as RSS 2.0 in UTF-8; equal feeds give equal bytes."""
    channel = FeedGenerator()
    channel.register_extension("dc", DublinCore, DublinCore, atom=False)
    channel.register_extension("atom_in_rss", Extension, AtomInRss, atom=False)
    channel.register_extension("rss_item", Extension, RssItem, atom=False)
    channel.title(feed.title)
    channel.description(feed.description or feed.title)
    channel.link(href=feed.self_url, rel="self", type=MEDIA_TYPE)
    channel.link(href=feed.url, rel="alternate")  # feedgen takes the last link for <link>
    channel.language(feed.language)
    channel.lastBuildDate(feed.updated)
    channel.generator("feedsvc")
    for entry in feed.entries:
        _fill(channel.add_entry(order="append"), entry)
    document: bytes = channel.rss_str(pretty=True)
    return document


def _fill(item: FeedEntry, entry: Entry) -> None:
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate")
    item.guid(entry.id, permalink=False)
    item.category([{"term": tag} for tag in entry.tags])
    if entry.summary:
        item.description(escape(entry.summary, quote=False))  # the profile: a description is read as HTML
    for enclosure in entry.enclosures[:1]:  # the profile: one enclosure an item, since readers differ about more
        item.enclosure(enclosure.url, enclosure.length, enclosure.media_type)
    item.rss_item.published = entry.published
    item.rss_item.content = entry.content
    item.dc.creators = tuple(author.name for author in entry.authors)
    item.atom_in_rss.updated = entry.updated
