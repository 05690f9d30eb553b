"""A document: a feed, page, redirect or file at one path, in one format, before HTTP; and what it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from feedsvc.articles.model import MediaFile, Problem

if TYPE_CHECKING:  # a web worker knows documents, and no sites
    from feedsvc.articles.record import Record
    from feedsvc.channels.channel import AnyChannel
    from feedsvc.channels.site import KeyField

Kind = Literal[
    "feed", "page", "preview", "opml", "stylesheet", "media", "redirect", "gone", "not-found",
    "robots", "sitemap", "markdown", "file",
]  # fmt: skip
"""The kinds of documents. A preview is the page that a browser gets at the address of a feed; ``not-found``
answers every address at which the site has nothing; a file is one that the operator serves at the root."""
Caching = Literal["usual", "brief", "immutable"]
"""How long a copy of a document may be used: as long as the operator says; a few seconds; or for ever."""

_STATUS: Mapping[Kind, int] = MappingProxyType({"redirect": 301, "gone": 410, "not-found": 404})
"""Of the kinds whose status is not 200 (RFC 9110, section 15)."""


@dataclass(frozen=True, slots=True)
class Traits:
    """The kind of a document, and how it is served.

    The code that makes the document decides it. The response and its row in the store carry it to the code that
    serves or exports the document, so that none of it is concluded from a path, a status or a header field.
    """

    kind: Kind
    prepared: bool
    """Whether a round makes the document, because it is polled; others are rendered on demand."""
    caching: Caching = "usual"
    preview: str | None = None
    """The path of the document that a browser gets instead when it navigates here; None where there is none."""
    pinned: bool = False
    """Whether every web worker always has the response in memory; others are read when they are asked for."""

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return _STATUS.get(self.kind, 200)

    @property
    def has_address(self) -> bool:
        """Whether a client can ask for the document by its path."""
        return self.kind not in {"preview", "not-found"}

    @property
    def is_replaceable(self) -> bool:
        """Whether a file that the operator has at the root comes first, so that the disk has to be asked."""
        return self.kind in {"robots", "sitemap"}

    @property
    def varies(self) -> bool:
        """Whether the answer depends on ``Sec-Fetch-Dest``, by which a browser says that it navigates."""
        return self.preview is not None or self.kind == "preview"


FEED = Traits("feed", prepared=True)
SITE_FEED = Traits("feed", prepared=True, pinned=True)
ARCHIVE_FEED = Traits("feed", prepared=False)
LANDING_PAGE = Traits("page", prepared=True, pinned=True)
PAGE = Traits("page", prepared=False)
"""Any other page: of an article, of an archive, of all tags."""
PREVIEW = Traits("preview", prepared=False)
OPML = Traits("opml", prepared=True, pinned=True)
STYLESHEET = Traits("stylesheet", prepared=True, pinned=True)
MEDIA = Traits("media", prepared=False, caching="immutable")
EXPIRING_MEDIA = Traits("media", prepared=False)
"""A file whose articles all expire, so that nobody may keep it for ever."""
REDIRECT = Traits("redirect", prepared=True, pinned=True)
"""From an address that people and feed readers try for a feed."""
MOVED = Traits("redirect", prepared=True)
"""From an address that the operator has moved."""
ARTICLE_REDIRECT = Traits("redirect", prepared=False)
ROBOTS = Traits("robots", prepared=False)
SITEMAP = Traits("sitemap", prepared=False)
MARKDOWN = Traits("markdown", prepared=False)
ROOT_FILE = Traits("file", prepared=False)
GONE = Traits("gone", prepared=False)
NOT_FOUND = Traits("not-found", prepared=True, caching="brief", pinned=True)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the ``Link`` header field (RFC 8288); ``href`` is absolute."""

    href: str
    rel: str
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The document at a path of the site.

    ``path`` begins with a slash, except for a document without an address (:attr:`Traits.has_address`), so that no
    request can name that one.
    """

    path: str
    traits: Traits
    media_type: str
    """With its charset; empty for a file, whose own type counts."""
    content: bytes
    location: str | None = None
    """Where a redirect leads: an absolute URL, or a path."""
    links: tuple[Link, ...] = ()
    file: MediaFile | None = None
    """Set for a media file: its bytes stay in the articles directory, or are ``content`` if it is not there."""
    frames: tuple[str, ...] = ()
    """Hosts whose frames a page may show."""
    sunset: datetime | None = None
    """When the document will be gone (RFC 8594); None where that is not known."""
    fields: tuple[tuple[str, str], ...] = ()
    """More header fields, names in lower case."""
    problems: tuple[Problem, ...] = ()
    """Why the document is not as the operator wants it; each round makes it anew while there are any."""

    def with_cache_key(self, field: "KeyField | None", shows: Sequence[str]) -> "Document":
        """The same document with the :func:`cache_key` of what it shows, if the site has such a header field."""
        return self if field is None else replace(self, fields=(*self.fields, (field, cache_key(field, shows))))


LONGEST_CACHE_KEY = 4000
"""Bytes. Fastly and Cloudflare heed 16 kB, Varnish takes fields of 8 kB, and a word of nginx's configuration,
which an export writes, has 4 kB."""


def cache_key(field: "KeyField", shows: Sequence[str]) -> str:
    """The paths by which a content delivery network forgets a document, as its header field has them.

    Fastly and others read ``Surrogate-Key``, Cloudflare and others ``Cache-Tag``; they keep the field to
    themselves. As many of the paths as fit are there; the channel's comes first, and changes with whatever it
    shows.
    """
    separator = " " if field == "surrogate-key" else ","
    joined = separator.join(quote(path, safe="/") for path in dict.fromkeys(shows))
    fits = len(joined) <= LONGEST_CACHE_KEY
    return joined if fits else joined[: joined.rindex(separator, 0, LONGEST_CACHE_KEY + 1)]


def shown_paths(channel: "AnyChannel", records: "Sequence[Record]") -> tuple[str, ...]:
    """The paths of all that a document of ``channel`` with these articles shows."""
    return (channel.path, *(record.page for record in records))


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """A function that makes a document, and a key that changes whenever what goes into the document does.

    A round makes only the documents whose key differs from the last edition's.
    """

    path: str
    key: str
    make: Callable[[], Document]
    newest: datetime | None = None
    """When the newest article in it was published, if there is one."""
    shows: tuple[str, ...] = ()
    """The paths of the channel and of the articles in it, by which a cache in between can forget it."""


NOT_FOUND_PATH = "404"
"""The path of the document that answers for every unknown URL."""


_PREVIEW = "preview"


def preview_path(channel_path: str) -> str:
    """The path of the preview of the feeds of the channel at ``channel_path``."""
    return f"{_PREVIEW}{channel_path}"


def previewed_channel(path: str) -> str | None:
    """The path of the channel whose :func:`preview_path` is ``path``; None if it is none."""
    return path.removeprefix(_PREVIEW) if path.startswith(f"{_PREVIEW}/") else None
