"""Pages that list articles or channels: the landing page, pages of channels, archives, directories, the 404.

The pages of an archive are those of its feeds (:mod:`feedsvc.channels.archive`): counted from the oldest, so that
a full page stays as it is while articles come. Directories name every tag and every author, each with its number
of articles, by name, and first those with the most. No page of one is larger than a phone on a slow line should
load: names go on at ``/tags/page/2/``, an address that no tag can have.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from feedsvc.articles.record import Record
from feedsvc.channels import kinds
from feedsvc.channels.archive import Page, archive_folder, has_archive, last_positions, page_before
from feedsvc.channels.channel import AnyChannel, Channel, ChannelSummary
from feedsvc.channels.kinds import ChannelKind
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import translation_of
from feedsvc.documents.feeds.channel_feeds import alternate_links
from feedsvc.documents.fingerprints import Part
from feedsvc.documents.model import (
    LANDING_PAGE,
    NOT_FOUND,
    NOT_FOUND_PATH,
    PAGE,
    PREVIEW,
    Document,
    DocumentSpec,
    Traits,
    preview_path,
    shown_paths,
)
from feedsvc.documents.pages.context import build_channel, build_feeds, build_teaser, teaser_part
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.views import (
    CountView,
    DirectoryView,
    GroupView,
    PageView,
    structured_site,
)

_Listed = TypeVar("_Listed", Channel, ChannelSummary)

SHOWN = 20
"""How many of its newest articles the first page of a channel shows."""
NAMED = 40
"""How many tags, and how many authors, the landing page names: those with the most articles."""
NAMED_BY_404 = 5
"""How many of the newest articles the 404 names."""


def landing_page(renderer: PageRenderer, channels: Sequence[Channel]) -> DocumentSpec:
    """The page of the whole site, which lists its channels.

    Args:
        renderer: Renders pages.
        channels: All channels, the site's first.
    """
    site, others = channels[0], channels[1:]
    shown = site.records[:SHOWN]
    ids = {record.id for record in shown}
    older = page_before(last_positions(site, len(ids) + 1), ids, renderer.site.archive_size)
    if not has_archive(renderer.site, ChannelSummary.of(site)):
        older = None
    named = [_part(each) for each in _named(others)]
    headings = [kind.heading for kind in kinds.KINDS]
    contents = (_part(site), [teaser_part(record) for record in shown], older, named, len(others), headings)
    make = partial(_make_landing_page, renderer, site, shown, older, others)
    return DocumentSpec(site.path, renderer.key("landing page", *contents), make, shows=shown_paths(site, shown))


def _of_kind(kind: ChannelKind, channels: Iterable[_Listed]) -> list[_Listed]:
    """The channels that stand under the heading of ``kind``."""
    return [channel for channel in channels if channel.kind in (kind.name, *kind.listed_with)]


def _part(channel: Channel) -> Part:
    """All that a page shows of a channel without its articles."""
    return [channel.path, channel.kind, channel.title, channel.label, channel.description]


def _named(channels: Sequence[Channel]) -> list[Channel]:
    """Those that the landing page names, in the order given: every section, and the largest tags and authors."""
    named: set[str] = set()
    for kind in kinds.KINDS:
        found = _of_kind(kind, channels)
        if kind.directory is not None:
            found = sorted(found, key=lambda channel: (-len(channel.records), channel.path))[:NAMED]
        named.update(channel.path for channel in found)
    return [channel for channel in channels if channel.path in named]


def _groups(site: Site, channels: Sequence[Channel]) -> Iterator[GroupView]:
    named = _named(channels)
    for kind in kinds.KINDS:
        found = _of_kind(kind, named)
        if found:
            heading = translation_of(site.language).say(kind.heading)
            is_part = len(found) < len(_of_kind(kind, channels))
            more = site.url(kind.directory) if kind.directory and is_part else None
            yield GroupView(kind.name, heading, tuple(build_channel(site, channel) for channel in found), more)


def _frame(site: Site, channel: AnyChannel) -> PageView:
    """The frame of a page of a channel, at which readers find the feeds of the channel and of the whole site."""
    whole = () if channel.kind == "site" else build_feeds(site, "/", site.title)
    feeds = (*build_feeds(site, channel.path, channel.title), *whole)
    return PageView(channel.title, channel.description, site.url(channel.path), feeds)


def _page_url(site: Site, channel: AnyChannel, number: int | None) -> str | None:
    """The URL of a page of the channel's archive; None for no page."""
    return None if not number else site.url(archive_folder(channel.path, number))


def _page(  # noqa: PLR0913 - all that such pages differ in
    renderer: PageRenderer,
    channel: AnyChannel,
    records: Sequence[Record],
    frame: PageView,
    *,
    path: str,
    traits: Traits,
    template: str,
    groups: tuple[GroupView, ...] = (),
) -> Document:
    """A page of a channel that lists articles."""
    site = renderer.site
    articles = tuple(build_teaser(site, record) for record in records)
    views = {"channel": build_channel(site, channel), "articles": articles, "groups": groups}
    links = () if traits == PREVIEW else alternate_links(site, channel.path)
    return renderer.document(path, traits, template, frame, views, links=links)


def _make_landing_page(
    renderer: PageRenderer, channel: Channel, shown: Sequence[Record], older: int | None, others: Sequence[Channel]
) -> Document:
    site = renderer.site
    frame = replace(_frame(site, channel), older=_page_url(site, channel, older), structured=structured_site(site))
    groups = tuple(_groups(site, others))
    path = channel.path
    return _page(
        renderer, channel, shown, frame, path=path, traits=LANDING_PAGE, template="index.html", groups=groups
    )


def channel_page(
    renderer: PageRenderer, channel: ChannelSummary, shown: Sequence[Record], older: int | None
) -> Document:
    """The page of a section, tag, author or query.

    Args:
        renderer: Renders pages.
        channel: The channel.
        shown: Its newest articles, newest first.
        older: The number of the page of the archive that goes on behind them; None where there is none.
    """
    frame = replace(_frame(renderer.site, channel), older=_page_url(renderer.site, channel, older))
    return _page(renderer, channel, shown, frame, path=channel.path, traits=PAGE, template="channel.html")


def preview_page(renderer: PageRenderer, channel: ChannelSummary, shown: Sequence[Record]) -> Document:
    """The page that a browser gets at the address of each of the channel's feeds."""
    frame = replace(_frame(renderer.site, channel), canonical=None)
    path = preview_path(channel.path)
    return _page(renderer, channel, shown, frame, path=path, traits=PREVIEW, template="preview.html")


def channel_archive_page(renderer: PageRenderer, channel: ChannelSummary, page: Page) -> Document:
    """A page of the archive of a channel, for people."""
    site, number = renderer.site, page.number
    path = archive_folder(channel.path, number)
    frame = replace(
        _frame(site, channel),
        canonical=site.url(path),
        older=_page_url(site, channel, number - 1),
        newer=_page_url(site, channel, number + 1) if page.full else site.url(channel.path),
        number=number,
    )
    return _page(renderer, channel, page.records, frame, path=path, traits=PAGE, template="archive.html")


def missing(renderer: PageRenderer, newest: Sequence[Record]) -> DocumentSpec:
    """The page for every address that nothing is at (RFC 9110, section 15.5.5).

    Args:
        renderer: Renders pages for the site, in its theme.
        newest: The newest articles of the site, newest first.
    """
    shown = newest[:NAMED_BY_404]
    contents = renderer.key("missing", [teaser_part(record) for record in shown])
    return DocumentSpec(NOT_FOUND_PATH, contents, partial(_make_missing, renderer, shown))


def _make_missing(renderer: PageRenderer, shown: Sequence[Record]) -> Document:
    newest = tuple(build_teaser(renderer.site, record) for record in shown)
    page = PageView("", "", None, renderer.view.feeds)
    return renderer.document(NOT_FOUND_PATH, NOT_FOUND, "missing.html", page, {"newest": newest})


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
    return _of_kind(kind, (channel for channel in channels if not channel.is_dropped))


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
    return renderer.document(path, PAGE, "directory.html", page, {"directory": shown}, links=links)


def _counted(renderer: PageRenderer, channels: Sequence[ChannelSummary]) -> tuple[CountView, ...]:
    prefix = renderer.site.prefix
    return tuple(CountView(each.label or each.title, prefix + each.path, each.articles) for each in channels)
