"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Mapping, Sequence

from cachetools import LRUCache, cached

from feedsvc.articles.model import Author, Enclosure, Picture
from feedsvc.core.timestamps import rfc3339
from feedsvc.documents.feeds.model import CACHE_SIZE, Entry, Feed
from feedsvc.documents.feeds.verification import json_ids, verify

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render(feed: Feed) -> bytes:
    """Writes ``feed`` as JSON Feed 1.1 in UTF-8; equal feeds give equal bytes.

    Raises:
        InvalidFeedError: The written feed does not read back as it should.
    """
    top = _with_values(
        {
            "version": VERSION,
            "title": feed.title,
            "home_page_url": feed.url,
            "feed_url": feed.self_url,
            "next_url": feed.history.previous,
            "description": feed.description,
            "authors": _authors([feed.author] if feed.author else []),
            "language": feed.language,
            "icon": feed.logo,
            "favicon": feed.icon,
            "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs],
        }
    )
    head, tail = _dump(top).removesuffix(b"}") + b',"items":[', b"]}\n"
    verify(feed.self_url or feed.id, head + tail, json_ids, ())
    return head + b",".join(map(item, feed.entries)) + tail


def _write(entry: Entry) -> bytes:
    """Writes an item; it is the same text in every feed."""
    item = _with_values(
        {
            "id": entry.id,
            "url": entry.url,
            "external_url": entry.links.external,
            "title": entry.title,
            "summary": entry.summary,
            "image": entry.image.url if entry.image else None,
            "banner_image": entry.image.url if entry.image and _is_wide(entry.image) else None,
            "date_published": rfc3339(entry.published),
            "date_modified": rfc3339(entry.updated),
            "authors": _authors(entry.authors),
            "tags": list(entry.tags),
            "language": entry.language,
            "attachments": [_attachment(enclosure) for enclosure in entry.enclosures],
        }
    )
    item["content_html"] = entry.content  # even when empty: an item must have a content
    if entry.text is not None:
        item["content_text"] = entry.text
    written = _dump(item)
    verify(entry.url, b'{"items":[' + written + b"]}", json_ids, (entry.id,))
    return written


item = cached(LRUCache(maxsize=CACHE_SIZE, getsizeof=len))(_write)


def _dump(members: Mapping[str, object]) -> bytes:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


def _authors(authors: Sequence[Author]) -> list[dict[str, object]]:
    return [_with_values({"name": author.name, "url": author.url}) for author in authors]


def _attachment(enclosure: Enclosure) -> dict[str, object]:
    return _with_values(
        {
            "url": enclosure.url,
            "mime_type": enclosure.media_type,
            "title": enclosure.title,
            "size_in_bytes": enclosure.length,
            "duration_in_seconds": enclosure.duration,
        }
    )


def _is_wide(picture: Picture) -> bool:
    """Whether a picture can stand across the head of a page: half as wide again as it is high."""
    return picture.width is not None and picture.height is not None and picture.width * 2 >= picture.height * 3


def _with_values(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value}
