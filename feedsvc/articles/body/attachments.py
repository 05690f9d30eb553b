"""Attachments: the files to listen to or watch that a header names, with their size and duration.

Of a file beside the article both are read from the file. Of one elsewhere the header gives them: beside its
address or at the top of the header, in the keys of Jekyll (Octopod), Hugo (Castanet) and others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import reduce

from feedsvc.articles.frontmatter.header import Entry, Header, Value, pick
from feedsvc.articles.markup.excerpt import one_line
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
    length = next((_length(entry.value, entry, notes) for entry in header.all("length")), 0)
    seconds = next((_duration(entry.value, entry, notes) for entry in header.all("duration")), None)
    found[0] = replace(found[0], length=found[0].length or length)
    return tuple(replace(each, duration=each.duration or seconds) for each in found)


def _of_entry(entry: Entry, notes: Notes) -> Iterator[Attachment]:
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


def _attachment(url: str, value: Value, entry: Entry, notes: Notes) -> Attachment:
    if not isinstance(value, dict):
        return Attachment(url, line=entry.line)
    fields = {key.lower(): each for key, each in value.items()}
    title = pick(fields.get("title", ""))
    length = next((fields[key] for key in ("length", "size", "bytes", "filesize") if fields.get(key)), "")
    return Attachment(
        url,
        pick(value, "type", "mimetype", "mime_type"),
        _length(length, entry, notes),
        _duration(fields.get("duration", ""), entry, notes),
        title and one_line(title),
        entry.line,
    )


def _length(value: Value, entry: Entry, notes: Notes) -> int:
    text = pick(value) if isinstance(value, str) else ""
    if not text and not value:
        return 0
    length = bytes_of(text or "")
    if length is None:
        _warn(entry, "no size", "write it in bytes, such as 12345678", notes)
    return length or 0


def _duration(value: Value, entry: Entry, notes: Notes) -> int | None:
    text = pick(value) if isinstance(value, str) else ""
    if not text and not value:
        return None
    seconds = seconds_of(text or "")
    if seconds is None:
        _warn(entry, "no duration", "write it like 1:02:03, or in seconds", notes)
    return seconds or None


def _warn(entry: Entry, what: str, remedy: str, notes: Notes) -> None:
    notes.warn(entry.line, f'"{entry.key}" holds {what} that can be read', remedy)


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
