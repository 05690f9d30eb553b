"""All documents of a site: a specification of each feed, page, redirect and file, before any of them is made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from operator import attrgetter

from feedsvc.articles.body.inline_media import content_of
from feedsvc.articles.identity.translations import translations_of
from feedsvc.articles.model import MediaFile
from feedsvc.articles.record import Record
from feedsvc.channels.archive import archive_folder, has_archive
from feedsvc.channels.channel import Channel
from feedsvc.channels.selection import DroppedChannel
from feedsvc.channels.site import Site
from feedsvc.core.round_cache import RoundCache
from feedsvc.core.timestamps import unix_time
from feedsvc.documents import opml
from feedsvc.documents.cache_keys import keyed
from feedsvc.documents.feeds.builder import NEVER, Body, EntryFactory
from feedsvc.documents.feeds.channel_feeds import channel_contents, channel_feeds
from feedsvc.documents.feeds.formats import FORMATS
from feedsvc.documents.fingerprints import key, record_parts, site_part, with_translations
from feedsvc.documents.model import (
    ARTICLE_REDIRECT,
    EXPIRING_MEDIA,
    MEDIA,
    OPML,
    REDIRECT,
    STYLESHEET,
    Document,
    DocumentSpec,
    Traits,
)
from feedsvc.documents.pages.articles import article_pages
from feedsvc.documents.pages.errors import gone, missing
from feedsvc.documents.pages.listings import channel_pages, directories
from feedsvc.documents.pages.renderer import PageRenderer
from feedsvc.documents.pages.theme import BUILT_IN, STYLES, Theme
from feedsvc.documents.redirects import REDIRECTS, former_paths, redirect_key


def document_specs(  # noqa: PLR0913 - the only entrance to this package
    site: Site,
    channels: Sequence[Channel],
    public: Sequence[Record],
    withdrawn: Sequence[Record],
    body: Body,
    *,
    leading: Sequence[Record] = (),
    dropped: Sequence[DroppedChannel] = (),
    since: datetime | None = None,
    theme: Theme = BUILT_IN,
    cache: RoundCache | None = None,
) -> Iterator[DocumentSpec]:
    """Lists everything the site serves, without making any of it.

    Args:
        site: What the operator says about the whole site.
        channels: The channels, each with its articles newest first, and their positions in its archive.
        public: Every article that is out. Each has a page.
        withdrawn: The articles that were public once; their pages answer 410.
        body: Called with ``Article.body`` when a document that shows the article is made.
        leading: The articles that are only redirects to other addresses.
        dropped: The channels that are gone; each of their paths answers 410.
        since: Atom feeds name the articles that were withdrawn after that moment; None for all.
        theme: How the pages look.
        cache: What the publisher keeps from round to round.

    Yields:
        One specification for each path. Where two claim a path, what the operator has moved comes first, then what
        has content, then the site's own redirects, then those that articles ask for, then what is gone. So no
        redirect stands in front of a page, and each one leads to a page: there is no chain and no loop.
    """
    cache = cache or RoundCache()
    listed = channels[0].records
    translations = translations_of(listed, site.language)
    parts = with_translations(record_parts(public, cache), translations)
    contents = cache.results(
        "feed contents", channels, attrgetter("path"), lambda channel: channel_contents(site, channel, parts), site
    )
    entry_of = EntryFactory(site, public, body, translations)
    renderer = PageRenderer(site, theme)
    specs = chain(
        _moved_by_operator(renderer),
        *(channel_feeds(site, channel, contents[channel.path], entry_of, since) for channel in channels),
        channel_pages(renderer, channels, {path: each.archive for path, each in contents.items()}, public, cache),
        directories(renderer, channels),
        [_subscriptions(site, channels)],
        article_pages(renderer, public, listed, parts, entry_of, cache=cache),
        _media(public, body),
        [*_stylesheets(renderer.theme), missing(renderer, listed)],
        _redirects(site, channels),
        *(_moved(site, record) for record in sorted(filter(_has_moved, public), key=_oldest_first)),
        leading_elsewhere(site, leading),
        *(_gone(renderer, record) for record in withdrawn),
        *(_gone_channel(renderer, channel) for channel in dropped),
    )
    # What shares articles is made one after another, so that few of them have to be at hand; the newest, which
    # the next round will need, come last.
    for spec in sorted(_first_of_each_path(specs), key=lambda spec: spec.newest or NEVER):
        yield keyed(site, spec)


def _first_of_each_path(specs: Iterable[DocumentSpec]) -> Iterator[DocumentSpec]:
    seen = set()
    for spec in specs:
        if spec.path not in seen:
            seen.add(spec.path)
            yield spec


def _gone(renderer: PageRenderer, record: Record) -> Iterator[DocumentSpec]:
    """410 for a withdrawn article, under every address it had."""
    for path in (record.page, *former_paths(record)):
        yield gone(renderer, path)


def _gone_channel(renderer: PageRenderer, channel: DroppedChannel) -> Iterator[DocumentSpec]:
    """410 for a dropped channel: its page with and without the slash, its feeds, and those of its archive."""
    is_archived = has_archive(renderer.site, channel.positions, channel.positions)
    pages = channel.positions // renderer.site.archive_size + 1 if is_archived else 0
    folders = (channel.path, *(archive_folder(channel.path, number) for number in range(1, pages + 1)))
    yield gone(renderer, channel.path.rstrip("/"))
    for folder in folders:
        yield gone(renderer, folder)
        for form in FORMATS:
            yield gone(renderer, folder + form.file)


def _subscriptions(site: Site, channels: Sequence[Channel]) -> DocumentSpec:
    parts = [[channel.path, channel.title, channel.description, channel.kind] for channel in channels]
    return DocumentSpec(
        opml.PATH, key("opml", site_part(site), parts), partial(_make_subscriptions, site, channels)
    )


def _make_subscriptions(site: Site, channels: Sequence[Channel]) -> Document:
    return Document(opml.PATH, OPML, f"{opml.MEDIA_TYPE}; charset=utf-8", opml.render(site, channels))


def _media(public: Sequence[Record], body: Body) -> Iterator[DocumentSpec]:
    """The files that articles use; of two equal ones under one path always the same is taken."""
    media = {file for record in public for file in record.article.media}
    ends = _ends(public)
    for file in sorted(media, key=lambda file: (file.path, file.source)):
        end = ends[file.path]
        parts = (file.path, file.source, file.media_type, file.size, file.digest, _second(end))
        yield DocumentSpec(file.path, key("media", *parts), partial(_make_media, file, body, end))


def _ends(public: Sequence[Record]) -> Mapping[str, datetime | None]:
    """By path, when the last of the articles that use a file expires; None where one of them never does."""
    ends: dict[str, datetime | None] = {}
    for record in public:
        for file in record.article.media:
            one, other = record.article.expires, ends.get(file.path, record.article.expires)
            ends[file.path] = None if one is None or other is None else max(one, other)
    return ends


def _second(moment: datetime | None) -> int | None:
    return None if moment is None else unix_time(moment)


def _make_media(file: MediaFile, body: Body, end: datetime | None) -> Document:
    content = b"" if file.kept is None else content_of(body(file.kept))
    return Document(file.path, MEDIA if end is None else EXPIRING_MEDIA, "", content, file=file, sunset=end)


def _stylesheets(theme: Theme) -> Iterator[DocumentSpec]:
    """The stylesheets, each a document of its own: within each page they would double its size."""
    for name in STYLES:
        path, contents = f"/{name}", key("style", theme.style_path(name))
        yield DocumentSpec(path, contents, partial(_make_stylesheet, theme, path, name))


def _make_stylesheet(theme: Theme, path: str, name: str) -> Document:
    return Document(path, STYLESHEET, "text/css; charset=utf-8", theme.style(name))


def _redirects(site: Site, channels: Sequence[Channel]) -> Iterator[DocumentSpec]:
    """From guessed addresses, and from those of channels without the last slash."""
    slashless = {channel.path.rstrip("/"): channel.path for channel in channels if channel.path != "/"}
    for guess, path in {**REDIRECTS, **slashless}.items():
        yield _redirect(guess, site.url(path), REDIRECT)


def _moved_by_operator(renderer: PageRenderer) -> Iterator[DocumentSpec]:
    """The addresses that the operator has moved or given up: those of a whole channel, or a single one."""
    site = renderer.site
    for former, target in site.moved:
        files = ("", *(form.file for form in FORMATS)) if former.endswith("/") else ("",)
        for file in files:
            if target is None:
                yield gone(renderer, former + file)
            else:
                address = target + file if target.endswith("/") else target
                url = site.url(address) if address.startswith("/") else address
                yield _redirect(former + file, url, REDIRECT)


def _has_moved(record: Record) -> bool:
    return bool(record.former_pages or record.article.aliases)


def _moved(site: Site, record: Record) -> Iterator[DocumentSpec]:
    """From every other address of a public article straight to its page."""
    for path in former_paths(record):
        yield _redirect(path, site.url(record.page), ARTICLE_REDIRECT)


def leading_elsewhere(site: Site, leading: Sequence[Record]) -> Iterator[DocumentSpec]:
    """From each article that is only a redirect to where it leads in the end; one that leads to itself is none."""
    targets = {site.url(record.page): record.article.leads_to or "" for record in leading}
    for record in sorted(leading, key=_oldest_first):
        target, seen = record.article.leads_to or "", {site.url(record.page)}
        while (here := target.rstrip("/")) in targets and here not in seen:
            seen.add(here)
            target = targets[here]
        if target.rstrip("/") not in seen:
            for path in (record.page, *former_paths(record)):
                yield _redirect(path, target, ARTICLE_REDIRECT)


def _redirect(path: str, target: str, traits: Traits) -> DocumentSpec:
    return DocumentSpec(path, redirect_key(target), partial(_make_redirect, path, target, traits))


def _make_redirect(path: str, target: str, traits: Traits) -> Document:
    return Document(path, traits, "", b"", location=target)


def _oldest_first(record: Record) -> tuple[float, str]:
    """Who asked first keeps an address that two articles claim."""
    return record.published.timestamp(), record.id
