"""The formats of feeds: one row each."""

from collections.abc import Callable
from dataclasses import dataclass

from feedsvc.channels.site import Site
from feedsvc.documents.feeds import atom, jsonfeed, rss
from feedsvc.documents.feeds.model import Feed
from feedsvc.documents.model import Link


@dataclass(frozen=True, slots=True)
class Format:
    """One feed format."""

    name: str
    """As people call it."""
    file: str
    """The feed's name below its channel's path."""
    link_type: str
    """The bare media type, as links give it."""
    media_type: str
    """The media type of the document."""
    render: Callable[[Feed], bytes]
    """Raises InvalidFeedError where what was written does not read back as it should."""


FORMATS = (
    Format("RSS", "rss.xml", rss.MEDIA_TYPE, f"{rss.MEDIA_TYPE}; charset=utf-8", rss.render),
    Format("Atom", "atom.xml", atom.MEDIA_TYPE, f"{atom.MEDIA_TYPE}; charset=utf-8", atom.render),
    # JSON is always UTF-8 (RFC 8259, section 8.1), and its media type has no charset (section 11).
    Format("JSON Feed", "feed.json", jsonfeed.MEDIA_TYPE, jsonfeed.MEDIA_TYPE, jsonfeed.render),
)


def alternate_links(site: Site, channel_path: str) -> tuple[Link, ...]:
    """The links by which a page tells readers of the feeds of the channel at ``channel_path``."""
    return tuple(
        Link(site.url(channel_path + form.file), rel="alternate", media_type=form.link_type) for form in FORMATS
    )
