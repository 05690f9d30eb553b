"""Media RSS (https://www.rssboard.org/media-rss): pictures and sounds with sizes and words."""

from lxml.etree import _Element

from feedsvc.articles.model import Enclosure, Picture
from feedsvc.documents.feeds.extensions.extension import EntryExtension, FeedExtension, add

MEDIA = "http://search.yahoo.com/mrss/"


class MediaChannel(FeedExtension):
    """Declares the prefix."""

    def extend_ns(self) -> dict[str, str]:
        """Declares ``media``."""
        return {"media": MEDIA}


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
