"""An article: what one file says, read and cleaned.

These are plain frozen records. They hold no id and no settled date: those are the ledger's
(:mod:`feedsvc.articles.record`), because a file can be renamed, touched or restored and is still the
same article to its subscribers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Extent = Literal["full", "summary"]
"""How much of an article its feeds tell."""
Severity = Literal["problem", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one file: where, what, and what to do about it.

    A ``problem`` sets the article aside; a ``warning`` lets it be published.
    """

    path: str
    """The file's path relative to the articles directory, with ``/``."""
    line: int | None
    """Counted from 1; None where no line is to blame."""
    what: str
    remedy: str
    severity: Severity = "problem"
    safeguard: str | None = None
    """The safeguard that holds the file back, if one does."""
    of_site: bool = False
    """Whether it comes of all there is, not of the file alone: each round that composes finds it anew."""

    @property
    def place(self) -> str:
        """``path:line``, as editors and compilers write it."""
        return self.path if self.line is None else f"{self.path}:{self.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file beside an article (a picture, a sound, a table, a program …) that the article refers to."""

    source: str
    """Its path relative to the articles directory."""
    path: str
    """Where it is published: ``/media/<start of digest>/<name>``, so that it may be cached for ever."""
    media_type: str
    size: int
    """In bytes."""
    digest: str
    """SHA-256 of its bytes, in hex."""
    kept: str | None = None
    """SHA-256, in hex, of the text by which the store keeps its bytes, where they stood in the article itself and
    ``source`` is empty (:mod:`feedsvc.articles.body.inline_media`); None for a file of the articles directory."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote an article."""

    name: str
    """Plain text, never empty."""
    url: str | None = None
    """Absolute address of a page or profile."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The lead image of an article."""

    url: str
    """Absolute."""
    media_type: str | None = None
    """None where neither file nor suffix tells."""
    width: int | None = None
    """In pixels, read from the file; None for a picture elsewhere."""
    height: int | None = None
    alt: str = ""
    """What it shows, in words; plain text."""
    length: int = 0
    """In bytes; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to listen to or watch: RSS ``<enclosure>``, Atom ``rel="enclosure"``, JSON attachment."""

    url: str
    """Absolute."""
    media_type: str
    length: int
    """In bytes; 0 where it is not known (RSS Advisory Board profile, enclosure)."""
    duration: int | None = None
    """In whole seconds, read from the file or said by the header."""
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """What an article says for podcast players. None and empty stand for "not said"."""

    number: int | None = None
    season: int | None = None
    kind: str | None = None
    """``full``, ``trailer`` or ``bonus``."""
    explicit: bool | None = None
    transcripts: tuple[str, ...] = ()
    """Absolute URLs."""
    chapters: str | None = None
    """Absolute URL."""


@dataclass(frozen=True, slots=True)
class Links:
    """The pages that a link post points to."""

    external: str | None = None
    """Absolute address of the page elsewhere that the article is about."""
    via: tuple[str, ...] = ()
    """Absolute addresses of where its author learned of it."""
    related: tuple[str, ...] = ()
    """Absolute addresses of what goes with it."""
    canonical: str | None = None
    """Absolute address, on another site, of the page that search engines shall show for it (RFC 6596)."""


NO_LINKS = Links()


@dataclass(frozen=True, slots=True)
class Article:
    """What a file says about itself, without its body (see :class:`Reading`).

    Every text is free of characters that XML 1.0 forbids. Every time is aware, in UTC, whole seconds.
    """

    path: str
    """The file, relative to the articles directory, with ``/``."""
    format: Literal["text", "markdown", "html", "restructuredtext"]
    title: str
    """Plain text, never empty."""
    summary: str
    """Plain text; empty where the article has no words."""
    section: str
    """The folder as a URL path without outer slashes; empty at the top."""
    slug: str
    """The proposed last part of the page's URL."""
    id: str | None
    """The ``id`` or ``guid`` of the header."""
    published: datetime | None
    """By header, else by file name; None where neither says."""
    updated: datetime | None
    """By header only."""
    draft: bool
    tags: tuple[str, ...]
    authors: tuple[Author, ...]
    language: str | None
    """BCP 47, where it differs from the site's."""
    image: Picture | None
    """The lead image."""
    enclosures: tuple[Enclosure, ...]
    media: tuple[MediaFile, ...]
    """The files beside it that have to be served for it."""
    meaning: str
    """SHA-256 of what a subscriber reads. It stays when only white space, key order, the order of tags, the
    base URL, the sanitiser or a file's times change; ``updated`` moves with it."""
    body: str
    """SHA-256 of the cleaned HTML body, by which the store keeps it."""
    expires: datetime | None = None
    """From this moment on it is public no more."""
    unlisted: bool = False
    """It has a page, and stands in no feed and no list."""
    aliases: tuple[str, ...] = ()
    """URL paths that lead to its page, each with a leading slash."""
    headed: bool = False
    """It has a header."""
    placed: bool = False
    """Its header says where its page is: ``slug`` is not made of the file's name."""
    episode: Episode | None = None
    extent: Extent | None = None
    """By header; None leaves it to the channel."""
    links: Links = NO_LINKS
    hollow: bool = False
    """Nothing of what it says is left to be told; it is published only where an older version did."""
    leads_to: str | None = None
    """Absolute address to which it only sends its readers."""
    held_by: tuple[str, ...] = ()
    """The files beside and above it that say something by which it may be kept from everybody."""
    markdown: str | None = None
    """SHA-256 of the Markdown it was written in, by which the store keeps it; None where no feed is to tell it."""
    utc_offset: int | None = None
    """By how many seconds the clock of its header's date is ahead of UTC; None where the header names no clock."""
    original: str | None = None
    """The path of its file without suffix and language, where the file's name says a language."""
    section_key: str | None = None
    """What the channel of its section is known by, where that is not ``section``."""
    updated_line: int | None = None
    """The line of its header that says ``updated``."""

    @property
    def is_withheld(self) -> bool:
        """Whether nothing of it may appear for the first time."""
        return self.draft or self.hollow or self.leads_to is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """One file as it was read: the article, its body, and how to see that the file is unchanged."""

    article: Article
    body: str
    """Clean HTML: sanitised, well-formed in XML, every URL absolute."""
    stamp: str
    """Size and time of the file and of the files it refers to: unchanged stamp, unchanged article."""
    source: str
    """SHA-256 of the file's bytes and of the rules it was read by."""
    modified: datetime
    """The file's modification time."""
    markdown: str | None = None
    """What stands below the header, as it was written, where feeds are to tell it."""
    inline: tuple[tuple[str, str], ...] = ()
    """The digest (:attr:`MediaFile.kept`) and the text of each picture that stood in the article itself."""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file that no article could be made of."""

    problem: Problem
    stamp: str = ""
    """The stamp of all files that the problem depends on (:func:`~.fingerprint.stamp`). Where it is remembered, it
    stands behind the start of the digest of the options, as in :attr:`.collection.ReadArticle.stamp`. Empty where
    only another reading can tell."""
    fatal: str | None = None
    """What a file that is fatal is known by, see :func:`.set_aside.fatal_key`; None for any other."""
