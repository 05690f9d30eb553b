"""An article: the content of one file, read and cleaned.

These are plain frozen records. They hold no settled id or date: the ledger keeps those
(:mod:`feedsvc.articles.record`), because a file can be renamed, touched or restored and is still the same article
to its subscribers.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Literal, TypeAlias, TypeVar, cast

Extent = Literal["full", "summary"]
"""How much of an article its feeds contain."""
Severity = Literal["problem", "warning"]
_Value = TypeVar("_Value", bound=Hashable)
_MOST = 10_000
"""How many values are remembered; those that recur are among the latest."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one file: where it is, what it is, and what to do about it.

    A ``problem`` keeps the article from being published; a ``warning`` does not.
    """

    path: str
    """The file's path relative to the articles directory, with ``/``."""
    line: int | None
    """The line, counted from 1; None where the problem has no line."""
    what: str
    remedy: str
    severity: Severity = "problem"
    safeguard: str | None = None
    """The name of the safeguard that holds the file back; None where none does."""
    of_site: bool = False
    """Whether it depends on the whole site, not on the file alone: each round that makes documents finds it
    again."""

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
    """The URL path at which it is published: ``/media/<start of digest>/<name>``, so that it may be cached for
    ever."""
    media_type: str
    size: int
    """Its size in bytes."""
    digest: str
    """SHA-256 of its bytes, in hex."""
    kept: str | None = None
    """SHA-256, in hex, of the text by which the store keeps its bytes, if they stood in the article itself and
    ``source`` is empty (:mod:`feedsvc.articles.body.inline_media`); None for a file of the articles directory."""


@dataclass(frozen=True, slots=True)
class Author:
    """An author of an article."""

    name: str
    """The name in plain text, never empty."""
    url: str | None = None
    """The absolute URL of a page or profile."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The lead image of an article."""

    url: str
    """The absolute URL."""
    media_type: str | None = None
    """The media type; None where neither file nor suffix gives it."""
    width: int | None = None
    """Width in pixels, read from the file; None for a picture on another site."""
    height: int | None = None
    alt: str = ""
    """The alternative text: plain text that says what the picture shows."""
    length: int = 0
    """The size in bytes; 0 where it is unknown."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An audio or video file: RSS ``<enclosure>``, Atom ``rel="enclosure"``, JSON attachment."""

    url: str
    """The absolute URL."""
    media_type: str
    length: int
    """The size in bytes; 0 where it is unknown (RSS Advisory Board profile, enclosure)."""
    duration: int | None = None
    """Length in whole seconds, read from the file or given by the header."""
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """The values of an article for podcast players; None and empty where the article gives none."""

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
    """The absolute URL of the page on another site that the article is about."""
    via: tuple[str, ...] = ()
    """The absolute URLs of the pages where the author learned of it."""
    related: tuple[str, ...] = ()
    """The absolute URLs of related pages."""
    canonical: str | None = None
    """The absolute URL, on another site, of the page that search engines shall show instead (RFC 6596)."""


NO_LINKS = Links()


@dataclass(frozen=True, slots=True)
class Article:
    """An article without its body (see :class:`Reading`).

    Every text is free of characters that XML 1.0 forbids. Every time is aware, in UTC, whole seconds.
    """

    path: str
    """The path of its file, relative to the articles directory, with ``/``."""
    format: Literal["text", "markdown", "html", "restructuredtext"]
    title: str
    """Plain text, never empty."""
    summary: str
    """Plain text; empty where the article has no text."""
    section: str
    """The folder as a URL path without outer slashes; empty at the top."""
    slug: str
    """The proposed last part of the page's URL."""
    id: str | None
    """The ``id`` or ``guid`` of the header."""
    published: datetime | None
    """The date of the header, otherwise of the file name; None where neither has one."""
    updated: datetime | None
    """The date of the header; None where it has none."""
    draft: bool
    tags: tuple[str, ...]
    authors: tuple[Author, ...]
    language: str | None
    """The language tag (BCP 47); None where it is the site's language."""
    image: Picture | None
    """The lead image."""
    enclosures: tuple[Enclosure, ...]
    media: tuple[MediaFile, ...]
    """The media files that the article refers to, which have to be served."""
    meaning: str
    """SHA-256, in hex, of what a subscriber reads. It stays the same when only white space, key order, the order
    of tags, the base URL, the sanitiser or a file's times change; ``updated`` moves with it."""
    body: str
    """SHA-256, in hex, of the cleaned HTML body, by which the store keeps the body."""
    expires: datetime | None = None
    """The time from which on the article is no longer public."""
    unlisted: bool = False
    """Whether the article has a page, but stands in no feed and no list."""
    aliases: tuple[str, ...] = ()
    """URL paths that redirect to its page, each with a leading slash."""
    headed: bool = False
    """Whether the file has a header."""
    placed: bool = False
    """Whether the header gives ``slug``; otherwise it is made from the file's name."""
    episode: Episode | None = None
    extent: Extent | None = None
    """How much of the article its feeds contain; None leaves that to the channel."""
    links: Links = NO_LINKS
    hollow: bool = False
    """Whether cleaning left no content; such an article is published only if an older version of it was."""
    leads_to: str | None = None
    """The absolute URL to which the article is only a redirect; None for any other article."""
    held_by: tuple[str, ...] = ()
    """The data files and section files with a key that may hide the article."""
    markdown: str | None = None
    """SHA-256, in hex, of its Markdown source, by which the store keeps that; None where no feed contains it."""
    utc_offset: int | None = None
    """The UTC offset of the header's date in seconds; None where the header gives none."""
    original: str | None = None
    """The path of its file without suffix and language, if the file's name has a language; otherwise None."""
    section_key: str | None = None
    """The key of its section's channel, if that is not ``section``."""
    updated_line: int | None = None
    """The line of the header with ``updated``."""
    declared_addresses: tuple[str, ...] = ()
    """The addresses that the header gives the article itself, as it writes them (``url``, ``permalink``,
    ``canonical_url``), the one that counts most first."""
    linked_articles: tuple[tuple[str, str], ...] = ()
    """The articles that the body links to: the URL path that stands there, and the path of the file it means."""
    categories: tuple[str, ...] = ()
    """The tags that the header calls categories; other programs write them into addresses."""

    @property
    def is_withheld(self) -> bool:
        """Whether the article may not be published if it is not public yet."""
        return self.draft or self.hollow or self.leads_to is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """One file as it was read: the article, its body, and by what a change of the file is noticed."""

    article: Article
    body: str
    """Clean HTML: sanitised, well-formed as XML, every URL absolute."""
    stamp: str
    """Made of size and time of the file and of the files it refers to; while it stays the same, so does the
    article."""
    source: str
    """SHA-256, in hex, of the file's bytes and of the options it was read by."""
    modified: datetime
    """The file's modification time."""
    markdown: str | None = None
    """The Markdown source below the header without comments, if feeds are to contain it."""
    inline: tuple[tuple[str, str], ...] = ()
    """The digest (:attr:`MediaFile.kept`) and text of each picture that stood in the article itself."""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article that this round has read, without its body, which was passed on."""

    article: Article
    stamp: str
    """By it the next round sees whether the file has changed: the start of a digest of the options, then the stamp
    of the files (:func:`~.listing.stamp`)."""
    source: str
    """SHA-256, in hex, of the file's bytes and the options by which it was read."""
    modified: datetime
    """The file's modification time."""
    committed: datetime | None = None
    """The date of its first commit in git, if it has no other date."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file that was set aside, because no article could be made of it."""

    problem: Problem
    stamp: str = ""
    """The stamp of all files that the problem depends on (:func:`~.listing.stamp`). When it is kept for the
    next round, the start of the digest of the options precedes it, as in :attr:`ReadArticle.stamp`.
    Empty where only reading the file again shows whether the problem is still there."""
    fatal: str | None = None
    """The key of a file that crashes its reader process, see :func:`~.listing.fatal_key`; None for any other."""


Result: TypeAlias = Reading | SetAside | None
"""The result of reading one file; None if the file changed or vanished meanwhile."""


@lru_cache(maxsize=_MOST)
def _latest(value: Hashable) -> Hashable:
    return value


def shared(value: _Value) -> _Value:
    """The value itself, or an equal one of the same type that was given lately."""
    return cast("_Value", _latest(value))


def with_shared_values(article: Article, path: str) -> Article:
    """An equal article, in which values that others have too are the same objects as theirs.

    Args:
        article: Made in another process, which shares no object with this one.
        path: The path of the article, as the listing of the directory has it.
    """
    return replace(
        article,
        path=path,
        format=shared(article.format),
        section=shared(article.section),
        language=shared(article.language),
        tags=tuple(map(shared, article.tags)),
        authors=shared(article.authors),
        links=shared(article.links),
    )
