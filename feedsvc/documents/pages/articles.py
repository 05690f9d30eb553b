"""The page of an article, with the way to the article before it and to the one after it."""

import json
from collections.abc import Iterator

from feedsvc.articles.body.embeds import frame_hosts
from feedsvc.articles.record import Record
from feedsvc.channels.kinds import Membership, advertised_memberships, channel_path, kind_named
from feedsvc.channels.site import Site
from feedsvc.core.timestamps import rfc3339
from feedsvc.documents.feeds.channel_feeds import alternate_links
from feedsvc.documents.feeds.model import Entry
from feedsvc.documents.model import MARKDOWN, PAGE, Document, Link
from feedsvc.documents.pages.context import build_article, build_feeds
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.views import FeedView, PageView, structured_article


def article_page(
    renderer: PageRenderer, record: Record, entry: Entry, older: Record | None, newer: Record | None
) -> Document:
    """The page of a public article.

    Args:
        renderer: Renders pages.
        record: The article.
        entry: The article as feeds tell it.
        older: The listed article that was published before it, if there is one.
        newer: The listed article that was published after it, if there is one.
    """
    site = renderer.site
    article = build_article(site, entry, older, newer, utc_offset=record.article.utc_offset)
    page = PageView(
        title=entry.title,
        description=entry.summary,
        canonical=entry.links.canonical or entry.url,
        feeds=tuple(_feeds(site, record)),
        older=article.older.url if article.older else None,
        newer=article.newer.url if article.newer else None,
        structured=structured_article(renderer.view, article),
        markdown=site.page_url(markdown_path(record.page)) if site.markdown_pages else None,
        languages=entry.translations,
    )
    return renderer.document(
        record.page,
        PAGE,
        "article.html",
        page,
        {"article": article},
        links=alternate_links(site, "/"),
        frames=frame_hosts(entry.content),
        sunset=record.article.expires,
    )


def _around(record: Record) -> Iterator[Membership]:
    """The channels whose feeds the page names; an article that is not listed is in none."""
    return advertised_memberships(record.article) if record.listed else iter(())


def _feeds(site: Site, record: Record) -> Iterator[FeedView]:
    """The feeds that a reader finds on the page: those of the site and of the section, and one of each tag.

    A reader lets people choose, and nobody wants to choose among thirty.
    """
    yield from build_feeds(site, "/", site.title)
    for kind, key, label in _around(record):
        feeds = build_feeds(site, channel_path(kind, key), f"{label} · {site.title}")
        found = kind_named(kind)
        yield from feeds if found is not None and found.advertised == "innermost" else feeds[1:2]


ENDING = ".md"


def markdown_path(page: str) -> str:
    """The path of the Markdown of the article whose page has the path ``page``."""
    return page.rstrip("/") + ENDING


def pages_of(path: str) -> tuple[str, ...]:
    """The paths that the page of an article may have whose Markdown is at ``path``; none for other paths."""
    bare = path.removesuffix(ENDING)
    return (bare, f"{bare}/") if path.endswith(ENDING) and bare.strip("/") else ()


def markdown_document(site: Site, page: str, entry: Entry) -> Document:
    """The Markdown of an article: a header in YAML, and the text of its feed entry.

    Search engines are told to leave it alone, and that the page is what counts.
    """
    from markdownify import markdownify  # noqa: PLC0415 - it takes its time, and few sites have such pages

    canonical = entry.links.canonical or entry.url
    header = {
        "title": entry.title,
        "published": rfc3339(entry.published),
        "updated": rfc3339(entry.updated),
        "id": entry.id,
        "canonical": canonical,
        "language": entry.language or site.language,
    }
    head = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in header.items())
    text = markdownify(entry.content, heading_style="ATX", bullets="-").strip()
    content = f"---\n{head}---\n\n# {entry.title}\n\n{text}\n".encode()
    links = (Link(canonical, "canonical"),)
    fields = (("x-robots-tag", "noindex"),)
    return Document(
        markdown_path(page), MARKDOWN, "text/markdown; charset=utf-8", content, links=links, fields=fields
    )
