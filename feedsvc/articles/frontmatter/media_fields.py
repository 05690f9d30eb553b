"""The lead image, the enclosures and the episode of an article, from its header and its body."""

import html
import re
from collections.abc import Iterable, Iterator

from feedsvc.articles.body.attachments import Attachment
from feedsvc.articles.body.measurement import duration
from feedsvc.articles.body.media import media_type
from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.header import Header
from feedsvc.articles.model import Author, Enclosure, Episode, MediaFile, Picture
from feedsvc.articles.problems import Notes

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
    if not wanted:
        return ()
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
    """The warning for a file on another host whose size is not known."""
    return f"the size of {url:.200} is not known, so feeds give 0 bytes"


_YES = frozenset({"true", "yes", "on", "1", "explicit"})
_NO_EPISODE = Episode()
_NO = frozenset({"false", "no", "off", "0", "clean"})


def read_episode(header: Header, references: References, notes: Notes) -> Episode | None:
    """The episode that a header describes; None where the header has no key of an episode.

    A transcript and chapters that lie beside the article are published with it.
    """
    kind = _word(header, "episodetype", notes, ("full", "trailer", "bonus"))
    explicit = _word(header, "explicit", notes, (*sorted(_YES), *sorted(_NO)))
    chapters = next(_addresses(header, "chapters", references, notes), None)
    episode = Episode(
        number=_number(header, "episode", notes),
        season=_number(header, "season", notes),
        kind=kind,
        explicit=None if explicit is None else explicit in _YES,
        transcripts=tuple(_addresses(header, "transcripts", references, notes)),
        chapters=chapters,
    )
    return None if episode == _NO_EPISODE else episode


def _number(header: Header, name: str, notes: Notes) -> int | None:
    """A whole number above 0, as both namespaces ask."""
    entry = header.first(name)
    if entry is None:
        return None
    text = entry.value if isinstance(entry.value, str) else ""
    if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0:
        return int(text)
    notes.warn(entry.line, f'"{entry.key}" is no number and is ignored', "write a number such as 7")
    return None


def _word(header: Header, name: str, notes: Notes, words: tuple[str, ...]) -> str | None:
    entry = header.first(name)
    if entry is None:
        return None
    word = entry.value.strip().lower() if isinstance(entry.value, str) else ""
    if word in words:
        return word
    notes.warn(entry.line, f'"{entry.key}" has a value that is not understood', f"write one of {', '.join(words)}")
    return None


def _addresses(header: Header, name: str, references: References, notes: Notes) -> Iterator[str]:
    for entry in header.all(name):
        for value in entry.value if isinstance(entry.value, list) else [entry.value]:
            address = value.get("url") or value.get("file") if isinstance(value, dict) else value
            url = references.absolute(address) if isinstance(address, str) else None
            if url is None:
                notes.warn(entry.line, f'"{entry.key}" names no file', "write its address after the colon")
            else:
                yield url
