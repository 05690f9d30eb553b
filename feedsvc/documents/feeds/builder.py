"""From records and channels to the neutral Feed and Entry."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from cachetools import LRUCache
from lxml import html
from lxml.html.builder import E

from feedsvc.articles.identity.translations import NO_TRANSLATIONS, Translations
from feedsvc.articles.markup.excerpt import plain_text
from feedsvc.articles.model import Author, Picture
from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site, is_podcast, podcast_guid
from feedsvc.core.timestamps import whole_seconds
from feedsvc.documents.article_links import LinksOf, no_moved_links, with_moved_links
from feedsvc.documents.feeds.fragments import CACHE_SIZE, length
from feedsvc.documents.feeds.model import FEED_STYLE, Entry, Feed, Show

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the last change of a channel that never held anything: Atom demands a date (RFC 4287, 4.2.15),
and a document must not depend on the moment it was made."""


def build_entry(site: Site, record: Record, body: str, markdown: str | None = None) -> Entry:
    """Tells one article without any format; ``body`` is its clean HTML, made of ``markdown``."""
    article = record.article
    image = article.image
    return Entry(
        id=record.id,
        url=site.page_url(record.page),
        title=article.title,
        summary=article.summary,
        content=body if image is None or _shows(body, image) else _tag(image) + body,
        published=whole_seconds(record.published),
        updated=whole_seconds(record.updated),
        authors=article.authors,
        tags=article.tags,
        language=article.language,
        image=image,
        enclosures=article.enclosures,
        episode=article.episode,
        extent=article.extent,
        links=article.links,
        markdown=markdown,
        text=_words(body) if article.format == "text" else None,
    )


def build_feed(site: Site, channel: Channel, path: str, entries: Iterable[Entry]) -> Feed:
    """Tells a channel without any format.

    Args:
        site: The site's options, as the operator has set them.
        channel: Gives title, description, path and last change, and by its articles, which are those that the feed
            may hold, whether it is a podcast.
        path: Where the feed is served, such as ``/atom.xml``.
        entries: What the feed holds, newest first.
    """
    return Feed(
        id=site.url(channel.path),
        title=channel.title,
        description=channel.description,
        url=site.url(channel.path),
        self_url=None if site.private else site.url(path),
        language=site.language,
        updated=whole_seconds(channel.updated or NEVER),
        entries=tuple(entries),
        author=Author(site.author, site.author_url) if site.author else None,
        copyright=site.copyright,
        icon=site.icon,
        logo=site.logo,
        hubs=site.hubs,
        podcast=_show(site, channel),
        style=f"{site.prefix}/{FEED_STYLE}" if site.styled else None,
    )


def _show(site: Site, channel: Channel) -> Show | None:
    """The podcast elements of the channel's feed, if most of its articles have something to play."""
    show = site.podcast
    if not is_podcast(channel.records):
        return None
    guid = podcast_guid(show, site.base_url, channel.path)
    new = f"{show.new_base_url}{channel.path}rss.xml" if show.new_base_url and not site.private else None
    values = (show.categories, show.explicit, show.order, show.locked, show.owner)
    return Show(guid, *values, new, site.private)


def _shows(body: str, image: Picture) -> bool:
    """Whether the picture's address, as HTML writes it, stands in the text."""
    return escape(image.url, quote=False) in body


def _tag(image: Picture) -> str:
    """The picture as the first paragraph of a text."""
    paragraph = E.p(E.img(src=image.url, alt=image.alt))
    for name, value in (("width", image.width), ("height", image.height)):
        if value is not None:
            paragraph[0].set(name, str(value))
    markup: str = html.tostring(paragraph, encoding="unicode")
    return markup + "\n"


def _words(body: str) -> str:
    """The paragraphs of an article that was written as plain text, parted by empty lines."""
    paragraphs = ("\n".join(map(plain_text, part.split("<br>"))) for part in body.split("</p>"))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


Body = Callable[[str], str]
"""Gives the clean HTML of an article by its digest."""


class EntryFactory:
    """Gives the entries of one round; they are needed again and again, and those needed last are kept at hand.

    Args:
        site: The site's options, as the operator has set them.
        body: Gives the body of an article.
        translations: By id, the pages of an article in several languages, its own among them.
        links_of: Gives the links of an article to others that are at other pages than its body says.
    """

    def __init__(
        self,
        site: Site,
        body: Body,
        translations: Translations = NO_TRANSLATIONS,
        links_of: LinksOf = no_moved_links,
    ) -> None:
        self._site = site
        self._body = body
        self._translations = translations
        self._links_of = links_of
        self._entries: LRUCache[str, Entry] = LRUCache(maxsize=CACHE_SIZE, getsizeof=length)

    def __call__(self, record: Record) -> Entry:
        """The entry of ``record`` with its body."""
        entry = self._entries.get(record.id)
        if entry is None:
            entry = self._make(record)
            if length(entry) <= self._entries.maxsize:
                self._entries[record.id] = entry
        return entry

    def _make(self, record: Record) -> Entry:
        markdown = record.article.markdown
        source = self._body(markdown) if markdown else None
        body = with_moved_links(self._body(record.article.body), self._site, self._links_of(record))
        entry = build_entry(self._site, record, body, source)
        pages = self._translations.get(record.id, ())
        own_last = sorted(pages, key=lambda each: each.page == record.page)
        return replace(
            entry, translations=tuple((each.language, self._site.page_url(each.page)) for each in own_last)
        )
