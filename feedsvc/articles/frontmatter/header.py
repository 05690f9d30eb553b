"""The header of an article: its keys and values as they were written, and which spellings mean what."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import Literal, TypeAlias

from feedsvc.articles.problems import Notes

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
"""Scalars stay the strings that were written: each field reads them as it means them."""

SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "title": ("title",),
        # The date that governs when an article appears stands first: a later one must not be overtaken.
        "published": (
            *("publishdate", "pubdate", "published", "publishedat", "publisheddate", "datepublished"),
            *("publicationdate", "date", "created", "createdat", "datecreated", "createddate"),
        ),
        "updated": (
            *("updated", "updatedat", "updateddate", "dateupdated", "lastmod", "lastupdate", "lastupdated"),
            *("modified", "modifiedat", "modifieddate", "datemodified", "lastmodified", "lastmodifiedat"),
        ),
        "expires": ("expires", "expirydate", "expirationdate", "expiry", "expireson", "unpublishdate"),
        "draft": ("draft", "isdraft"),
        "public": ("published", "publish"),
        "status": ("status",),
        "unlisted": ("unlisted", "hidden", "eleventyexcludefromcollections", "excludefromfeed", "excludefromrss"),
        "build": ("build", "headless", "render"),
        "slug": ("slug", "permalink", "url", "path"),
        "aliases": ("aliases", "alias", "redirectfrom"),
        "redirect": ("redirectto", "redirecturl", "redirectlink"),
        "tags": ("tags", "tag", "keywords", "categories", "category"),
        "authors": ("authors", "author", "by"),
        "summary": ("description", "summary", "excerpt", "abstract"),
        "image": (
            *("image", "images", "cover", "coverimage", "heroimage", "featuredimage", "featureimage", "thumbnail"),
            *("thumb", "banner", "hero", "ogimage", "socialimage", "previewimage"),
        ),
        "enclosures": (
            *(
                "audio",
                "video",
                "enclosure",
                "enclosures",
                "podcastfile",
                "podcastaudio",
                "podcasturl",
                "audiofile",
            ),
            *("audiourl", "mp3", "mp3url"),
        ),
        "length": (
            *("length", "podcastbytes", "podcastlength", "podcastsize", "audiolength", "audiosize", "audiobytes"),
            *("enclosurelength", "mp3length", "filesize", "bytes"),
        ),
        "duration": ("duration", "podcastduration", "itunesduration", "audioduration", "mp3duration"),
        "episode": ("episode", "episodenumber", "itunesepisode"),
        "season": ("season", "seasonnumber", "itunesseason"),
        "episodetype": ("episodetype", "itunesepisodetype"),
        "explicit": ("explicit", "itunesexplicit"),
        "transcripts": ("transcript", "transcripts"),
        "chapters": ("chapters",),
        "extent": ("feedcontent",),
        "external": ("externalurl", "externallink", "linkurl", "linkposturl", "linkpost", "link"),
        "via": ("via", "viaurl", "sourceurl"),
        "related": ("related", "relatedurl", "relatedurls", "relatedlinks"),
        "canonical": ("canonical", "canonicalurl"),
        "language": ("lang", "language", "locale"),
        "id": ("id", "guid"),
    }
)
"""Field to keys, in the order in which they count. Keys are compared as :func:`spelling` makes them."""

_OF_ANYTHING = frozenset({"length", "bytes", "filesize", "duration"})
"""Keys that say something of a recording, and do not show that a text is a header: a book has a length too."""
_FIELDS = {
    key: name for name, keys in reversed(tuple(SPELLINGS.items())) for key in keys if key not in _OF_ANYTHING
}
_COUNTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {key: tuple(name for name, keys in SPELLINGS.items() if key in keys) for key in chain(*SPELLINGS.values())}
)
"""Key to the fields that it can tell."""
_NOISE = re.compile(r"[-_\s]")


def pick(value: Value, *keys: str) -> str | None:
    """The text itself, or the first text that a mapping has under one of ``keys``; None where it is blank."""
    found = next((value[key] for key in keys if value.get(key)), None) if isinstance(value, dict) else value
    return found.strip() or None if isinstance(found, str) else None


Dialect: TypeAlias = Literal["yaml", "toml", "json", "lines", "comment", "document"]
"""How a header is written; a list that is written as one text is parted differently in each."""


def spelling(key: str) -> str:
    """The key without case, dashes and underscores: ``last_modified_at`` and ``lastModifiedAt`` are one."""
    return key.lower() if key.isalnum() else _NOISE.sub("", key).lower()


def field_of(key: str) -> str | None:
    """The field that ``key`` means in any of its spellings; None for a key we have no use for."""
    return _FIELDS.get(spelling(key))


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a header and what was written for it."""

    key: str
    value: Value
    line: int | None
    """Counted from 1 in the whole file."""


_SILENT: Mapping[str, tuple[Entry, ...]] = MappingProxyType(dict.fromkeys(SPELLINGS, ()))


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says about itself, in the order in which it says it."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    """By spelling (:func:`spelling`)."""
    dialect: Dialect = "yaml"
    _told: dict[str, tuple[Entry, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)
    """By field, what :meth:`all` gives; filled when it is first asked for, since each reader asks for forty."""

    @classmethod
    def of(cls, entries: Iterable[Entry], dialect: Dialect, notes: Notes) -> "Header":
        """A header of ``entries`` in the order of the file; the last one of a key counts, with a warning."""
        found: dict[str, Entry] = {}
        for entry in entries:
            name = spelling(entry.key)
            if name in found:
                notes.warn(entry.line, f'"{entry.key}" stands twice in the header; this one counts', "remove one")
            found[name] = entry
        return cls(found, dialect)

    def all(self, name: str) -> Iterator[Entry]:
        """The entries that tell the field ``name``, the one that counts most first; empty values left out."""
        return iter((self._told or self._tell())[name])

    def first(self, name: str) -> Entry | None:
        """The entry that counts for the field ``name``."""
        told = (self._told or self._tell())[name]
        return told[0] if told else None

    def _tell(self) -> Mapping[str, tuple[Entry, ...]]:
        self._told.update(_SILENT)
        for each in {each for key in self.entries for each in _COUNTS.get(key, ())}:
            entries = filter(None, map(self.entries.get, SPELLINGS[each]))
            self._told[each] = tuple(entry for entry in entries if entry.value not in ("", [], {}))
        return self._told

    def over(self, other: "Header") -> "Header":
        """This header, with what only ``other`` tells."""
        told = {field_of(key) for key in self.entries}
        added = {key: entry for key, entry in other.entries.items() if field_of(key) not in told}
        return Header({**self.entries, **added}, self.dialect)
