"""Files that tell programs what a site has: OPML, robots.txt and the sitemap.

The OPML (https://opml.org/spec2.opml) lists all channels, and feed readers import it. ``robots.txt`` (RFC 9309)
and the sitemap (https://www.sitemaps.org) are for crawlers, and rendered when they are asked for: a sitemap names
all that was ever published, and a round must not cost so much.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from lxml import etree

from feedsvc.channels.channel import Channel, ChannelSummary
from feedsvc.channels.site import Site
from feedsvc.core.timestamps import from_unix_time, rfc3339
from feedsvc.core.urls import ROBOTS as ROBOTS_PATH
from feedsvc.core.urls import SITEMAP as SITEMAP_PATH
from feedsvc.documents.fingerprints import key, site_part
from feedsvc.documents.model import OPML, ROBOTS, SITEMAP, Document, DocumentSpec
from feedsvc.documents.pages.listings import directory_paths
from feedsvc.documents.snapshot import Snapshot

OPML_PATH = "/feeds.opml"
MOST = 50_000
"""Addresses in one sitemap at most (sitemaps.org, protocol)."""
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PART = re.compile(r"/sitemap-(channels|articles)-([1-9][0-9]{0,5})\.xml")

Place = tuple[str, int | None]
"""An absolute URL, and when what it leads to last changed, in seconds since 1970, where that is known."""


def subscription_list(site: Site, channels: Sequence[Channel]) -> DocumentSpec:
    """The OPML of the feeds of all channels."""
    parts = [[channel.path, channel.title, channel.description, channel.kind] for channel in channels]
    return DocumentSpec(OPML_PATH, key("opml", site_part(site), parts), partial(_opml, site, channels))


def _opml(site: Site, channels: Sequence[Channel]) -> Document:
    """Each channel stands in it once, by its Atom feed: a reader that imports the list subscribes to all it finds.

    Whoever wants another format finds it from the channel's page (``htmlUrl``).
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = site.title
    if site.author:
        etree.SubElement(head, "ownerName").text = site.author
    etree.SubElement(head, "docs").text = "https://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    for channel in channels:
        etree.SubElement(
            body,
            "outline",
            type="rss",  # for feeds of every format ("Subscription lists")
            text=channel.title,
            title=channel.title,
            description=channel.description,
            xmlUrl=site.url(channel.path + "atom.xml"),
            htmlUrl=site.url(channel.path),
            category=f"/{channel.kind}",
        )
    return Document(OPML_PATH, OPML, "text/x-opml; charset=utf-8", _written(root))


def robots(site: Site) -> Document:
    """The rules for crawlers: all is allowed, or on a private site nothing; and the address of the sitemap."""
    lines = ["User-agent: *"]
    if site.content_signal and not site.private:
        lines.append(f"Content-Signal: {site.content_signal}")
    lines.append("Disallow: /" if site.private else "Allow: /")
    if not site.private:
        lines += ["", f"Sitemap: {site.url(SITEMAP_PATH)}"]
    content = "".join(f"{line}\n" for line in lines).encode()
    return Document(ROBOTS_PATH, ROBOTS, "text/plain; charset=utf-8", content)


def find_sitemap(snapshot: Snapshot, path: str, most: int = MOST) -> Callable[[], Document] | None:
    """A function that renders the sitemap, or the part of a large one, at a path; None if none is there.

    Where there is more than one can hold, ``/sitemap.xml`` names its parts: those of channels' pages, and one for
    every so many positions of the site's archive, which no article ever changes.
    """
    part = _PART.fullmatch(path)
    if snapshot.site.private or (path != SITEMAP_PATH and part is None):
        return None
    channels, positions = [*_channel_places(snapshot)], _positions(snapshot)
    is_whole = positions + len(channels) <= most
    if part is None:
        if is_whole:
            return lambda: _document(path, "urlset", [*channels, *_articles(snapshot, 0, positions)])
        parts = [*_parts("channels", len(channels), most), *_parts("articles", positions, most)]
        return lambda: _document(path, "sitemapindex", [(snapshot.site.url(each), None) for each in parts])
    first = (int(part[2]) - 1) * most
    if is_whole or first >= (len(channels) if part[1] == "channels" else positions):
        return None
    if part[1] == "channels":
        return lambda: _document(path, "urlset", channels[first : first + most])
    return lambda: _document(path, "urlset", _articles(snapshot, first, first + most))


def sitemap_paths(snapshot: Snapshot, most: int = MOST) -> Iterator[str]:
    """The paths of the sitemap and of its parts."""
    if snapshot.site.private:
        return
    yield SITEMAP_PATH
    channels, positions = len([*_channel_places(snapshot)]), _positions(snapshot)
    if positions + channels > most:
        yield from (*_parts("channels", channels, most), *_parts("articles", positions, most))


def _parts(name: str, count: int, most: int) -> Iterator[str]:
    return (f"/sitemap-{name}-{number}.xml" for number in range(1, -(-count // most) + 1))


def _positions(snapshot: Snapshot) -> int:
    site = snapshot.channel("/")
    return 0 if site is None else site.positions


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
    return Document(path, SITEMAP, "application/xml; charset=utf-8", _written(root))


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
