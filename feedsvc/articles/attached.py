"""Attached: the lead image and the files to listen to or watch, by the header or else by the body."""

import html
import re
from collections.abc import Iterable

from feedsvc.articles.article import Enclosure, MediaFile
from feedsvc.articles.fields import Attachment
from feedsvc.articles.media import media_type
from feedsvc.articles.references import References

_IN_TAG = r"(?:[^<>\"]|\"[^\"]*\")*?"
_SRC = rf"<(?:{{tags}})\s{_IN_TAG}\bsrc=\"([^\"]+)\""
_IMAGE = re.compile(_SRC.format(tags="img"))
_PLAYER = re.compile(r"<(audio|video)\b.*?</\1>", re.DOTALL)
_PLAYED = re.compile(_SRC.format(tags="audio|video|source"))


def lead_image(declared: str | None, body: str, references: References) -> str | None:
    """The absolute URL of the picture that stands for the article: the header's, else the body's first."""
    if declared is not None:
        return references.absolute(declared)
    found = _IMAGE.search(body)
    return None if found is None else html.unescape(found[1])


def enclosures(declared: Iterable[Attachment], body: str, references: References) -> tuple[Enclosure, ...]:
    """The header's files, else the first one that a player of the clean ``body`` plays."""
    wanted = tuple(declared) or _played(body)
    urls = [(each, references.absolute(each.url)) for each in wanted]
    files = {references.base_url + file.path: file for file in references.files.values()}
    return tuple(_enclosure(each, url, files.get(url.partition("#")[0])) for each, url in urls if url is not None)


def _played(body: str) -> tuple[Attachment, ...]:
    for player in _PLAYER.finditer(body):
        if found := _PLAYED.search(player[0]):
            return (Attachment(html.unescape(found[1])),)
    return ()


def _enclosure(declared: Attachment, url: str, file: MediaFile | None) -> Enclosure:
    if file is not None:
        return Enclosure(url, declared.media_type or file.media_type, file.size)
    by_suffix = media_type(re.split(r"[?#]", url, maxsplit=1)[0])
    return Enclosure(url, declared.media_type or by_suffix or "application/octet-stream", declared.length)
