"""Fields: what the entries of a header mean.

A wrong value that could publish a hidden article or give a false date sets the file aside. Any other wrong value
is ignored with a warning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import lru_cache
from typing import NamedTuple

from feedsvc.articles.frontmatter.dates import Calendar, DateError, date_in_path, doubt, is_zero, read_date
from feedsvc.articles.frontmatter.header import (
    Dialect,
    Header,
    HeaderEntry,
    Value,
    field_meant,
    is_draft,
    is_unlisted,
    pick,
    spelling,
    word,
)
from feedsvc.articles.frontmatter.keys import NO, YES
from feedsvc.articles.frontmatter.media_fields import Attachment, chosen, read_attachments
from feedsvc.articles.markup.plain_words import one_line
from feedsvc.articles.model import Author, Extent
from feedsvc.articles.problems import Notes

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f]+")


def is_iri(text: str) -> bool:
    """Whether it begins with a scheme, and holds nothing that no IRI may (RFC 3987, section 2.2)."""
    return _IRI.fullmatch(text) is not None


_BOTH = YES | NO
_UNDATED = frozenset({"last modified", "created", "git last modified", "git created"})
"""Words by which Eleventy asks for the date of the file or of its history."""
_NEVER = frozenset({"never", "none", *NO})
_ROOTED = re.compile(r"/|[A-Za-z][A-Za-z0-9+.-]*:")
_SUFFIX = re.compile(r"\.html?$")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_CANONICAL = frozenset({"canonical", "canonicalurl"})
_CATEGORIES = frozenset({"categories", "category"})
_SOURCES = (".md", ".mdx", ".markdown", ".rst", ".txt")
"""How the names of articles' files end; Gatsby and others keep such a path in the header."""
_LONGEST_ADDRESS = 1000
_EXTENTS: tuple[Extent, ...] = ("full", "summary")
_MAIL = re.compile(r"\s*<[^<>@\s]+@[^<>\s]+>")
_SPACED = frozenset({"tags", "categories"})
"""Keys whose text Jekyll splits at blanks."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_INSTEAD = "write plain text after the colon"


@dataclass(frozen=True, slots=True)
class Fields:
    """The values of a header by field. None and empty stand for a field that the header does not have."""

    title: str | None
    published: datetime | None
    updated: datetime | None
    draft: bool
    slug: str | None
    tags: tuple[str, ...]
    authors: tuple[Author, ...]
    """With their addresses as the header writes them."""
    summary: str | None
    image: str | None
    attachments: tuple[Attachment, ...]
    language: str | None
    id: str | None
    expires: datetime | None = None
    unlisted: bool = False
    aliases: tuple[str, ...] = ()
    """As the header writes them."""
    utc_offset: int | None = None
    """Seconds by which the zone in ``published``, else in ``updated``, is ahead of UTC."""
    updated_line: int | None = None
    """The line of ``updated``."""
    addresses: tuple[str, ...] = ()
    """The addresses of the article itself, as the header writes them, the one that counts most first."""
    categories: tuple[str, ...] = ()
    """The tags that the header calls categories."""
    extent: Extent | None = None
    """The value of ``feed_content``."""


def read_fields(header: Header, calendar: Calendar, notes: Notes) -> Fields:
    """Read a header.

    Args:
        header: The entries as the file writes them.
        calendar: How the site's people write dates.
        notes: Takes the warnings.

    Raises:
        Unreadable: A date, or a value about publication, is not understood.
    """
    published, updated = (_date(header, name, calendar, notes) for name in ("published", "updated"))
    expires = _date(header, "expires", _at_midnight(calendar), notes) if header.first("expires") else None
    tagged = [(entry, tag) for entry in header.all("tags") for tag in _tags(entry, header.dialect, notes)]
    return Fields(
        title=_text(header, "title", notes),
        published=published.moment if published else _date_of_address(header, calendar),
        updated=updated.moment if updated else None,
        draft=is_draft(header, notes, dated=published is not None),
        slug=_slug(header, notes),
        tags=tuple(_unique(tag for _, tag in tagged)),
        authors=tuple(_unique_authors(each for entry in header.all("authors") for each in _authors(entry, notes))),
        summary=_text(header, "summary", notes),
        image=_image(header, notes),
        attachments=read_attachments(header, notes),
        language=_language(header, notes),
        id=_id(header, notes),
        expires=expires.moment if expires else None,
        unlisted=is_unlisted(header, notes),
        aliases=tuple(alias for entry in header.all("aliases") for alias in _aliases(entry, notes)),
        utc_offset=next((date.utc_offset for date in (published, updated) if date), None),
        updated_line=updated.line if updated else None,
        addresses=tuple(dict.fromkeys(_addresses(header))),
        categories=tuple(_unique(tag for entry, tag in tagged if spelling(entry.key) in _CATEGORIES)),
        extent=chosen(header, "extent", notes, _EXTENTS),
    )


@lru_cache(maxsize=8)
def _at_midnight(calendar: Calendar) -> Calendar:
    return replace(calendar, default_time=time(0))


def _text(header: Header, name: str, notes: Notes) -> str | None:
    for entry in header.all(name):
        if isinstance(entry.value, str):
            return one_line(entry.value) or None
        notes.warn(entry.line, f'"{entry.key}" is no text and is ignored', _INSTEAD)
    return None


class _DateField(NamedTuple):
    """A date of a header."""

    moment: datetime
    utc_offset: int | None
    line: int | None


def _date(header: Header, name: str, calendar: Calendar, notes: Notes) -> _DateField | None:
    for entry in header.all(name):
        text = entry.value
        if not isinstance(text, str):
            raise notes.unreadable(entry.line, f'"{entry.key}" is no date', "write it like 2024-05-31")
        begins_with_year = len(text) >= 4 and text[:4].isdigit()
        if not begins_with_year and _says_no_date(name, entry):
            continue
        try:
            moment, utc_offset = read_date(text, calendar)
        except DateError as error:
            raise notes.unreadable(entry.line, f'"{entry.key}": {error.what}', error.remedy) from error
        if not begins_with_year and (reading := doubt(text, calendar)):
            remedy = "write it like 2017-09-11, or set date_order"
            notes.warn(entry.line, f'"{entry.key}": {reading}', remedy)
        if is_zero(text, moment):
            what = f'"{entry.key}" is what programs write if there is no date, and is ignored'
            notes.warn(entry.line, what, "write the date, or remove the line")
            continue
        return _DateField(moment, utc_offset, entry.line)
    return None


def _says_no_date(name: str, entry: HeaderEntry) -> bool:
    """Whether the value is a word that says that there is no date."""
    said = word(entry.value)
    if name == "expires":
        return said in _NEVER
    return said in _UNDATED or field_meant(entry) == "public"


def _date_of_address(header: Header, calendar: Calendar) -> datetime | None:
    """The date in a path such as Zola's ``path = "2024/05/01/slug"``."""
    addresses = (entry.value for entry in header.all("slug") if isinstance(entry.value, str))
    return next(filter(None, (date_in_path(address, calendar) for address in addresses)), None)


def _slug(header: Header, notes: Notes) -> str | None:
    for entry in header.all("slug"):
        text = entry.value
        if not isinstance(text, str):
            notes.warn(entry.line, f'"{entry.key}" is no text and is ignored', _INSTEAD)
        elif ":" in text or "{" in text or field_meant(entry) == "rendered":
            continue  # a pattern such as /:year/:title/, another site, or no address at all
        elif last := _SUFFIX.sub("", one_line(text).rstrip("/").rpartition("/")[2]):
            return last
    return None


def _addresses(header: Header) -> Iterator[str]:
    """The texts that are addresses, and no mere slugs, templates or paths of source files."""
    for entry in (*header.all("slug"), *header.all("canonical")):
        text = entry.value.strip() if isinstance(entry.value, str) else ""
        key = spelling(entry.key)
        is_path = "/" in text or (key == "url" and "." in text)
        is_own = _WEB.match(text) if key in _CANONICAL or "://" in text else is_path and key != "slug"
        if is_own and "{" not in text and not text.lower().endswith(_SOURCES) and len(text) <= _LONGEST_ADDRESS:
            yield text


def _tags(entry: HeaderEntry, dialect: Dialect, notes: Notes) -> Iterator[str]:
    """The tags of a list, or of a text split at commas; in YAML without commas at blanks, as Jekyll does."""
    text = entry.value
    if (
        isinstance(text, str)
        and dialect == "yaml"
        and entry.key.lower() in _SPACED
        and not re.search("[,;]", text)
    ):
        yield from (tag.lstrip("#") for tag in one_line(text).split())
        return
    yield from (tag.lstrip("#") for tag in _names(entry, notes, ",;\n"))


_SEPARATORS = {separators: re.compile(f"[{separators}]") for separators in (",;\n", ",\n", ";\n", "\n")}


def _names(entry: HeaderEntry, notes: Notes, separators: str = "\n") -> Iterator[str]:
    """The texts of a list, also of lists within it, or of a text split at ``separators``."""
    value = entry.value
    parts: list[Value] = [*_SEPARATORS[separators].split(value)] if isinstance(value, str) else [value]
    for part in _flat(value) if isinstance(value, list) else parts:
        name = pick(part, "label", "name", "title") if isinstance(part, dict) else part
        if isinstance(name, str):
            yield one_line(name)
        else:
            notes.warn(entry.line, f'"{entry.key}" holds a value that is no text', "write a list of words")


def _flat(values: list[Value]) -> Iterator[Value]:
    """The values with those of inner lists, as Hexo writes categories and their parents."""
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def _aliases(entry: HeaderEntry, notes: Notes) -> Iterator[str]:
    """The aliases as they were written; Jekyll's ``redirect_from`` begins at the top, with or without a slash."""
    for alias in filter(None, _names(entry, notes)):
        rooted = spelling(entry.key) == "redirectfrom" and not _ROOTED.match(alias)
        yield f"/{alias}" if rooted else alias


def _authors(entry: HeaderEntry, notes: Notes) -> Iterator[Author]:
    value = entry.value
    if isinstance(value, str):
        several = entry.key.lower() == "authors" and ";" not in value
        separators = ",\n" if several else ";\n"
        yield from (
            Author(_MAIL.sub("", name) if "<" in name else name) for name in _names(entry, notes, separators)
        )
        return
    for part in value if isinstance(value, list) else [value]:
        name = part.get("name") if isinstance(part, dict) else part
        if isinstance(name, str):
            url = pick(part, "url", "uri", "link") if isinstance(part, dict) else None
            yield Author(_MAIL.sub("", one_line(name)), url)
        else:
            notes.warn(entry.line, f'"{entry.key}" holds an author without a name', "write the name, or name: …")


def _unique(names: Iterator[str]) -> Iterator[str]:
    """The names in their order, without empty ones and those that differ from one before only in case."""
    seen = {""}
    for name in names:
        folded = name.casefold()
        if folded not in seen:
            seen.add(folded)
            yield name


def _unique_authors(authors: Iterator[Author]) -> Iterator[Author]:
    """Each name once, with the address that any of its mentions gives."""
    found: dict[str, Author] = {}
    for author in authors:
        before = found.setdefault(author.name.casefold(), author)
        if before.url is None and author.url is not None:
            found[author.name.casefold()] = Author(before.name, author.url)
    return (author for author in found.values() if author.name)


def _image(header: Header, notes: Notes) -> str | None:
    for entry in header.all("image"):
        if word(entry.value) in _BOTH:
            continue  # whether a theme is to show one
        value = entry.value[0] if isinstance(entry.value, list) else entry.value
        if url := pick(value, "src", "url", "image", "path", "file", "feature", "teaser", "thumbnail"):
            return url
        notes.warn(entry.line, f'"{entry.key}" names no picture', "write the address of a picture after the colon")
    return None


def _language(header: Header, notes: Notes) -> str | None:
    text = _text(header, "language", notes)
    if text is None:
        return None
    if not _LANGUAGE.fullmatch(text):
        remedy = "write a tag such as en or pt-BR"
        notes.warn(header.line_of("language"), f'"{text[:40]}" is no language', remedy)
        return None
    return text.replace("_", "-")


def _id(header: Header, notes: Notes) -> str | None:
    """The id as the header writes it: to subscribers who know it, any other id is another article."""
    text = _text(header, "id", notes)
    if text is not None and not is_iri(text):
        what = f'"{text[:40]}" is kept as the id, but Atom requires an IRI such as tag:example.org,2026:a'
        notes.warn(header.line_of("id"), what, "keep it if the article was ever published, else write an IRI")
    return text
