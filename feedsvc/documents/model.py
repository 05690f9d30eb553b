"""A document: one thing at one URL, in one format, before HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from feedsvc.articles.model import MediaFile, Problem


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the ``Link`` header field (RFC 8288); ``href`` is absolute."""

    href: str
    rel: str
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a URL path of the site holds.

    ``path`` begins with a slash, except that of the page for everything unknown (:data:`NOT_FOUND`) and those of
    pages about feeds (:func:`preview_path`), which therefore no request can name.
    """

    path: str
    media_type: str
    """With its charset; empty for a file, whose own type counts."""
    content: bytes
    status: int = 200
    """200; 301 with ``location``; 404 and 410 with a page that helps."""
    location: str | None = None
    links: tuple[Link, ...] = ()
    file: MediaFile | None = None
    """Set for a media file: its bytes stay in the articles directory, or are ``content`` if it is not there."""
    frames: tuple[str, ...] = ()
    """Hosts whose frames a page may show."""
    sunset: datetime | None = None
    """When it will be gone (RFC 8594); None where that is not known. A file that has one is not kept for ever."""
    fields: tuple[tuple[str, str], ...] = ()
    """More header fields, names in lower case."""
    hot: bool = True
    """Whether every web worker keeps it in memory; False for the many pages that few people ask for."""
    previewed: bool = False
    """Whether a browser that is led to its address gets another page instead (:func:`preview_path`)."""
    problems: tuple[Problem, ...] = ()
    """Why it is not as the operator wants it; each round makes it anew while there are any."""


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """How to make a document, and a key that changes whenever what goes into it does.

    A round makes only the documents whose key differs from the last edition's.
    """

    path: str
    key: str
    make: Callable[[], Document]
    newest: datetime | None = None
    """When the newest article in it was published, if there is one."""
    shows: tuple[str, ...] = ()
    """The paths of the channel and of the articles in it, by which a cache in between can be told to forget it."""


PREVIEW = "preview"
"""With what the path of a page about feeds begins."""


def preview_path(folder: str) -> str:
    """The path of the page about the feeds in ``folder``; it has no address of its own."""
    return PREVIEW + folder


NOT_FOUND = "404"
"""The path of the document that answers for every unknown URL."""
