"""From records and channels to the neutral Feed and Entry."""

from collections.abc import Iterable
from datetime import UTC, datetime

from feedsvc.articles.article import Author
from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site
from feedsvc.documents.feed import Entry, Feed
from feedsvc.documents.times import whole

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the last change of a channel that never held anything: Atom demands a date (RFC 4287, 4.2.15),
and a document must not depend on the moment it was made."""


def tell_entry(site: Site, record: Record, body: str) -> Entry:
    """Tells one article without any format; ``body`` is its clean HTML."""
    article = record.article
    return Entry(
        id=record.id,
        url=site.url(record.page),
        title=article.title,
        summary=article.summary,
        content=body,
        published=whole(record.published),
        updated=whole(record.updated),
        authors=article.authors,
        tags=article.tags,
        language=article.language,
        image=article.image,
        enclosures=article.enclosures,
    )


def tell_feed(site: Site, channel: Channel, path: str, entries: Iterable[Entry]) -> Feed:
    """Tells a channel without any format.

    Args:
        site: What the operator says about the whole site.
        channel: Gives title, description, path and last change.
        path: Where the feed is served, such as ``/atom.xml``.
        entries: What the feed holds, newest first.
    """
    return Feed(
        id=site.url(channel.path),
        title=channel.title,
        description=channel.description,
        url=site.url(channel.path),
        self_url=site.url(path),
        language=site.language,
        updated=whole(channel.updated or NEVER),
        entries=tuple(entries),
        author=Author(site.author) if site.author else None,
    )
