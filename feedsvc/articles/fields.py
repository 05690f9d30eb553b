"""Fields: what a header's entries mean.

A wrong value that could leak an article or give it a false date sets the file aside; any other is passed over
with a warning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feedsvc.articles.article import Author
from feedsvc.articles.dates import DateError, parse_date
from feedsvc.articles.excerpt import one_line
from feedsvc.articles.header import Entry, Header, Value
from feedsvc.articles.unreadable import Notes

_YES = frozenset({"true", "yes", "on", "1", "y", "t"})
_NO = frozenset({"false", "no", "off", "0", "n", "f"})
_HIDDEN = frozenset({"draft", "private", "hidden", "pending", "unpublished", "future", "skip"})
_PUBLIC = frozenset({"published", "publish", "public", "live", "final"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_INSTEAD = "write plain text after the colon"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to listen to or watch, as the header names it."""

    url: str
    media_type: str | None = None
    length: int = 0


@dataclass(frozen=True, slots=True)
class Fields:
    """What a header says, each field read as it means it. None and empty stand for "not said"."""

    title: str | None
    published: datetime | None
    updated: datetime | None
    draft: bool
    slug: str | None
    tags: tuple[str, ...]
    authors: tuple[Author, ...]
    """Their addresses as they were written."""
    summary: str | None
    image: str | None
    attachments: tuple[Attachment, ...]
    language: str | None
    id: str | None


def read_fields(header: Header, zone: ZoneInfo, notes: Notes) -> Fields:
    """Read a header.

    Args:
        header: As it was written.
        zone: What times without a zone are in.
        notes: Takes the warnings.

    Raises:
        Unreadable: A date or a word about publication cannot be understood.
    """
    return Fields(
        title=_text(header, "title", notes),
        published=_date(header, "published", zone, notes),
        updated=_date(header, "updated", zone, notes),
        draft=_draft(header, notes),
        slug=_slug(header, notes),
        tags=tuple(_unique(tag for entry in header.all("tags") for tag in _names(entry, notes, ","))),
        authors=tuple(_unique_authors(each for entry in header.all("authors") for each in _authors(entry, notes))),
        summary=_text(header, "summary", notes),
        image=_image(header, notes),
        attachments=tuple(found for entry in header.all("enclosures") for found in _attachments(entry, notes)),
        language=_language(header, notes),
        id=_text(header, "id", notes),
    )


def _text(header: Header, name: str, notes: Notes) -> str | None:
    for entry in header.all(name):
        if isinstance(entry.value, str):
            return one_line(entry.value) or None
        notes.warn(entry.line, f'"{entry.key}" is no text and is passed over', _INSTEAD)
    return None


def _date(header: Header, name: str, zone: ZoneInfo, notes: Notes) -> datetime | None:
    for entry in header.all(name):
        if not isinstance(entry.value, str):
            raise notes.unreadable(entry.line, f'"{entry.key}" is no date', "write it like 2024-05-31")
        if entry.key.lower() == "published" and entry.value.lower() in _YES | _NO:
            continue  # this one says whether, not when
        try:
            return parse_date(entry.value, zone)
        except DateError as error:
            raise notes.unreadable(entry.line, f'"{entry.key}": {error.what}', error.remedy) from error
    return None


def _draft(header: Header, notes: Notes) -> bool:
    """Whether any of the usual spellings keeps the article from being published."""
    published = header.entries.get("published")
    hidden = published is not None and isinstance(published.value, str) and published.value.lower() in _NO
    for key, yes, no in (("draft", _YES, _NO), ("status", _HIDDEN, _PUBLIC)):
        entry = header.entries.get(key)
        if entry is None:
            continue
        word = entry.value.strip().lower() if isinstance(entry.value, str) else None
        if word not in yes | no:
            remedy = "write true or false" if key == "draft" else "write draft or published"
            raise notes.unreadable(entry.line, f'"{entry.key}" has a value that is not understood', remedy)
        hidden = hidden or word in yes
    return hidden


def _slug(header: Header, notes: Notes) -> str | None:
    text = _text(header, "slug", notes)
    if text is None or ":" in text:  # /:year/:title/ is a pattern for a site, no address
        return None
    last = text.rstrip("/").rpartition("/")[2]
    return re.sub(r"\.html?$", "", last) or None


def _names(entry: Entry, notes: Notes, separators: str) -> Iterator[str]:
    """The words of a list, or of a text parted at ``separators``."""
    value = entry.value
    parts: list[Value] = [*re.split(f"[{separators}]", value)] if isinstance(value, str) else [value]
    for part in value if isinstance(value, list) else parts:
        if isinstance(part, str):
            yield one_line(part)
        else:
            notes.warn(entry.line, f'"{entry.key}" holds something that is no word', "write a list of words")


def _authors(entry: Entry, notes: Notes) -> Iterator[Author]:
    value = entry.value
    if isinstance(value, str):
        separators = ",;" if entry.key.lower() == "authors" else ";"
        yield from (Author(name) for name in _names(entry, notes, separators))
        return
    for part in value if isinstance(value, list) else [value]:
        name = part.get("name") if isinstance(part, dict) else part
        if isinstance(name, str):
            url = _pick(part, "url", "uri", "link") if isinstance(part, dict) else None
            yield Author(one_line(name), url)
        else:
            notes.warn(entry.line, f'"{entry.key}" holds an author without a name', "write the name, or name: …")


def _unique(names: Iterator[str]) -> Iterator[str]:
    """The names in their order, without empty ones and those that differ from one before only in case."""
    seen = {""}
    for name in names:
        if name.casefold() not in seen:
            seen.add(name.casefold())
            yield name


def _unique_authors(authors: Iterator[Author]) -> Iterator[Author]:
    """Each name once, with the address that any of its mentions gives."""
    told: dict[str, Author] = {}
    for author in authors:
        before = told.setdefault(author.name.casefold(), author)
        if before.url is None and author.url is not None:
            told[author.name.casefold()] = Author(before.name, author.url)
    return (author for author in told.values() if author.name)


def _image(header: Header, notes: Notes) -> str | None:
    entry = header.first("image")
    if entry is None:
        return None
    value = entry.value[0] if isinstance(entry.value, list) else entry.value
    url = _pick(value, "src", "url", "image", "path", "file")
    if url is None:
        notes.warn(entry.line, f'"{entry.key}" names no picture', "write its address after the colon")
    return url


def _attachments(entry: Entry, notes: Notes) -> Iterator[Attachment]:
    for value in entry.value if isinstance(entry.value, list) else [entry.value]:
        url = _pick(value, "url", "file", "src", "path")
        if url is None:
            notes.warn(entry.line, f'"{entry.key}" names no file', "write its address after the colon, or url: …")
            continue
        length = _pick(value, "length", "size") if isinstance(value, dict) else None
        digits = length is not None and re.fullmatch(r"[0-9]{1,15}", length) is not None
        kind = _pick(value, "type", "mimetype") if isinstance(value, dict) else None
        yield Attachment(url, kind, int(length or 0) if digits else 0)


def _pick(value: Value, *keys: str) -> str | None:
    """The text itself, or the first text that a mapping has under one of ``keys``."""
    found = next((value[key] for key in keys if value.get(key)), None) if isinstance(value, dict) else value
    return found.strip() or None if isinstance(found, str) else None


def _language(header: Header, notes: Notes) -> str | None:
    text = _text(header, "language", notes)
    if text is None:
        return None
    if not _LANGUAGE.fullmatch(text):
        entry = header.first("language")
        notes.warn(
            entry.line if entry else None, f'"{text[:40]}" is no language', "write a tag such as en or pt-BR"
        )
        return None
    return text.replace("_", "-")
