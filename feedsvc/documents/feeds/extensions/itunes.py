"""iTunes (https://help.apple.com/itc/podcasts_connect/#/itcb54353390): what podcast players show."""

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.extension import EntryExtension, FeedExtension, add, channel_of

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"


class ItunesChannel(FeedExtension):
    """The show."""

    def extend_ns(self) -> dict[str, str]:
        """Declares ``itunes``."""
        return {"itunes": ITUNES}

    def extend_rss(self, element: _Element) -> _Element:
        """Adds author, categories, explicit, image, owner, type and block, and where the feed has moved to."""
        channel, feed, show = channel_of(element), self.feed, self.feed.podcast
        if show is None:
            return element
        add(channel, _name("author"), feed.author.name if feed.author else feed.title)
        for category in show.categories:
            outer, _, inner = category.partition(">")
            told = add(channel, _name("category"), text=outer.strip())
            if inner:
                add(told, _name("category"), text=inner.strip())
        add(channel, _name("explicit"), _truth(truth=show.explicit))
        if feed.logo:
            add(channel, _name("image"), href=feed.logo)
        if show.owner:
            owner = add(channel, _name("owner"))
            add(owner, _name("name"), feed.author.name if feed.author else feed.title)
            add(owner, _name("email"), show.owner)
        add(channel, _name("type"), show.order)
        if show.private:
            add(channel, _name("block"), "Yes")
        if show.new_feed_url:
            add(channel, _name("new-feed-url"), show.new_feed_url)
        return element


class ItunesItem(EntryExtension):
    """The episode."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds duration, numbers, kind, explicit and image; only to an item with something to play."""
        entry, episode = self.entry, self.entry.episode
        if not entry.enclosures:
            return element
        if entry.enclosures[0].duration is not None:
            add(element, _name("duration"), str(entry.enclosures[0].duration))
        if entry.image is not None:
            add(element, _name("image"), href=entry.image.url)
        if episode is None:
            return element
        told = {"season": episode.season, "episode": episode.number, "episodeType": episode.kind}
        for name, value in told.items():
            if value is not None:
                add(element, _name(name), str(value))
        if episode.explicit is not None:
            add(element, _name("explicit"), _truth(truth=episode.explicit))
        return element


def _name(name: str) -> str:
    return f"{{{ITUNES}}}{name}"


def _truth(*, truth: bool) -> str:
    return "true" if truth else "false"
