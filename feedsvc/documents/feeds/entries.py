"""An article as an entry of feeds, before any format: with links to today's pages, and as a channel shows it.

A file is read without the ledger, so its body cannot know at which page another article is by now. The article
says which link means which file, and each document that shows the body leads to the page of that file's article.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from operator import attrgetter

from cachetools import LRUCache
from lxml import html
from lxml.html.builder import E

from feedsvc.articles.body.sanitizer import clean
from feedsvc.articles.identity.paths import NO_TRANSLATIONS, Translation, Translations
from feedsvc.articles.markup.plain_words import plain_text
from feedsvc.articles.model import Picture
from feedsvc.articles.record import Record
from feedsvc.channels.channel import AnyChannel
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import translation_of
from feedsvc.core.timestamps import whole_seconds
from feedsvc.documents.feeds.model import CACHE_SIZE, Entry
from feedsvc.documents.snapshot import Snapshot

_ANCHOR = re.compile(r"<a (?:[^<>\"]|\"[^\"]*\")*>")
"""The tag of a link as the sanitiser writes it, as a whole."""
_TARGET = re.compile(r'href="([^"#?]*)')

MovedLinks = tuple[tuple[str, str], ...]
"""Pairs of the path that a body links to, and the page that it means."""
LinksOf = Callable[[Record], MovedLinks]
"""Gives :func:`moved_links` of a record."""


def linked_sources(records: Iterable[Record]) -> frozenset[str]:
    """The files of the articles that these articles link to."""
    return frozenset(source for record in records for _, source in record.article.linked_articles)


def moved_links(record: Record, page_of: Callable[[str], str | None]) -> MovedLinks:
    """The links of an article to others that are at other pages than its body says.

    Args:
        record: The article.
        page_of: Gives the page of a public article by the path of its file; None for any other file.
    """
    found = ((address, page_of(source)) for address, source in record.article.linked_articles)
    return tuple((address, page) for address, page in found if page is not None and page != address)


def no_moved_links(_record: Record) -> MovedLinks:
    """As :data:`LinksOf`, where every article is at the page that bodies say."""
    return ()


def with_moved_links(body: str, site: Site, moved: MovedLinks) -> str:
    """The clean HTML ``body``, whose links lead to the pages they mean."""
    if not moved:
        return body
    targets = {escape(site.url(address)): escape(site.page_url(page)) for address, page in moved}

    def current(anchor: re.Match[str]) -> str:
        return _TARGET.sub(lambda found: f'href="{targets.get(found[1], found[1])}', anchor[0], count=1)

    return _ANCHOR.sub(current, body)


def build_entry(  # noqa: PLR0913 - all that an entry is made of
    site: Site,
    record: Record,
    body: str,
    markdown: str | None = None,
    *,
    moved: MovedLinks = (),
    translations: Sequence[Translation] = (),
) -> Entry:
    """Tell one article without any format.

    Args:
        site: The site's options, as the operator has set them.
        record: The article.
        body: Its clean HTML.
        markdown: The Markdown that the body was made of, if feeds shall hold it.
        moved: Its :func:`moved_links`.
        translations: Its pages in several languages, its own among them.
    """
    article = record.article
    image = article.image
    body = with_moved_links(body, site, moved)
    own_last = sorted(translations, key=lambda each: each.page == record.page)
    return Entry(
        id=record.id,
        url=site.page_url(record.page),
        title=article.title,
        summary=article.summary,
        content=body if image is None or shows(body, image.url) else _tag(image) + body,
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
        translations=tuple((each.language, site.page_url(each.page)) for each in own_last),
        text=_words(body) if article.format == "text" else None,
    )


def shows(body: str, url: str) -> bool:
    """Whether the address of a file, as HTML writes it, stands in a text."""
    return escape(url, quote=False) in body


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
        self._entries: LRUCache[str, Entry] = LRUCache(maxsize=CACHE_SIZE, getsizeof=attrgetter("size"))

    def __call__(self, record: Record) -> Entry:
        """The entry of ``record`` with its body."""
        entry = self._entries.get(record.id)
        if entry is None:
            entry = self._make(record)
            if entry.size <= self._entries.maxsize:
                self._entries[record.id] = entry
        return entry

    def _make(self, record: Record) -> Entry:
        markdown = record.article.markdown
        return build_entry(
            self._site,
            record,
            self._body(record.article.body),
            self._body(markdown) if markdown else None,
            moved=self._links_of(record),
            translations=self._translations.get(record.id, ()),
        )


def digests_of(records: Iterable[Record]) -> frozenset[str]:
    """The digests of the bodies of articles, and of the Markdown that feeds hold besides."""
    articles = (record.article for record in records)
    return frozenset(digest for each in articles for digest in (each.body, each.markdown) if digest)


def build_entries(snapshot: Snapshot, records: Sequence[Record]) -> list[Entry]:
    """The entries of articles of a snapshot, in their order; those that were not made yet are read together.

    Raises:
        StoreError: The store cannot be read.
    """
    known = {record.id: snapshot.entries.get(record.id) for record in records}
    made = {entry.id: entry for entry in _made(snapshot, [each for each in records if known[each.id] is None])}
    for entry in made.values():
        if entry.size <= CACHE_SIZE:
            snapshot.entries[entry.id] = entry
    return [known[record.id] or made[record.id] for record in records]


def _made(snapshot: Snapshot, records: Sequence[Record]) -> Iterator[Entry]:
    if not records:
        return
    bodies = snapshot.bodies(digests_of(records))
    translations = snapshot.translations([record for record in records if record.listed])
    pages = snapshot.pages_of(linked_sources(records))
    for record in records:
        yield build_entry(
            snapshot.site,
            record,
            bodies[record.article.body],
            bodies[record.article.markdown] if record.article.markdown else None,
            moved=moved_links(record, pages.get),
            translations=translations.get(record.id, ()) if record.listed else (),
        )


_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def decorate(entry: Entry, site: Site, channel: AnyChannel) -> Entry:
    """The entry with as much of its text as it asks for, else the channel, between header and footer.

    A summary ends with a link to the article. In both ``{title}``, ``{url}``, ``{author}``,
    ``{site}`` and ``{site_url}`` stand for what they say.
    """
    short = (entry.extent or channel.extent) == "summary"
    if not (short or channel.header or channel.footer):
        return entry
    body = _in_short(entry, site) if short else entry.content
    values = {
        "title": entry.title,
        "url": entry.url,
        "author": ", ".join(author.name for author in entry.authors) or site.author or site.title,
        "site": site.title,
        "site_url": site.url("/"),
    }
    parts = (_filled(channel.header, values), body, _filled(channel.footer, values))
    content = "\n".join(filter(None, parts))
    return replace(entry, content=content, text=None, markdown=None) if short else replace(entry, content=content)


def _in_short(entry: Entry, site: Site) -> str:
    paragraphs = [E.p(entry.summary)] if entry.summary else []
    paragraphs.append(E.p(E.a(translation_of(site.language).say("Read on"), href=entry.url)))
    return "\n".join(html.tostring(each, encoding="unicode") for each in paragraphs)


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values, sanitised as articles are."""
    if not template:
        return ""
    filled = _PLACEHOLDER.sub(lambda name: escape(values.get(name[1], name[0])), template)
    return _sanitised(filled)


@lru_cache(maxsize=4096)
def _sanitised(markup: str) -> str:
    return clean(markup, _absolute).strip()


def _absolute(url: str) -> str | None:
    return url if url.startswith(("https://", "http://", "mailto:")) else None
