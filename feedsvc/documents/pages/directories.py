"""Directories: the pages that name every tag and every author, each with its number of articles.

They list by name, and first those with the most articles. No page is larger than a phone on a slow line should
load: names go on at ``/tags/page/2/``, an address that no tag can have.
"""

import re
from collections.abc import Iterator, Sequence

from feedsvc.channels import kinds
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.kinds import ChannelKind
from feedsvc.core.i18n.translation import translation_of
from feedsvc.documents.feeds.channel_feeds import alternate_links
from feedsvc.documents.model import PAGE, Document
from feedsvc.documents.pages.context import build_feeds
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.views import CountView, DirectoryView, PageView

LARGEST = 18_000
"""Bytes that the names on a page may take; the rest of a page takes less than 12 kB."""
_ROW = 80
"""Bytes of a row beside its name and its address, about."""
MOST = 20
"""How many of those with the most articles the first page names beforehand."""
_NUMBER = re.compile(r"(/[a-z]+/)page/([1-9][0-9]{0,5})/")


def directory_at(path: str) -> tuple[ChannelKind, int] | None:
    """The kind of channels that the page at a path names, and its number, counted from 1; None for other paths."""
    found = _NUMBER.fullmatch(path)
    folder, number = (found[1], int(found[2])) if found else (path, 1)
    kind = next((kind for kind in kinds.KINDS if kind.directory == folder), None)
    return None if kind is None or (found and number == 1) else (kind, number)


def directory_path(kind: ChannelKind, number: int) -> str:
    """The path of a page of a directory."""
    return str(kind.directory) if number == 1 else f"{kind.directory}page/{number}/"


def listed_in(kind: ChannelKind, channels: Sequence[ChannelSummary]) -> list[ChannelSummary]:
    """The ``channels`` that the directory of a kind names, in their order."""
    return [each for each in channels if each.kind in (kind.name, *kind.listed_with) and not each.is_dropped]


def directory_pages(channels: Sequence[ChannelSummary]) -> list[list[ChannelSummary]]:
    """The channels of each page, so that none is larger than it may be; none where there are no channels."""
    pages: list[list[ChannelSummary]] = []
    size = LARGEST
    for channel in channels:
        row = _ROW + len((channel.label or channel.title).encode()) + len(channel.path)
        if size + row > LARGEST:
            pages.append([])
            size = 0
        pages[-1].append(channel)
        size += row
    return pages


def directory_paths(channels: Sequence[ChannelSummary]) -> Iterator[str]:
    """The paths of all pages of all directories."""
    for kind in kinds.KINDS:
        if kind.directory is not None:
            pages = directory_pages(listed_in(kind, channels))
            yield from (directory_path(kind, number) for number in range(1, len(pages) + 1))


def directory(
    renderer: PageRenderer, kind: ChannelKind, number: int, channels: Sequence[ChannelSummary]
) -> Document:
    """One page of a directory.

    Args:
        renderer: Renders pages.
        kind: The kind of channels.
        number: Of the page, counted from 1.
        channels: All channels of that kind, in the order of their names.
    """
    site, path = renderer.site, directory_path(kind, number)
    pages = directory_pages(channels)
    most = sorted(channels, key=lambda each: (-each.articles, each.path))[:MOST]
    shown = DirectoryView(
        kind=kind.name,
        heading=translation_of(site.language).say(kind.heading),
        most=_counted(renderer, most) if number == 1 and len(channels) > MOST else (),
        channels=_counted(renderer, pages[number - 1]),
        pages=tuple(site.url(directory_path(kind, each)) for each in range(1, len(pages) + 1)),
        number=number,
    )
    page = PageView(site.title, "", site.url(path), build_feeds(site, "/", site.title))
    links = alternate_links(site, "/")
    return renderer.document(path, PAGE, "directory.html", page, links=links, directory=shown)


def _counted(renderer: PageRenderer, channels: Sequence[ChannelSummary]) -> tuple[CountView, ...]:
    prefix = renderer.site.prefix
    return tuple(CountView(each.label or each.title, prefix + each.path, each.articles) for each in channels)
