"""Keys: hashes over all that goes into a document, so that only what changed is made again."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from feedsvc.articles.identity.paths import NO_TRANSLATIONS, Translations
from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import translation_of
from feedsvc.core.timestamps import unix_time
from feedsvc.documents.feeds.entries import LinksOf, no_moved_links

Part = str | int | Sequence["Part"] | None


def key(*parts: Part) -> str:
    """SHA-256, in hex, over ``parts`` and the code that turns them into a document."""
    return _digest([code_version(), *parts])


@lru_cache(maxsize=8)
def site_part(site: Site) -> str:
    """All of ``site`` that a document can show, with how its language says things, as a digest.

    How many articles a feed holds shows in them.
    """
    shown = (site.base_url, site.title, site.description, site.language, site.author, site.author_url)
    feeds = (site.hubs, astuple(site.podcast), site.previewed, site.styled, site.private)
    heads = (site.me, site.fediverse_creator, site.theme_color, site.markdown_pages)
    words = translation_of(site.language).digest
    return _digest([*shown, words, str(site.zone), site.copyright, site.icon, site.logo, *feeds, *heads])


def channel_part(channel: Channel) -> Part:
    """All of ``channel`` that a document can show, without its articles."""
    updated = None if channel.updated is None else unix_time(channel.updated)
    words = (channel.title, channel.description, channel.extent, channel.header, channel.footer)
    return [channel.path, channel.kind, channel.label, *words, updated]


class PartOfRecord:
    """Gives :func:`record_part` of the records of one round, with what documents show of other articles.

    These are the pages of their translations, and those to which their links lead.
    """

    def __init__(self, translations: Translations = NO_TRANSLATIONS, links_of: LinksOf = no_moved_links) -> None:
        self._translations = translations
        self._links_of = links_of
        self._parts: dict[str, str] = {}

    def __call__(self, record: Record) -> str:
        """The part of a record; each is made once."""
        part = self._parts.get(record.id)
        if part is None:
            part = record_part(record)
            if (pages := self._translations.get(record.id)) is not None:
                part = _digest([part, [[each.language, each.page] for each in pages]])
            if links := self._links_of(record):
                part = _digest([part, links])
            self._parts[record.id] = part
        return part


def record_part(record: Record) -> str:
    """A digest of all that a document can show of an article; its body counts by its own digest."""
    article = record.article
    return _digest(
        [
            record.id,
            record.page,
            unix_time(record.published),
            unix_time(record.updated),
            article.title,
            article.summary,
            article.tags,
            [astuple(author) for author in article.authors],
            article.language,
            None if article.image is None else astuple(article.image),
            [astuple(one) for one in article.enclosures],
            article.meaning,
            article.body,
            article.format,
            article.extent,
            None if article.episode is None else astuple(article.episode),
            astuple(article.links),
            article.markdown,
            article.utc_offset,
        ]
    )


@cache
def code_version() -> str:
    """A digest of this package's own files and of the versions of the libraries that write the documents."""
    parts: list[Part] = [version(name) for name in ("feedsvc", "feedgen", "lxml", "jinja2")]
    here = Path(__file__).parent
    for source in sorted(here.rglob("*")):
        if source.is_file() and source.suffix != ".pyc":
            parts += [source.relative_to(here).as_posix(), hashlib.sha256(source.read_bytes()).hexdigest()]
    return _digest(parts)


def _digest(parts: Part) -> str:
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()
