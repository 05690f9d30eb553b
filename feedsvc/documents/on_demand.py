"""Documents that are rendered on demand: the pages, archives, redirects and files of one snapshot, by path.

:func:`find` decides what a path leads to. Where two things claim a path, content comes first, then the
redirects that articles ask for, then what is gone. So a redirect never stands in front of a page, and each one
leads to a page: there is no chain and no loop. What the round prepares (:mod:`.manifest`) comes before all of it.

Pure: the same snapshot gives the same bytes, on every host.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

from feedsvc.articles.body.inline_media import content_of
from feedsvc.articles.model import MediaFile, Problem
from feedsvc.articles.record import Record
from feedsvc.channels.archive import Page, archive_folder, archive_page, has_archive, page_count
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.kinds import KINDS
from feedsvc.core.urls import MEDIA
from feedsvc.core.urls import ROBOTS as ROBOTS_PATH
from feedsvc.documents.feeds.channel_feeds import FORMATS, Format, archive_feed
from feedsvc.documents.feeds.entries import build_entries
from feedsvc.documents.model import (
    EXPIRING_MEDIA,
    Document,
    preview_path,
    previewed_channel,
    shown_paths,
)
from feedsvc.documents.model import MEDIA as MEDIA_FILE
from feedsvc.documents.pages.articles import article_page, markdown_document, markdown_path, pages_of
from feedsvc.documents.pages.listings import (
    SHOWN,
    channel_archive_page,
    channel_page,
    directory,
    directory_at,
    directory_pages,
    directory_paths,
    listed_in,
    preview_page,
)
from feedsvc.documents.pages.renderer import page_renderer
from feedsvc.documents.redirects import (
    Render,
    channel_without_slash,
    claimants,
    dropped_channel,
    feed_of_other_program,
    former_address,
    paths_of_channel,
    redirecting_article,
    withdrawn_article,
)
from feedsvc.documents.site_files import find_sitemap, robots, sitemap_paths
from feedsvc.documents.snapshot import Snapshot, current_channel

_FORMATS: Mapping[str, Format] = {form.file: form for form in FORMATS}
_ARCHIVE_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
"""As a path names an archive page. Python refuses to read thousands of digits, which strangers may send."""


def render(snapshot: Snapshot, path: str) -> Document | None:
    """Render what a path holds; None if it holds nothing.

    Args:
        snapshot: What the store holds.
        path: A URL path, decoded, or one of :func:`.model.preview_path`.

    Raises:
        InvalidFeedError: An archive feed did not come out as it should.
        StoreError: The store cannot be read.
    """
    found = find(snapshot, path)
    return None if found is None else found()


def find(snapshot: Snapshot, path: str) -> Render | None:
    """A function that renders the document at a path; None if there is none. Arguments as of :func:`render`."""
    for lookup in _LOOKUPS:
        if (found := lookup(snapshot, path)) is not None:
            return found
    return None


def candidates(snapshot: Snapshot) -> frozenset[str]:
    """Every path at which something may be rendered on demand; at some of them there is nothing."""
    found = (snapshot.pages(), snapshot.media(), _channel_paths(snapshot), _root_paths(snapshot))
    return frozenset(chain.from_iterable(found))


# Content


def _article(snapshot: Snapshot, path: str) -> Render | None:
    if not path.startswith("/"):
        return None  # the article is on another site
    record = next((record for record in snapshot.records_at(path) if record.is_public), None)
    return None if record is None else partial(_render_article, snapshot, record)


def _render_article(snapshot: Snapshot, record: Record) -> Document:
    older, newer = snapshot.neighbours(record) if record.listed else (None, None)
    (entry,) = build_entries(snapshot, (record,))
    document = article_page(page_renderer(snapshot), record, entry, older, newer)
    return document.with_cache_key(snapshot.site.key_field, (record.page,))


def _channel(snapshot: Snapshot, path: str) -> Render | None:
    """The page of a channel, or of its archive, or a feed of its archive."""
    folder, _, file = path.rpartition("/")
    parts = f"{folder}/".rsplit("archive/", 1)
    number = parts[1].removesuffix("/") if len(parts) == 2 and parts[0].endswith("/") else None
    if number is not None and (found := _archive(snapshot, parts[0], number, file)) is not None:
        return found
    channel = current_channel(snapshot, path) if path.endswith("/") and path != "/" else None
    return None if channel is None else partial(_render_channel, snapshot, channel)


def _archive(snapshot: Snapshot, path: str, number: str, file: str) -> Render | None:
    channel = current_channel(snapshot, path)
    if channel is None or not _ARCHIVE_NUMBER.fullmatch(number) or (file and file not in _FORMATS):
        return None
    is_there = int(number) <= page_count(channel, snapshot.site.archive_size)
    if not is_there or not has_archive(snapshot.site, channel):
        return None
    return partial(_render_archive, snapshot, channel, int(number), file)


def _render_archive(snapshot: Snapshot, channel: ChannelSummary, number: int, file: str) -> Document:
    """A page of an archive, or the page as a feed."""
    site, size = snapshot.site, snapshot.site.archive_size

    def read() -> Page:
        return archive_page(channel, number, size, snapshot.archived(channel, (number - 1) * size, number * size))

    page = snapshot.last_made(("page", channel.path, number), read)
    if file:
        document = archive_feed(site, channel, _FORMATS[file], page, build_entries(snapshot, page.records))
    else:
        document = channel_archive_page(page_renderer(snapshot), channel, page)
    return document.with_cache_key(site.key_field, shown_paths(channel, page.records))


def _render_channel(snapshot: Snapshot, channel: ChannelSummary) -> Document:
    site, shown = snapshot.site, snapshot.newest(channel, SHOWN)
    last = snapshot.last_position(channel, shown) if has_archive(site, channel) else None
    older = None if last is None else last // site.archive_size + 1
    document = channel_page(page_renderer(snapshot), channel, shown, older)
    return document.with_cache_key(site.key_field, shown_paths(channel, shown))


def _preview(snapshot: Snapshot, path: str) -> Render | None:
    folder = previewed_channel(path)
    channel = None if folder is None or not snapshot.site.previewed else current_channel(snapshot, folder)
    if channel is None:
        return None
    return lambda: preview_page(page_renderer(snapshot), channel, snapshot.newest(channel, SHOWN))


def _directory(snapshot: Snapshot, path: str) -> Render | None:
    if (found := directory_at(path)) is None:
        return None
    kind, number = found
    channels = listed_in(kind, snapshot.channels())
    is_there = number <= len(directory_pages(channels))
    return partial(directory, page_renderer(snapshot), kind, number, channels) if is_there else None


def _media(snapshot: Snapshot, path: str) -> Render | None:
    found = snapshot.records_with(path) if path.startswith(MEDIA) else ()
    using = [record for record in found if record.is_public]
    return partial(_render_media, snapshot, path, using) if using else None


def _render_media(snapshot: Snapshot, path: str, using: Sequence[Record]) -> Document:
    """A file that articles use; of two equal ones under one path always the same is taken."""
    files = {file for record in using for file in record.article.media if file.path == path}
    file: MediaFile = min(files, key=lambda each: each.source)
    ends = [record.article.expires for record in using]
    content = b"" if file.kept is None else content_of(snapshot.bodies({file.kept})[file.kept])
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return Document(path, MEDIA_FILE, "", content, file=file)
    return Document(path, EXPIRING_MEDIA, "", content, file=file, sunset=max(known))


def _channel_paths(snapshot: Snapshot) -> Iterator[str]:
    for channel in snapshot.channels():
        yield from paths_of_channel(snapshot, channel)
    yield from directory_paths(snapshot.channels())


def _root(snapshot: Snapshot, path: str) -> Render | None:
    """What crawlers ask for at the root."""
    return partial(robots, snapshot.site) if path == ROBOTS_PATH else find_sitemap(snapshot, path)


def _markdown(snapshot: Snapshot, path: str) -> Render | None:
    """A public article as Markdown."""
    if not snapshot.site.markdown_pages:
        return None
    found = (record for page in pages_of(path) for record in snapshot.records_at(page) if record.is_public)
    record = next(found, None)
    return None if record is None else partial(_render_markdown, snapshot, record)


def _render_markdown(snapshot: Snapshot, record: Record) -> Document:
    (entry,) = build_entries(snapshot, (record,))
    document = markdown_document(snapshot.site, record.page, entry)
    return document.with_cache_key(snapshot.site.key_field, (record.page,))


def _root_paths(snapshot: Snapshot) -> Iterator[str]:
    yield ROBOTS_PATH
    yield from sitemap_paths(snapshot)
    if snapshot.site.markdown_pages:
        yield from (markdown_path(page) for page in snapshot.pages() if page.startswith("/") and page != "/")


_CONTENT = (_article, _channel, _preview, _directory, _media, _root, _markdown)
_LOOKUPS = (
    *_CONTENT,
    channel_without_slash,
    former_address,
    redirecting_article,
    withdrawn_article,
    dropped_channel,
    feed_of_other_program,
)
"""In the order of precedence."""


# Checks of the whole site after a round


def idle_aliases(snapshot: Snapshot, public: Sequence[Record], prepared: Container[str]) -> Iterator[Problem]:
    """A warning for each alias of a public article under which something else answers.

    Args:
        snapshot: What the store holds.
        public: Every article that is out.
        prepared: The paths of what the round has prepared.
    """
    for record in public:
        for alias in () if record.is_elsewhere else record.article.aliases:
            is_taken = alias in prepared or not _is_redirect_to(snapshot, alias, record)
            if alias != record.page and is_taken:
                what = f'the alias "{alias}" has no effect, since that address is not free'
                remedy = "take it out of the header, or give up what has the address"
                yield Problem(record.article.path, None, what, remedy, "warning", of_site=True)


def _is_redirect_to(snapshot: Snapshot, alias: str, record: Record) -> bool:
    """Whether the path ``alias`` is answered by a redirect to the page of ``record``, a public article."""
    if any(lookup(snapshot, alias) is not None for lookup in (*_CONTENT, channel_without_slash)):
        return False
    found = claimants(snapshot, alias)
    return bool(found) and found[0].id == record.id


def theme_problems(snapshot: Snapshot) -> tuple[Problem, ...]:
    """The problems of the theme's templates, found by rendering one page of each kind."""
    if not snapshot.theme.has_templates:
        return ()
    rendered = (render(snapshot, path) for path in _samples(snapshot))
    return tuple(dict.fromkeys(problem for document in rendered if document for problem in document.problems))


def _samples(snapshot: Snapshot) -> Iterator[str]:
    """A path of each kind of page."""
    channels = [channel for channel in snapshot.channels() if not channel.is_dropped]
    yield from (record.page for record in snapshot.newest(channels[0], 1))
    yield from (channel.path for channel in channels[1:2])
    yield archive_folder("/", 1)
    yield from (kind.directory for kind in KINDS if kind.directory)
    yield from (preview_path(channel.path) for channel in channels[:1])
