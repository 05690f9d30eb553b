"""Syndication (http://purl.org/rss/1.0/modules/syndication/): how often it is worth to ask."""

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.extension import FeedExtension, add, channel_of

SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/"


class SyndicationChannel(FeedExtension):
    """The period of an RSS channel."""

    def extend_ns(self) -> dict[str, str]:
        """Declares ``sy``."""
        return {"sy": SYNDICATION}

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``sy:updatePeriod`` and ``sy:updateFrequency``: so many times an hour, a day at the least."""
        if self.feed.ttl:
            hourly = self.feed.ttl <= 60
            times = max((60 if hourly else 24 * 60) // self.feed.ttl, 1)
            channel = channel_of(element)
            add(channel, f"{{{SYNDICATION}}}updatePeriod", "hourly" if hourly else "daily")
            add(channel, f"{{{SYNDICATION}}}updateFrequency", str(times))
        return element
