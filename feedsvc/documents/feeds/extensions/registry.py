"""The namespaces of RSS and Atom feeds, one row each: a new one is a row here, and the classes that it names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from feedsvc.documents.feeds.extensions.elements import (
    ATOM,
    CONTENT,
    DUBLIN_CORE,
    HISTORY,
    SOURCE,
    SYNDICATION,
    TOMBSTONES,
    AtomEntry,
    AtomInChannel,
    AtomInItem,
    ContentItem,
    DublinCoreItem,
    EntryExtension,
    FeedExtension,
    FeedHistory,
    RssItem,
    SourceItem,
    StyledFeed,
    SyndicationChannel,
    Tombstones,
)
from feedsvc.documents.feeds.extensions.media import (
    ITUNES,
    MEDIA,
    PODCAST,
    ItunesChannel,
    ItunesItem,
    MediaItem,
    PodcastChannel,
    PodcastItem,
)
from feedsvc.documents.feeds.model import Feed

XmlFormat = Literal["rss", "atom"]


def _always(_: Feed) -> bool:
    return True


def _by_feedgen(_: Feed) -> bool:
    """Feedgen declares the prefix itself."""
    return False


@dataclass(frozen=True, slots=True)
class Namespace:
    """One extension of feedgen, with the namespace that its elements are in."""

    name: str
    """By which feedgen registers the extension; unlike any attribute of feedgen's feeds and entries."""
    formats: tuple[XmlFormat, ...]
    prefix: str = ""
    """Of the namespace; empty for elements of the format itself."""
    uri: str = ""
    of_feed: type[FeedExtension] = FeedExtension
    """Adds to a feed."""
    of_entry: type[EntryExtension] = EntryExtension
    """Adds to an entry."""
    is_declared: Callable[[Feed], bool] = _always
    """Whether the root element of a feed has to declare the prefix."""
    podcasts_only: bool = False

    def declared(self, feed: Feed) -> Mapping[str, str]:
        """The namespace that the root element of ``feed`` has to declare, by its prefix."""
        return {self.prefix: self.uri} if self.prefix and self.is_declared(feed) else {}


NAMESPACES = (
    Namespace("item", ("rss",), of_entry=RssItem),
    Namespace("content", ("rss",), "content", CONTENT, of_entry=ContentItem, is_declared=_by_feedgen),
    Namespace("dc", ("rss",), "dc", DUBLIN_CORE, of_entry=DublinCoreItem),
    Namespace(
        "markdown",
        ("rss",),
        "source",
        SOURCE,
        of_entry=SourceItem,
        is_declared=lambda feed: any(entry.markdown for entry in feed.entries),
    ),
    Namespace("atom", ("rss",), "atom", ATOM, AtomInChannel, AtomInItem, is_declared=_by_feedgen),
    Namespace("media", ("rss",), "media", MEDIA, of_entry=MediaItem),
    Namespace("sy", ("rss",), "sy", SYNDICATION, SyndicationChannel),
    Namespace("links", ("atom",), of_entry=AtomEntry),
    Namespace(
        "history",
        ("rss", "atom"),
        "fh",
        HISTORY,
        FeedHistory,
        is_declared=lambda feed: feed.history.archived,
    ),
    Namespace("style", ("rss", "atom"), of_feed=StyledFeed),
    Namespace(
        "tombstones", ("atom",), "at", TOMBSTONES, Tombstones, is_declared=lambda feed: bool(feed.tombstones)
    ),
    Namespace("itunes", ("rss",), "itunes", ITUNES, ItunesChannel, ItunesItem, podcasts_only=True),
    Namespace("podcast", ("rss",), "podcast", PODCAST, PodcastChannel, PodcastItem, podcasts_only=True),
)
"""In the order in which they write."""


def namespaces_of(form: XmlFormat, *, podcast: bool) -> tuple[Namespace, ...]:
    """Those that write in feeds of one format, which are podcasts or not, in their order."""
    return tuple(each for each in NAMESPACES if form in each.formats and (podcast or not each.podcasts_only))
