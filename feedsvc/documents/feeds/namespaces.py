"""The namespaces of RSS and Atom feeds: what feedgen lacks of each is a row of :data:`NAMESPACES`.

A row names functions. One adds the elements of a feed to its ``<channel>`` or ``<feed>``, the other those of an
entry to its ``<item>`` or ``<entry>``. Media RSS: https://www.rssboard.org/media-rss. iTunes:
https://help.apple.com/itc/podcasts_connect/#/itcb54353390. Podcasting 2.0:
https://podcasting2.org/podcast-namespace.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

from lxml.etree import SubElement, _Element

from feedsvc.articles.model import Enclosure, Picture
from feedsvc.core.timestamps import rfc822, rfc3339
from feedsvc.documents.feeds.model import Entry, Feed

ATOM = "http://www.w3.org/2005/Atom"
"""RFC 4287."""
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
"""RFC 5005."""
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
MEDIA = "http://search.yahoo.com/mrss/"
PODCAST = "https://podcastindex.org/namespace/1.0"
SOURCE = "http://source.scripting.com/"
"""For programs that render or edit Markdown."""
SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
"""RFC 6721."""
XML = "http://www.w3.org/XML/1998/namespace"

COMMENT = "This article was withdrawn."
TRANSCRIPT_TYPES = {
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
}
"""Suffix to media type, as Podcasting 2.0 lists them; anything else is plain text."""


def add(parent: _Element, tag: str, text: str | None = None, /, **attributes: str | int | None) -> _Element:
    """A new last child with a text and with those attributes that have a value."""
    given = {name: str(value) for name, value in attributes.items() if value is not None}
    child = SubElement(parent, tag, given)
    child.text = text
    return child


def item_date(entry: Entry, item: _Element) -> None:
    """Add ``pubDate`` (https://www.rssboard.org/rss-profile).

    feedgen switches the locale of the process to write one, and writes the year 800 with three digits.
    """
    add(item, "pubDate", rfc822(entry.published))


def item_content(entry: Entry, item: _Element) -> None:
    """Add ``content:encoded``; feedgen would make the text of an item without summary its description."""
    if entry.content:
        add(item, f"{{{CONTENT}}}encoded", entry.content)


def item_authors(entry: Entry, item: _Element) -> None:
    """Add a ``dc:creator`` for each author; ``author`` must hold an e-mail address, or feedgen drops it."""
    for author in entry.authors:
        add(item, f"{{{DUBLIN_CORE}}}creator", author.name)


def item_markdown(entry: Entry, item: _Element) -> None:
    """Add ``source:markdown``, the Markdown that the article was written in."""
    if entry.markdown:
        add(item, f"{{{SOURCE}}}markdown", entry.markdown)


def item_update(entry: Entry, item: _Element) -> None:
    """Add ``atom:updated``, the date of the last change."""
    add(item, f"{{{ATOM}}}updated", rfc3339(entry.updated))


def entry_links(told: Entry, entry: _Element) -> None:
    """Add the links of an Atom entry (RFC 4287, section 4.2.7) and its ``xml:lang`` (section 2).

    feedgen drops ``rel``, ``type`` and ``length`` of a link. There is no ``xml:base``: every address is absolute,
    and feedparser, which many readers use, would go on with the base of one entry's content in the next entries,
    and turn an id like ``tide-7`` into another.
    """
    add(entry, "link", rel="alternate", type="text/html", href=told.url)
    # Some readers take the first of the alternates and others the last; both are the entry's own page.
    for language, href in told.translations:
        add(entry, "link", rel="alternate", type="text/html", hreflang=language, href=href)
    for file in told.enclosures:
        length = file.length or None
        add(entry, "link", rel="enclosure", type=file.media_type, href=file.url, length=length, title=file.title)
    for href in dict.fromkeys(filter(None, (told.links.external, *told.links.related))):
        add(entry, "link", rel="related", href=href)
    for href in told.links.via:
        add(entry, "link", rel="via", href=href)
    if told.language:
        entry.set(f"{{{XML}}}lang", told.language)


def channel_hubs(feed: Feed, channel: _Element) -> None:
    """Add an ``atom:link`` for each hub (WebSub, section 4); feedgen writes only the link to the feed itself."""
    for hub in feed.hubs:
        add(channel, f"{{{ATOM}}}link", href=hub, rel="hub")


def channel_rhythm(feed: Feed, channel: _Element) -> None:
    """Add ``sy:updatePeriod`` and ``sy:updateFrequency``: ask so many times an hour, a day at the least."""
    if feed.ttl:
        hourly = feed.ttl <= 60
        times = max((60 if hourly else 24 * 60) // feed.ttl, 1)
        add(channel, f"{{{SYNDICATION}}}updatePeriod", "hourly" if hourly else "daily")
        add(channel, f"{{{SYNDICATION}}}updateFrequency", str(times))


def channel_history(feed: Feed, channel: _Element) -> None:
    """Add the links to and along the archive, as elements of Atom, and ``fh:archive`` (RFC 5005, section 4)."""
    _history(feed, channel, f"{{{ATOM}}}link", "application/rss+xml")


def feed_history(told: Feed, feed: _Element) -> None:
    """Add the links to and along the archive, and ``fh:archive`` (RFC 5005, section 4)."""
    _history(told, feed, "link", "application/atom+xml")


def _history(feed: Feed, parent: _Element, link: str, media_type: str) -> None:
    history = feed.history
    links = (("current", history.current), ("prev-archive", history.previous), ("next-archive", history.next))
    for rel, href in links:
        if href:
            add(parent, link, rel=rel, type=media_type, href=href)
    if history.archived:
        add(parent, f"{{{HISTORY}}}archive")


def feed_tombstones(told: Feed, feed: _Element) -> None:
    """Add an ``at:deleted-entry`` for each withdrawn article (RFC 6721, section 3)."""
    for stone in told.tombstones:
        deleted = add(feed, f"{{{TOMBSTONES}}}deleted-entry", ref=stone.id, when=rfc3339(stone.when))
        add(deleted, f"{{{TOMBSTONES}}}comment", COMMENT)


def item_media(entry: Entry, item: _Element) -> None:
    """Add a ``media:content`` for each sound and film, and one with ``media:thumbnail`` for the picture."""
    for file in entry.enclosures:
        medium = file.media_type.partition("/")[0]
        if medium in {"audio", "video"}:
            _file(item, file, medium)
    if entry.image is not None:
        _picture(item, entry.image)


def _file(item: _Element, file: Enclosure, medium: str) -> None:
    content = add(
        item,
        f"{{{MEDIA}}}content",
        url=file.url,
        type=file.media_type,
        medium=medium,
        fileSize=file.length or None,
        duration=file.duration,
    )
    if file.title:
        add(content, f"{{{MEDIA}}}title", file.title, type="plain")


def _picture(item: _Element, picture: Picture) -> None:
    size = {"width": picture.width, "height": picture.height}
    length = picture.length or None
    content = add(
        item,
        f"{{{MEDIA}}}content",
        url=picture.url,
        type=picture.media_type,
        medium="image",
        fileSize=length,
        **size,
    )
    if picture.alt:
        add(content, f"{{{MEDIA}}}description", picture.alt, type="plain")
    add(item, f"{{{MEDIA}}}thumbnail", url=picture.url, **size)


def itunes_show(feed: Feed, channel: _Element) -> None:
    """Add author, categories, explicit, image, owner, type and block, and where the feed has moved to."""
    show, author = feed.podcast, feed.author.name if feed.author else feed.title
    if show is None:
        return
    add(channel, _itunes("author"), author)
    for category in show.categories:
        outer, _, inner = category.partition(">")
        outermost = add(channel, _itunes("category"), text=outer.strip())
        if inner:
            add(outermost, _itunes("category"), text=inner.strip())
    add(channel, _itunes("explicit"), _truth(truth=show.explicit))
    if feed.logo:
        add(channel, _itunes("image"), href=feed.logo)
    if show.owner:
        owner = add(channel, _itunes("owner"))
        add(owner, _itunes("name"), author)
        add(owner, _itunes("email"), show.owner)
    add(channel, _itunes("type"), show.order)
    if show.private:
        add(channel, _itunes("block"), "Yes")
    if show.new_feed_url:
        add(channel, _itunes("new-feed-url"), show.new_feed_url)


def itunes_episode(entry: Entry, item: _Element) -> None:
    """Add duration, numbers, kind, explicit and image; only to an item with something to play."""
    episode = entry.episode
    if not entry.enclosures:
        return
    if entry.enclosures[0].duration is not None:
        add(item, _itunes("duration"), str(entry.enclosures[0].duration))
    if entry.image is not None:
        add(item, _itunes("image"), href=entry.image.url)
    if episode is None:
        return
    values = {"season": episode.season, "episode": episode.number, "episodeType": episode.kind}
    for name, value in values.items():
        if value is not None:
            add(item, _itunes(name), str(value))
    if episode.explicit is not None:
        add(item, _itunes("explicit"), _truth(truth=episode.explicit))


def _itunes(name: str) -> str:
    return f"{{{ITUNES}}}{name}"


def _truth(*, truth: bool) -> str:
    return "true" if truth else "false"


def podcast_show(feed: Feed, channel: _Element) -> None:
    """Add ``podcast:guid``, ``podcast:locked`` and ``podcast:medium``."""
    if (show := feed.podcast) is not None:
        add(channel, _podcast("guid"), show.guid)
        add(channel, _podcast("locked"), "yes" if show.locked else "no", owner=show.owner)
        add(channel, _podcast("medium"), "podcast")


def podcast_episode(entry: Entry, item: _Element) -> None:
    """Add numbers, transcripts and chapters; only to an item with something to play."""
    episode = entry.episode
    if episode is None or not entry.enclosures:
        return
    if episode.season is not None:
        add(item, _podcast("season"), str(episode.season))
    if episode.number is not None:
        add(item, _podcast("episode"), str(episode.number))
    for url in episode.transcripts:
        kind = TRANSCRIPT_TYPES.get(PurePosixPath(urlsplit(url).path).suffix.lower(), "text/plain")
        add(item, _podcast("transcript"), url=url, type=kind)
    if episode.chapters is not None:
        add(item, _podcast("chapters"), url=episode.chapters, type="application/json+chapters")


def _podcast(name: str) -> str:
    return f"{{{PODCAST}}}{name}"


Kind = Literal["rss", "podcast", "atom"]
"""A podcast is an RSS feed with more in it; the same entry may stand in both."""
_RSS: tuple[Kind, ...] = ("rss", "podcast")


@dataclass(frozen=True, slots=True)
class Namespace:
    """The functions that add the elements of a namespace."""

    kinds: tuple[Kind, ...]
    """The kinds of feeds that have such elements."""
    prefix: str = ""
    """Of the namespace; empty for elements of the format itself."""
    uri: str = ""
    of_feed: Callable[[Feed, _Element], None] | None = None
    of_entry: Callable[[Entry, _Element], None] | None = None
    is_declared: Callable[[Feed], bool] = lambda _: True
    """Whether the root element of a feed has to declare the prefix; two of RSS are declared by feedgen itself."""


NAMESPACES = (
    Namespace(_RSS, of_entry=item_date),
    Namespace(_RSS, "content", CONTENT, of_entry=item_content, is_declared=lambda _: False),
    Namespace(_RSS, "dc", DUBLIN_CORE, of_entry=item_authors),
    Namespace(
        _RSS,
        "source",
        SOURCE,
        of_entry=item_markdown,
        is_declared=lambda feed: any(entry.markdown for entry in feed.entries),
    ),
    Namespace(_RSS, "atom", ATOM, channel_hubs, item_update, is_declared=lambda _: False),
    Namespace(_RSS, "media", MEDIA, of_entry=item_media),
    Namespace(_RSS, "sy", SYNDICATION, channel_rhythm),
    Namespace(_RSS, "fh", HISTORY, channel_history, is_declared=lambda feed: feed.history.archived),
    Namespace(("podcast",), "itunes", ITUNES, itunes_show, itunes_episode),
    Namespace(("podcast",), "podcast", PODCAST, podcast_show, podcast_episode),
    Namespace(("atom",), of_entry=entry_links),
    Namespace(("atom",), "fh", HISTORY, feed_history, is_declared=lambda feed: feed.history.archived),
    Namespace(("atom",), "at", TOMBSTONES, feed_tombstones, is_declared=lambda feed: bool(feed.tombstones)),
)
"""In the order in which they write."""


def namespaces_of(kind: Kind) -> list[Namespace]:
    """Those of which feeds of a kind have elements, in the order in which they write."""
    return [each for each in NAMESPACES if kind in each.kinds]
