"""Pages that list articles: the landing page, a channel with its newest articles, its archive, and the 404.

The pages of an archive are those of its feeds (:mod:`feedsvc.channels.archive`): counted from the oldest, so that
a full page stays as it is while articles come.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from feedsvc.articles.record import Record
from feedsvc.channels import kinds
from feedsvc.channels.archive import Page, archive_folder, has_archive, last_positions, page_before
from feedsvc.channels.channel import Channel, ChannelSummary
from feedsvc.channels.kinds import ChannelKind
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import translation_of
from feedsvc.documents.cache_keys import shows_of
from feedsvc.documents.feeds.channel_feeds import alternate_links
from feedsvc.documents.fingerprints import Part, key
from feedsvc.documents.model import (
    LANDING_PAGE,
    NOT_FOUND,
    NOT_FOUND_PATH,
    PAGE,
    PREVIEW,
    Document,
    DocumentSpec,
    preview_path,
)
from feedsvc.documents.pages.context import build_channel, build_feeds, build_teaser, teaser_part
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.views import FeedView, GroupView, PageView, TeaserView, structured_site

SHOWN = 20
"""How many of its newest articles the first page of a channel shows."""
NAMED = 40
"""How many tags, and how many authors, the landing page names: those with the most articles."""
NAMED_BY_404 = 5
"""How many of the newest articles the 404 names."""


def landing_page(renderer: PageRenderer, channels: Sequence[Channel], teasers: Mapping[str, str]) -> DocumentSpec:
    """The page of the whole site, which lists its channels.

    Args:
        renderer: Renders pages.
        channels: All channels, the site's first.
        teasers: A digest of what lists show of each article that the page shows, by id.
    """
    site, others = channels[0], channels[1:]
    shown = site.records[:SHOWN]
    ids = {record.id for record in shown}
    older = page_before(last_positions(site, len(ids) + 1), ids, renderer.site.archive_size)
    if not has_archive(renderer.site, ChannelSummary.of(site)):
        older = None
    named = [_part(each) for each in _named(others)]
    headings = [kind.heading for kind in kinds.KINDS]
    contents = (_part(site), [teasers[record.id] for record in shown], older, named, len(others), headings)
    make = partial(_make_landing_page, renderer, site, shown, older, others)
    return DocumentSpec(
        site.path, renderer.key("landing page", *contents), make, shows=shows_of(renderer.site, site, shown)
    )


def teaser_digest(record: Record) -> str:
    """A digest of what lists show of an article."""
    return key("teaser", teaser_part(record))


def _of_kind(kind: ChannelKind, channels: Sequence[Channel]) -> list[Channel]:
    """The channels that stand under the heading of ``kind``."""
    return [channel for channel in channels if channel.kind in (kind.name, *kind.listed_with)]


def _part(channel: Channel | ChannelSummary) -> Part:
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
            more = len(found) < len(_of_kind(kind, channels))
            yield _group(site, kind, found, site.url(kind.directory) if kind.directory and more else None)


def _group(
    site: Site, kind: ChannelKind, channels: Sequence[Channel | ChannelSummary], more: str | None = None
) -> GroupView:
    heading = translation_of(site.language).say(kind.heading)
    return GroupView(kind.name, heading, tuple(build_channel(site, channel) for channel in channels), more)


def _teasers(site: Site, records: Sequence[Record]) -> tuple[TeaserView, ...]:
    return tuple(build_teaser(site, record) for record in records)


def _found(site: Site, channel: Channel | ChannelSummary) -> tuple[FeedView, ...]:
    """The feeds that a feed reader finds on a page of the channel: its feeds, and those of the whole site."""
    whole = () if channel.kind == "site" else build_feeds(site, "/", site.title)
    return (*build_feeds(site, channel.path, channel.title), *whole)


def _make_landing_page(
    renderer: PageRenderer, channel: Channel, shown: Sequence[Record], older: int | None, others: Sequence[Channel]
) -> Document:
    site = renderer.site
    page = PageView(
        title=channel.title,
        description=channel.description,
        canonical=site.url(channel.path),
        feeds=_found(site, channel),
        older=None if older is None else site.url(archive_folder(channel.path, older)),
        structured=structured_site(site),
    )
    return renderer.document(
        channel.path,
        LANDING_PAGE,
        "index.html",
        page,
        links=alternate_links(site, channel.path),
        channel=build_channel(site, channel),
        articles=_teasers(site, shown),
        groups=tuple(_groups(site, others)),
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
    site = renderer.site
    page = PageView(
        title=channel.title,
        description=channel.description,
        canonical=site.url(channel.path),
        feeds=_found(site, channel),
        older=None if older is None else site.url(archive_folder(channel.path, older)),
    )
    return renderer.document(
        channel.path,
        PAGE,
        "channel.html",
        page,
        links=alternate_links(site, channel.path),
        channel=build_channel(site, channel),
        articles=_teasers(site, shown),
        groups=(),
    )


def preview_page(renderer: PageRenderer, channel: ChannelSummary, shown: Sequence[Record]) -> Document:
    """The page that a browser gets at the address of each of the channel's feeds."""
    site = renderer.site
    page = PageView(channel.title, channel.description, None, _found(site, channel))
    return renderer.document(
        preview_path(channel.path),
        PREVIEW,
        "preview.html",
        page,
        channel=build_channel(site, channel),
        articles=_teasers(site, shown),
    )


def channel_archive_page(renderer: PageRenderer, channel: ChannelSummary, page: Page) -> Document:
    """A page of the archive of a channel, for people."""
    site, number = renderer.site, page.number
    path = archive_folder(channel.path, number)
    frame = PageView(
        title=channel.title,
        description=channel.description,
        canonical=site.url(path),
        feeds=_found(site, channel),
        older=site.url(archive_folder(channel.path, number - 1)) if number > 1 else None,
        newer=site.url(archive_folder(channel.path, number + 1) if page.full else channel.path),
        number=number,
    )
    return renderer.document(
        path,
        PAGE,
        "archive.html",
        frame,
        links=alternate_links(site, channel.path),
        channel=build_channel(site, channel),
        articles=_teasers(site, page.records),
    )


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
    return renderer.document(NOT_FOUND_PATH, NOT_FOUND, "missing.html", page, newest=newest)
