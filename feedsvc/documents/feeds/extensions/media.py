"""Sounds, films, pictures and podcasts: Media RSS, iTunes and Podcasting 2.0.

https://www.rssboard.org/media-rss, https://help.apple.com/itc/podcasts_connect/#/itcb54353390 and
https://podcasting2.org/podcast-namespace.
"""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from lxml.etree import _Element

from feedsvc.articles.model import Enclosure, Picture
from feedsvc.documents.feeds.extensions.elements import EntryExtension, FeedExtension, add, channel_of

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
MEDIA = "http://search.yahoo.com/mrss/"
PODCAST = "https://podcastindex.org/namespace/1.0"

TRANSCRIPT_TYPES = {
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
}
"""Suffix to media type, as the namespace lists them; anything else is plain text."""


class MediaItem(EntryExtension):
    """The media of an item."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds one ``media:content`` for each sound and film, and one with ``media:thumbnail`` for the picture."""
        for file in self.entry.enclosures:
            medium = file.media_type.partition("/")[0]
            if medium in {"audio", "video"}:
                _file(element, file, medium)
        if self.entry.image is not None:
            _picture(element, self.entry.image)
        return element


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


class ItunesChannel(FeedExtension):
    """The show, for podcast players."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds author, categories, explicit, image, owner, type and block, and where the feed has moved to."""
        channel, feed, show = channel_of(element), self.feed, self.feed.podcast
        if show is None:
            return element
        add(channel, _itunes("author"), feed.author.name if feed.author else feed.title)
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
            add(owner, _itunes("name"), feed.author.name if feed.author else feed.title)
            add(owner, _itunes("email"), show.owner)
        add(channel, _itunes("type"), show.order)
        if show.private:
            add(channel, _itunes("block"), "Yes")
        if show.new_feed_url:
            add(channel, _itunes("new-feed-url"), show.new_feed_url)
        return element


class ItunesItem(EntryExtension):
    """The episode, for podcast players."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds duration, numbers, kind, explicit and image; only to an item with something to play."""
        entry, episode = self.entry, self.entry.episode
        if not entry.enclosures:
            return element
        if entry.enclosures[0].duration is not None:
            add(element, _itunes("duration"), str(entry.enclosures[0].duration))
        if entry.image is not None:
            add(element, _itunes("image"), href=entry.image.url)
        if episode is None:
            return element
        values = {"season": episode.season, "episode": episode.number, "episodeType": episode.kind}
        for name, value in values.items():
            if value is not None:
                add(element, _itunes(name), str(value))
        if episode.explicit is not None:
            add(element, _itunes("explicit"), _truth(truth=episode.explicit))
        return element


def _itunes(name: str) -> str:
    return f"{{{ITUNES}}}{name}"


def _truth(*, truth: bool) -> str:
    return "true" if truth else "false"


class PodcastChannel(FeedExtension):
    """The show, for podcast players."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``podcast:guid``, ``podcast:locked`` and ``podcast:medium``."""
        show = self.feed.podcast
        if show is not None:
            channel = channel_of(element)
            add(channel, _podcast("guid"), show.guid)
            add(channel, _podcast("locked"), "yes" if show.locked else "no", owner=show.owner)
            add(channel, _podcast("medium"), "podcast")
        return element


class PodcastItem(EntryExtension):
    """The episode, for podcast players."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds numbers, transcripts and chapters."""
        episode = self.entry.episode
        if episode is None or not self.entry.enclosures:
            return element
        if episode.season is not None:
            add(element, _podcast("season"), str(episode.season))
        if episode.number is not None:
            add(element, _podcast("episode"), str(episode.number))
        for url in episode.transcripts:
            kind = TRANSCRIPT_TYPES.get(PurePosixPath(urlsplit(url).path).suffix.lower(), "text/plain")
            add(element, _podcast("transcript"), url=url, type=kind)
        if episode.chapters is not None:
            add(element, _podcast("chapters"), url=episode.chapters, type="application/json+chapters")
        return element


def _podcast(name: str) -> str:
    return f"{{{PODCAST}}}{name}"
