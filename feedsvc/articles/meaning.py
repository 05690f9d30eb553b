"""Meaning: the digest of what a subscriber reads, by which an edit is told from mere noise."""

import hashlib
import json
from collections.abc import Iterable

from feedsvc.articles.article import NO_LINKS, Episode, Links, MediaFile
from feedsvc.articles.fields import Fields

_IN_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


def meaning(  # noqa: PLR0913 - all that a subscriber reads
    title: str | None,
    html: str,
    fields: Fields,
    files: Iterable[MediaFile],
    *,
    episode: Episode | None = None,
    links: Links = NO_LINKS,
) -> str:
    """SHA-256, in hex (see :attr:`feedsvc.articles.article.Article.meaning`).

    Args:
        title: None where it was made of the file's name, which may change.
        html: The body before it was cleaned: its URLs are as written, and no new sanitiser moves it.
        fields: The header.
        files: The media files the article uses; their bytes count, their places do not.
        episode: What is said for podcast players.
        links: As they were written.
    """
    told: dict[str, object] = {
        "title": title,
        "summary": fields.summary,
        "html": " ".join(html.split()),
        "tags": sorted(fields.tags),
        "authors": [[author.name, author.url] for author in fields.authors],
        "language": fields.language,
        "image": fields.image,
        "attachments": [[each.url, each.media_type, each.length] for each in fields.attachments],
        "files": sorted(file.digest for file in files),
    }
    if episode is not None:
        told["episode"] = [episode.number, episode.season, episode.kind, episode.explicit]
    if links != NO_LINKS:
        told["links"] = [links.external, links.via, links.related]
    return text_digest(_IN_JSON.encode(told))


def text_digest(text: str) -> str:
    """SHA-256, in hex, of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
