"""The pages of articles, each with links to the article before it and the one after it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter

from feedsvc.articles.body.embeds import frame_hosts
from feedsvc.articles.record import Record
from feedsvc.channels.kinds import Membership, advertised_memberships, channel_path, kind_named
from feedsvc.channels.site import Site
from feedsvc.core.round_cache import RoundCache
from feedsvc.core.timestamps import unix_time
from feedsvc.documents.feeds.formats import alternate_links
from feedsvc.documents.feeds.model import Entry
from feedsvc.documents.fingerprints import Part
from feedsvc.documents.model import PAGE, Document, DocumentSpec
from feedsvc.documents.pages.context import build_article, build_feeds
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.views import FeedView, PageView, structured_article

EntryOf = Callable[[Record], Entry]
_Neighbours = tuple[Record | None, Record | None]
"""The older one and the newer one."""
NONE: _Neighbours = (None, None)


def article_pages(  # noqa: PLR0913 - all that pages are made of
    renderer: PageRenderer,
    public: Sequence[Record],
    listed: Sequence[Record],
    parts: Mapping[str, str],
    entry_of: EntryOf,
    *,
    cache: RoundCache | None = None,
) -> Iterator[DocumentSpec]:
    """The page of every public article.

    Args:
        renderer: Renders pages for the site, in its theme.
        public: Every article that has a page.
        listed: Those that stand in lists, newest first; an article's neighbours are among them.
        parts: What a document can show of each article, as a digest, by id.
        entry_of: Tells an article.
        cache: Of the publisher.
    """
    beside = {
        record.id: (older, newer)
        for newer, record, older in zip((None, *listed), listed, (*listed[1:], None), strict=False)
    }
    pages = [(record.id, record, beside.get(record.id, NONE)) for record in public]
    keys = (cache or RoundCache()).results(
        "article page keys",
        pages,
        itemgetter(0),
        lambda page: renderer.key(
            "page", parts[page[0]], [_part(each) for each in page[2]], _expiry(page[1]), list(_around(page[1]))
        ),
        (renderer.site, renderer.theme),
    )
    for record_id, record, neighbours in pages:
        make = partial(_make, renderer, record, neighbours, entry_of)
        yield DocumentSpec(record.page, keys[record_id], make, record.published, (record.page,))


def _part(neighbour: Record | None) -> Part:
    """All that a page shows of the article before or after its own."""
    if neighbour is None:
        return None
    return [neighbour.page, neighbour.article.title, neighbour.article.language]


def _expiry(record: Record) -> int | None:
    return None if record.article.expires is None else unix_time(record.article.expires)


def _make(renderer: PageRenderer, record: Record, neighbours: _Neighbours, entry_of: EntryOf) -> Document:
    site = renderer.site
    entry = entry_of(record)
    article = build_article(site, entry, *neighbours, utc_offset=record.article.utc_offset)
    page = PageView(
        title=entry.title,
        description=entry.summary,
        canonical=entry.links.canonical or entry.url,
        feeds=tuple(_found(site, record)),
        older=article.older.url if article.older else None,
        newer=article.newer.url if article.newer else None,
        structured=structured_article(renderer.view, article),
        languages=entry.translations,
    )
    return renderer.document(
        record.page,
        PAGE,
        "article.html",
        page,
        links=alternate_links(site, "/"),
        frames=frame_hosts(entry.content),
        sunset=record.article.expires,
        article=article,
    )


def _around(record: Record) -> Iterator[Membership]:
    """The channels whose feeds the page names; an article that is not listed is in none."""
    return advertised_memberships(record.article) if record.listed else iter(())


def _found(site: Site, record: Record) -> Iterator[FeedView]:
    """What a reader finds on the page: the feeds of the site and of the section, and one of each tag.

    A reader lets people choose, and nobody wants to choose among thirty.
    """
    yield from build_feeds(site, "/", site.title)
    for kind, key, label in _around(record):
        feeds = build_feeds(site, channel_path(kind, key), f"{label} · {site.title}")
        found = kind_named(kind)
        yield from feeds if found is not None and found.advertised == "innermost" else feeds[1:2]
