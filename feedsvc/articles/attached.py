"""Attached: what an article points to beside its words: its authors' pages, the lead image, the files to play."""

import html
import re
from collections.abc import Iterable

from feedsvc.articles.article import Author, Enclosure, MediaFile, Picture
from feedsvc.articles.attachments import Attachment
from feedsvc.articles.measure import duration
from feedsvc.articles.media import media_type
from feedsvc.articles.references import References
from feedsvc.articles.unreadable import Notes

_IN_TAG = r"(?:[^<>\"]|\"[^\"]*\")*?"
_SRC = rf"<(?:{{tags}})\s{_IN_TAG}\bsrc=\"([^\"]+)\""
_IMAGE = re.compile(_SRC.format(tags="img") + r"[^<>\"]*(?:\"[^\"]*\"[^<>\"]*)*>")
_ALT = re.compile(r"\balt=\"([^\"]+)\"")
_PLAYER = re.compile(r"<(audio|video)\b.*?</\1>", re.DOTALL)
_PLAYED = re.compile(_SRC.format(tags="audio|video|source"))


def authors(declared: Iterable[Author], references: References) -> tuple[Author, ...]:
    """The header's authors with their addresses absolute; one that may not be published is left out."""
    return tuple(
        Author(author.name, references.absolute(author.url) if author.url else None) for author in declared
    )


def lead_image(declared: str | None, body: str, references: References) -> Picture | None:
    """The picture that stands for the article: the header's, else the body's first."""
    found = _IMAGE.search(body)
    first = html.unescape(found[1]) if found else None
    url = first if declared is None else references.absolute(declared)
    if url is None:
        return None
    alt = _ALT.search(found[0]) if found and first == url else None
    words = html.unescape(alt[1]) if alt else ""
    file = references.published().get(url.partition("#")[0])
    if file is None:
        return Picture(url, media_type(re.split(r"[?#]", url, maxsplit=1)[0]), alt=words)
    width, height = references.picture_size(file) or (None, None)
    return Picture(url, file.media_type, width, height, words, file.size)


def enclosures(
    declared: Iterable[Attachment], body: str, references: References, notes: Notes
) -> tuple[Enclosure, ...]:
    """The header's files, else the first one that a player of the clean ``body`` plays.

    ``notes`` takes a warning for each file elsewhere whose size nothing tells.
    """
    wanted = tuple(declared) or _played(body)
    urls = [(each, references.absolute(each.url)) for each in wanted]
    files = references.published()
    return tuple(
        _enclosure(each, url, files.get(url.partition("#")[0]), references, notes)
        for each, url in urls
        if url is not None
    )


def _played(body: str) -> tuple[Attachment, ...]:
    for player in _PLAYER.finditer(body):
        if found := _PLAYED.search(player[0]):
            return (Attachment(html.unescape(found[1])),)
    return ()


def _enclosure(
    declared: Attachment, url: str, file: MediaFile | None, references: References, notes: Notes
) -> Enclosure:
    if file is not None:
        seconds = references.measured(file, duration)
        kind = declared.media_type or file.media_type
        return Enclosure(url, kind, file.size, seconds or declared.duration, declared.title)
    by_suffix = media_type(re.split(r"[?#]", url, maxsplit=1)[0])
    kind = declared.media_type or by_suffix or "application/octet-stream"
    if not declared.length and not references.is_own(url):
        remedy = "write its bytes into the header, such as length: 12345678, or set remote_sizes"
        notes.warn(declared.line, unknown_size(url), remedy)
    return Enclosure(url, kind, declared.length, declared.duration, declared.title)


def unknown_size(url: str) -> str:
    """What a warning says of a file elsewhere whose size nothing tells."""
    return f"nothing tells the size of {url:.200}, and podcast players are told 0 bytes"
