"""Pages that list: a channel with its newest articles, its archive, and which tags and authors there are.

The pages of an archive are those of its feeds (:mod:`feedsvc.channels.archive`): counted from the oldest, so that
a full page stays as it is while articles come.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter

from feedsvc.articles.record import Record
from feedsvc.channels import kinds
from feedsvc.channels.archive import Archive, Page, archive_folder, has_archive, positions_taken
from feedsvc.channels.channel import Channel
from feedsvc.channels.kinds import ChannelKind
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import translation_of
from feedsvc.core.round_cache import RoundCache
from feedsvc.documents.cache_keys import shows_of
from feedsvc.documents.feeds.formats import alternate_links
from feedsvc.documents.fingerprints import Part, key
from feedsvc.documents.model import CHANNEL_PAGE, PAGE, PREVIEW, Document, DocumentSpec, preview_path
from feedsvc.documents.pages.context import build_channel, build_feeds, build_teaser, teaser_part
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.views import FeedView, GroupView, PageView, TeaserView, structured_site

SHOWN = 20
"""How many of its newest articles the first page of a channel shows."""
NAMED = 40
"""How many tags, and how many authors, the landing page names: those with the most articles."""


def channel_pages(
    renderer: PageRenderer,
    channels: Sequence[Channel],
    archives: Mapping[str, Archive],
    public: Sequence[Record],
    cache: RoundCache | None = None,
) -> Iterator[DocumentSpec]:
    """The pages of all channels, those about their feeds, and those of their archives.

    Args:
        renderer: Renders pages for the site, in its theme.
        channels: Their articles, newest first, each with its position in the archive; the page of the whole site
            lists the others.
        archives: Those of the channels, by path.
        public: All articles that are in any of them.
        cache: Of the publisher.
    """
    cache = cache or RoundCache()
    teasers = cache.results(
        "teaser digests", public, attrgetter("id"), lambda record: key("teaser", teaser_part(record))
    )
    keys = cache.results(
        "channel page keys",
        channels,
        attrgetter("path"),
        lambda channel: (
            _first_key(renderer, channel, archives[channel.path], teasers),
            *_archive_keys(renderer, channel, archives[channel.path], teasers),
        ),
        (renderer.site, renderer.theme),
    )
    for channel in channels:
        yield from _channel_pages(renderer, channel, channels, archives[channel.path], keys[channel.path])


def _channel_pages(
    renderer: PageRenderer, channel: Channel, channels: Sequence[Channel], pages: Archive, keys: Sequence[str]
) -> Iterator[DocumentSpec]:
    """The pages of one channel, of which the first has the first of the ``keys``."""
    first, *archived = keys
    shown = channel.records[:SHOWN]
    older = _older(pages, shown) if archived else None
    others = [each for each in channels if each.kind != "site"] if channel.kind == "site" else []
    named = [_part(each) for each in _named(others)]
    headings = [kind.heading for kind in kinds.KINDS] if others else []
    make = partial(_make_channel, renderer, channel, shown, older, others)
    page_key = renderer.key("channel", first, named, len(others), headings)
    yield DocumentSpec(channel.path, page_key, make, shows=shows_of(renderer.site, channel, shown))
    if renderer.site.previewed:
        make = partial(_make_preview, renderer, channel, shown)
        yield DocumentSpec(preview_path(channel.path), renderer.key("preview", first), make)
    for page, archive_key in zip(pages.pages, archived, strict=False):
        make = partial(_make_archive, renderer, channel, page)
        shows = shows_of(renderer.site, channel, page.records)
        yield DocumentSpec(archive_folder(channel.path, page.number), archive_key, make, shows=shows)


def _first_key(renderer: PageRenderer, channel: Channel, pages: Archive, teasers: Mapping[str, str]) -> str:
    """The key of the first page of a channel, without the channels that it may list."""
    shown = channel.records[:SHOWN]
    older = _older(pages, shown) if _has_archive(renderer.site, channel) else None
    return renderer.key("first page", _part(channel), [teasers[record.id] for record in shown], older)


def _older(pages: Archive, shown: Sequence[Record]) -> int | None:
    """The number of the page to go on with behind those that are ``shown``."""
    return pages.before({record.id for record in shown})


def _archive_keys(
    renderer: PageRenderer, channel: Channel, pages: Archive, teasers: Mapping[str, str]
) -> Iterator[str]:
    """The keys of the pages of an archive; none where it is not published."""
    for page in pages.pages if _has_archive(renderer.site, channel) else ():
        shown = [teasers[record.id] for record in page.records]
        yield renderer.key("archive page", _part(channel), page.number, page.full, shown)


def directories(renderer: PageRenderer, channels: Sequence[Channel]) -> Iterator[DocumentSpec]:
    """The pages that name every tag and every author, where there are any."""
    for kind in kinds.KINDS:
        found = _of_kind(kind, channels)
        if kind.directory and found:
            make = partial(_make_directory, renderer, kind, kind.directory, found)
            parts = [_part(channel) for channel in found]
            yield DocumentSpec(kind.directory, renderer.key("directory", kind.name, kind.heading, parts), make)


def _of_kind(kind: ChannelKind, channels: Sequence[Channel]) -> list[Channel]:
    """The channels that stand under the heading of ``kind``."""
    return [channel for channel in channels if channel.kind in (kind.name, *kind.listed_with)]


def _has_archive(site: Site, channel: Channel) -> bool:
    return has_archive(site, len(channel.records), positions_taken(channel.positions))


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
            more = len(found) < len(_of_kind(kind, channels))
            yield _group(site, kind, found, site.url(kind.directory) if kind.directory and more else None)


def _group(site: Site, kind: ChannelKind, channels: Sequence[Channel], more: str | None = None) -> GroupView:
    heading = translation_of(site.language).say(kind.heading)
    return GroupView(kind.name, heading, tuple(build_channel(site, channel) for channel in channels), more)


def _teasers(site: Site, records: Sequence[Record]) -> tuple[TeaserView, ...]:
    return tuple(build_teaser(site, record) for record in records)


def _found(site: Site, channel: Channel) -> tuple[FeedView, ...]:
    """What a reader finds on a page of the channel: its feeds, and those of the whole site."""
    whole = () if channel.kind == "site" else build_feeds(site, "/", site.title)
    return (*build_feeds(site, channel.path, channel.title), *whole)


def _make_channel(
    renderer: PageRenderer, channel: Channel, shown: Sequence[Record], older: int | None, others: Sequence[Channel]
) -> Document:
    site = renderer.site
    landing = channel.kind == "site"
    page = PageView(
        title=channel.title,
        description=channel.description,
        canonical=site.url(channel.path),
        feeds=_found(site, channel),
        older=None if older is None else site.url(archive_folder(channel.path, older)),
        structured=structured_site(site) if landing else None,
    )
    return renderer.document(
        channel.path,
        CHANNEL_PAGE,
        "index.html" if landing else "channel.html",
        page,
        links=alternate_links(site, channel.path),
        channel=build_channel(site, channel),
        articles=_teasers(site, shown),
        groups=tuple(_groups(site, others)),
    )


def _make_preview(renderer: PageRenderer, channel: Channel, shown: Sequence[Record]) -> Document:
    """What a browser gets at the address of each of the channel's feeds."""
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


def _make_archive(renderer: PageRenderer, channel: Channel, page: Page) -> Document:
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


def _make_directory(renderer: PageRenderer, kind: ChannelKind, path: str, channels: Sequence[Channel]) -> Document:
    site = renderer.site
    page = PageView(site.title, "", site.url(path), build_feeds(site, "/", site.title))
    group = _group(site, kind, channels)
    return renderer.document(path, PAGE, "directory.html", page, links=alternate_links(site, "/"), group=group)
