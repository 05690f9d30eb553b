"""The lead image, the enclosures and the episode of an article, from its header and its body.

Of a file beside the article its size and duration are read from the file. Of one elsewhere the header gives them:
beside its address or at the top of the header, in the keys of Jekyll (Octopod), Hugo (Castanet) and others.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import NamedTuple, TypeVar

from feedsvc.articles.body.media import duration, media_type
from feedsvc.articles.body.urls import References
from feedsvc.articles.frontmatter.header import Header, HeaderEntry, Value, pick, word
from feedsvc.articles.markup.plain_words import one_line
from feedsvc.articles.model import Enclosure, Episode, MediaFile, Picture
from feedsvc.articles.problems import Notes

_UNITS = {"": 1, "b": 1, "kb": 1000, "kib": 1 << 10, "mb": 10**6, "mib": 1 << 20, "gb": 10**9, "gib": 1 << 30}
_GROUPED = re.compile(r"([0-9]{1,3}(?:([,._'\s])[0-9]{3})(?:\2[0-9]{3})*)(?:\s*(?:b|bytes?))?", re.IGNORECASE)
_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?(?:e[0-9]{1,2})?)\s*(b|bytes?|[kmg]i?b)?", re.IGNORECASE)
_LARGEST = 10**15
_CLOCK = re.compile(r"(?:[0-9]{1,3}:){0,2}[0-9]{1,6}(?:[.,][0-9]{1,9})?")
_SPOKEN = re.compile(
    r"(?:PT)?(?=.)(?:([0-9]{1,4})\s*h(?:(?:ou)?rs?)?)?\s*(?:([0-9]{1,6})\s*m(?:in(?:ute)?s?)?)?"
    r"\s*(?:([0-9]{1,8}(?:[.,][0-9]{1,9})?)\s*s(?:ec(?:ond)?s?)?)?",
    re.IGNORECASE,
)
"""``PT1H2M3S`` (ISO 8601, section 5.5.2), ``1h 2m``, ``62 min``."""
_FORMATS = frozenset(
    {
        *("mp3", "m4a", "m4b", "aac", "ogg", "oga", "opus", "flac", "wav", "weba"),
        *("mp4", "m4v", "webm", "ogv", "mov"),
    }
)
"""Keys under which one recording stands in several formats (Octopod)."""
_IN_TAG = r"(?:[^<>\"]|\"[^\"]*\")*?"
_SRC = rf"<(?:{{tags}})\s{_IN_TAG}\bsrc=\"([^\"]+)\""
_IMAGE = re.compile(_SRC.format(tags="img") + r"[^<>\"]*(?:\"[^\"]*\"[^<>\"]*)*>")
_ALT = re.compile(r"\balt=\"([^\"]+)\"")
_PLAYER = re.compile(r"<(audio|video)\b.*?</\1>", re.DOTALL)
_PLAYED = re.compile(_SRC.format(tags="audio|video|source"))
_YES = frozenset({"true", "yes", "on", "1", "explicit"})
_NO_EPISODE = Episode()
_NO = frozenset({"false", "no", "off", "0", "clean"})
_EPISODE_FIELDS = frozenset({"episode", "season", "episodetype", "explicit", "transcripts", "chapters"})
_YES_OR_NO = (*sorted(_YES), *sorted(_NO))
_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to listen to or watch, as the header names it."""

    url: str
    media_type: str | None = None
    length: int = 0
    """In bytes; 0 where the header does not say."""
    duration: int | None = None
    """In seconds."""
    title: str | None = None
    line: int | None = field(default=None, compare=False)
    """Where the header names it."""


def read_attachments(header: Header, notes: Notes) -> tuple[Attachment, ...]:
    """The files that a header names, in its order.

    Args:
        header: As it was written. A size and a duration at its top are those of the first file, and the duration
            also of the others: they are the same recording in other formats.
        notes: Takes a warning for each that names no file, and for each size and duration that is not understood.
    """
    found = [each for entry in header.all("enclosures") for each in _of_entry(entry, notes)]
    if not found:
        return ()
    length = next((_measure(entry.value, entry, _SIZES, notes) for entry in header.all("length")), None)
    seconds = next((_measure(entry.value, entry, _DURATIONS, notes) for entry in header.all("duration")), None)
    found[0] = replace(found[0], length=found[0].length or length or 0)
    return tuple(replace(each, duration=each.duration or seconds) for each in found)


def _of_entry(entry: HeaderEntry, notes: Notes) -> Iterator[Attachment]:
    for value in entry.value if isinstance(entry.value, list) else [entry.value]:
        several = _formats(value)
        for each in several or [value]:
            url = pick(each, "url", "file", "src", "path", "link", "href")
            if url is None:
                what, remedy = f'"{entry.key}" names no file', "write its address after the colon, or url: …"
                notes.warn(entry.line, what, remedy)
                continue
            yield _attachment(url, each, entry, notes)


def _formats(value: Value) -> list[Value]:
    """The files of a mapping from formats to files; none where it is another mapping."""
    if not isinstance(value, dict):
        return []
    return [file for key, file in value.items() if key.lower() in _FORMATS and file]


def _attachment(url: str, value: Value, entry: HeaderEntry, notes: Notes) -> Attachment:
    if not isinstance(value, dict):
        return Attachment(url, line=entry.line)
    fields = {key.lower(): each for key, each in value.items()}
    title = pick(fields.get("title", ""))
    length = next((fields[key] for key in ("length", "size", "bytes", "filesize") if fields.get(key)), "")
    return Attachment(
        url,
        pick(value, "type", "mimetype", "mime_type"),
        _measure(length, entry, _SIZES, notes) or 0,
        _measure(fields.get("duration", ""), entry, _DURATIONS, notes),
        title and one_line(title),
        entry.line,
    )


def _measure(value: Value, entry: HeaderEntry, kind: "_Quantity", notes: Notes) -> int | None:
    """The number in ``value``; None where it is empty, nought or, with a warning, not understood."""
    text = pick(value) if isinstance(value, str) else ""
    if not text and not value:
        return None
    number = kind.read(text or "")
    if number is None:
        notes.warn(entry.line, f'"{entry.key}" holds {kind.what} that can be read', kind.remedy)
    return number or None


def bytes_of(text: str) -> int | None:
    """The number of bytes in ``12345678``, ``12,345,678``, ``1.2e6`` or ``11.8 MB``; None for anything else."""
    text = text.strip()
    if grouped := _GROUPED.fullmatch(text):
        return int(re.sub(r"[^0-9]", "", grouped[1]))
    found = _SIZE.fullmatch(text)
    if found is None:
        return None
    unit = (found[2] or "").lower()
    size = float(found[1]) * _UNITS["" if unit.startswith("byte") else unit]
    return round(size) if size <= _LARGEST else None


def seconds_of(text: str) -> int | None:
    """The seconds in ``95``, ``1:35``, ``01:02:03.5``, ``62 min`` or ``PT1H2M``; None for anything else.

    A part of a second counts as a whole one from its half on.
    """
    text = text.strip()
    if _CLOCK.fullmatch(text):
        parts = [float(part) for part in text.replace(",", ".").split(":")]
        return _whole(reduce(lambda total, part: total * 60 + part, parts, 0.0))
    spoken = _SPOKEN.fullmatch(text)
    if spoken is None or not any(spoken.groups()):
        return None
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in spoken.groups())
    return _whole((hours * 60 + minutes) * 60 + seconds)


def _whole(seconds: float) -> int:
    return int(seconds + 0.5)


class _Quantity(NamedTuple):
    """How one kind of number is read, and what to say where it cannot be."""

    read: Callable[[str], int | None]
    what: str
    remedy: str


_SIZES = _Quantity(bytes_of, "no size", "write it in bytes, such as 12345678")
_DURATIONS = _Quantity(seconds_of, "no duration", "write it like 1:02:03, or in seconds")


def lead_image(declared: str | None, body: str, references: References) -> Picture | None:
    """The picture that stands for the article: the header's, else the body's first."""
    found = _IMAGE.search(body) if "<img" in body else None
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
    for player in _PLAYER.finditer(body) if "<audio" in body or "<video" in body else ():
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


def read_episode(header: Header, references: References, notes: Notes) -> Episode | None:
    """The episode that a header describes; None where the header has no key of an episode.

    A transcript and chapters that lie beside the article are published with it.
    """
    if not header.has_any(_EPISODE_FIELDS):
        return None
    explicit = chosen(header, "explicit", notes, _YES_OR_NO)
    episode = Episode(
        number=_number(header, "episode", notes),
        season=_number(header, "season", notes),
        kind=chosen(header, "episodetype", notes, ("full", "trailer", "bonus")),
        explicit=None if explicit is None else explicit in _YES,
        transcripts=tuple(_addresses(header, "transcripts", references, notes)),
        chapters=next(_addresses(header, "chapters", references, notes), None),
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


def chosen(header: Header, name: str, notes: Notes, words: tuple[_Word, ...]) -> _Word | None:
    """The one of ``words`` that the field says; None where it is missing or, with a warning, says another."""
    entry = header.first(name)
    found = None if entry is None else next((each for each in words if each == word(entry.value)), None)
    if entry is not None and found is None:
        what = f'"{entry.key}" has a value that is not understood'
        notes.warn(entry.line, what, f"write {', '.join(words[:-1])} or {words[-1]}")
    return found


def _addresses(header: Header, name: str, references: References, notes: Notes) -> Iterator[str]:
    for entry in header.all(name):
        for value in entry.value if isinstance(entry.value, list) else [entry.value]:
            address = value.get("url") or value.get("file") if isinstance(value, dict) else value
            url = references.absolute(address) if isinstance(address, str) else None
            if url is None:
                notes.warn(entry.line, f'"{entry.key}" names no file', "write its address after the colon")
            else:
                yield url
