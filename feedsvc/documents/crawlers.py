"""What crawlers ask for at the root of a site: ``robots.txt`` (RFC 9309) and the sitemap (https://www.sitemaps.org).

Both are rendered when they are asked for: a sitemap names all that was ever published, and a round must not cost
so much.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.site import Site
from feedsvc.core.reserved_paths import ROBOTS as ROBOTS_PATH
from feedsvc.core.reserved_paths import SITEMAP as SITEMAP_PATH
from feedsvc.core.timestamps import from_unix_time, rfc3339
from feedsvc.documents.model import ROBOTS, SITEMAP, Document
from feedsvc.documents.pages.directories import directory_paths
from feedsvc.documents.snapshot import Snapshot

MOST = 50_000
"""Addresses in one sitemap at most (sitemaps.org, protocol)."""
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PART = re.compile(r"/sitemap-([0-9]{1,6})\.xml")

Place = tuple[str, int | None]
"""An absolute URL, and when what it leads to last changed, in seconds since 1970, where that is known."""


def robots(site: Site) -> Document:
    """What crawlers may do: everything, or on a private site nothing; and where the sitemap is."""
    lines = ["User-agent: *"]
    if site.content_signal and not site.private:
        lines.append(f"Content-Signal: {site.content_signal}")
    lines.append("Disallow: /" if site.private else "Allow: /")
    if not site.private:
        lines += ["", f"Sitemap: {site.url(SITEMAP_PATH)}"]
    content = "".join(f"{line}\n" for line in lines).encode()
    return Document(ROBOTS_PATH, ROBOTS, "text/plain; charset=utf-8", content)


def find_sitemap(snapshot: Snapshot, path: str, most: int = MOST) -> Callable[[], Document] | None:
    """How to render the sitemap, or the part of a large one, at a path; None if none is there.

    Where there is more than one can hold, ``/sitemap.xml`` names parts: ``/sitemap-0.xml`` with the pages of
    channels, and then one for every so many positions of the site's archive, which no article ever changes.
    """
    part = _PART.fullmatch(path)
    if snapshot.site.private or (path != SITEMAP_PATH and part is None):
        return None
    site = snapshot.channel("/")
    positions = 0 if site is None else site.positions
    channels = [*_channel_places(snapshot)]
    is_whole = positions + len(channels) <= most
    if path == SITEMAP_PATH:
        if is_whole:
            return lambda: _document(path, "urlset", [*channels, *_articles(snapshot, 0, positions)])
        parts = range(1 + -(-positions // most))
        return lambda: _document(path, "sitemapindex", [_part(snapshot.site, number) for number in parts])
    number = int(part[1]) if part else 0
    if is_whole or (number - 1) * most >= positions:
        return None
    if not number:
        return lambda: _document(path, "urlset", channels[:most])
    return lambda: _document(path, "urlset", _articles(snapshot, (number - 1) * most, number * most))


def sitemap_paths(snapshot: Snapshot, most: int = MOST) -> Iterator[str]:
    """The paths of the sitemap and of its parts."""
    if find_sitemap(snapshot, SITEMAP_PATH, most) is None:
        return
    yield SITEMAP_PATH
    number = 0
    while find_sitemap(snapshot, path := f"/sitemap-{number}.xml", most) is not None:
        yield path
        number += 1


def _part(site: Site, number: int) -> Place:
    return site.url(f"/sitemap-{number}.xml"), None


def _channel_places(snapshot: Snapshot) -> Iterator[Place]:
    channels = [channel for channel in snapshot.channels() if not channel.is_dropped]
    for channel in channels:
        yield snapshot.site.url(channel.path), _changed(channel)
    for path in directory_paths(channels):
        yield snapshot.site.url(path), None


def _changed(channel: ChannelSummary) -> int | None:
    return None if channel.updated is None else int(channel.updated.timestamp())


def _articles(snapshot: Snapshot, first: int, end: int) -> Iterator[Place]:
    """The listed articles with a position; those whose pages are on another site are for its own sitemap."""
    for page, updated in snapshot.listed_pages(first, end):
        if page.startswith("/"):
            yield snapshot.site.page_url(page), updated


def _document(path: str, name: str, places: Iterable[Place]) -> Document:
    root = etree.Element(f"{{{_NAMESPACE}}}{name}", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]  # as lxml has it
    entry = "url" if name == "urlset" else "sitemap"
    for address, changed in places:
        element = etree.SubElement(root, f"{{{_NAMESPACE}}}{entry}")
        etree.SubElement(element, f"{{{_NAMESPACE}}}loc").text = address
        if changed is not None:
            etree.SubElement(element, f"{{{_NAMESPACE}}}lastmod").text = rfc3339(from_unix_time(changed))
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Document(path, SITEMAP, "application/xml; charset=utf-8", content)
