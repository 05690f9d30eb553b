"""Podcasting 2.0 (https://podcasting2.org/podcast-namespace): ids, locks, transcripts and chapters."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.extension import EntryExtension, FeedExtension, add, channel_of

PODCAST = "https://podcastindex.org/namespace/1.0"

TRANSCRIPT_TYPES = {
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
}
"""Suffix to media type, as the namespace lists them; anything else is plain text."""


class PodcastChannel(FeedExtension):
    """The show."""

    def extend_ns(self) -> dict[str, str]:
        """Declares ``podcast``."""
        return {"podcast": PODCAST}

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``podcast:guid``, ``podcast:locked`` and ``podcast:medium``."""
        show = self.feed.podcast
        if show is not None:
            channel = channel_of(element)
            add(channel, _name("guid"), show.guid)
            add(channel, _name("locked"), "yes" if show.locked else "no", owner=show.owner)
            add(channel, _name("medium"), "podcast")
        return element


class PodcastItem(EntryExtension):
    """The episode."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds numbers, transcripts and chapters."""
        episode = self.entry.episode
        if episode is None or not self.entry.enclosures:
            return element
        if episode.season is not None:
            add(element, _name("season"), str(episode.season))
        if episode.number is not None:
            add(element, _name("episode"), str(episode.number))
        for url in episode.transcripts:
            kind = TRANSCRIPT_TYPES.get(PurePosixPath(urlsplit(url).path).suffix.lower(), "text/plain")
            add(element, _name("transcript"), url=url, type=kind)
        if episode.chapters is not None:
            add(element, _name("chapters"), url=episode.chapters, type="application/json+chapters")
        return element


def _name(name: str) -> str:
    return f"{{{PODCAST}}}{name}"
