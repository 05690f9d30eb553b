"""Redirects, and the page of what is gone: addresses at which the site has something else, or nothing any more.

A round prepares those that do not depend on articles: from addresses that people and readers try for a feed, and
from what the operator moved. The others are found on demand, by a path, in a snapshot (:mod:`.on_demand`).
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from urllib.parse import unquote

from feedsvc.articles.record import Record, leads_elsewhere
from feedsvc.channels.archive import archive_folder, has_archive, page_count
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.site import Site
from feedsvc.documents.feed_addresses import SITE_FEEDS, channel_feeds_meant
from feedsvc.documents.feeds.channel_feeds import FORMATS, archive_path
from feedsvc.documents.fingerprints import key
from feedsvc.documents.model import ARTICLE_REDIRECT, GONE, MOVED, REDIRECT, Document, DocumentSpec, Traits
from feedsvc.documents.pages.renderer import PageRenderer, page_renderer
from feedsvc.documents.pages.views import PageView
from feedsvc.documents.snapshot import Snapshot, current_channel

REDIRECTS: Mapping[str, str] = MappingProxyType({**SITE_FEEDS, "/index.html": "/", "/index.htm": "/"})
"""Address -> path on this site: what other programs have at these addresses, and what people try."""


Render = Callable[[], Document]
"""Renders a document that was found on demand."""


def guessed_addresses(site: Site, taken: Container[str]) -> Iterator[DocumentSpec]:
    """The redirects from :data:`REDIRECTS`, except where a page is (``taken``); readers poll them for years."""
    for guess, path in REDIRECTS.items():
        if guess not in taken:
            yield _spec(guess, site.url(path), REDIRECT)


def moved_by_operator(renderer: PageRenderer) -> Iterator[DocumentSpec]:
    """The documents of the setting ``redirects``: a whole channel, or one address, leads elsewhere or is gone."""
    site = renderer.site
    for former, target in site.moved:
        files = ("", *(form.file for form in FORMATS)) if former.endswith("/") else ("",)
        for file in files:
            path = former + file
            if target is None:
                yield DocumentSpec(path, renderer.key("gone"), partial(gone_page, renderer, path))
            else:
                address = target + file if target.endswith("/") else target
                yield _spec(path, site.url(address) if address.startswith("/") else address, MOVED)


def _spec(path: str, target: str, traits: Traits) -> DocumentSpec:
    return DocumentSpec(path, key("redirect", target), partial(_redirect, path, target, traits))


def channel_without_slash(snapshot: Snapshot, path: str) -> Render | None:
    """From the page of a channel without the slash at its end to the page."""
    channel = None if path.endswith("/") else current_channel(snapshot, f"{path}/")
    return None if channel is None else partial(_redirect, path, snapshot.site.url(channel.path), ARTICLE_REDIRECT)


def former_address(snapshot: Snapshot, path: str) -> Render | None:
    """From every other address of a public article straight to its page."""
    found = claimants(snapshot, path)
    return partial(_redirect, path, snapshot.site.page_url(found[0].page), ARTICLE_REDIRECT) if found else None


def claimants(snapshot: Snapshot, path: str) -> Sequence[Record]:
    """The public articles that claim a path, the oldest first: it keeps an address that two articles claim."""
    return _oldest_first(record for record in snapshot.records_formerly_at(path) if record.is_public)


def _oldest_first(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (record.published.timestamp(), record.id))


def redirecting_article(snapshot: Snapshot, path: str) -> Render | None:
    """From an article that is only a redirect to where it leads in the end; one that leads to itself is none."""
    records = (*snapshot.records_at(path), *snapshot.records_formerly_at(path))
    for record in _oldest_first(filter(leads_elsewhere, records)):
        if (target := _target(snapshot, record)) is not None:
            return partial(_redirect, path, target, ARTICLE_REDIRECT)
    return None


def _target(snapshot: Snapshot, record: Record) -> str | None:
    """Where a redirect leads in the end, over others of the site; None if that is where it began."""
    site = snapshot.site
    target, seen = record.article.leads_to or "", {site.page_url(record.page)}
    while (here := target.rstrip("/")) not in seen and here.startswith(f"{site.base_url}/"):
        records = snapshot.records_at(unquote(here.removeprefix(site.base_url)))
        next_record = next(filter(leads_elsewhere, records), None)
        if next_record is None:
            break
        seen.add(here)
        target = next_record.article.leads_to or ""
    return None if target.rstrip("/") in seen else target


def _redirect(path: str, target: str, traits: Traits) -> Document:
    return Document(path, traits, "", b"", location=target)


def feed_of_other_program(snapshot: Snapshot, path: str) -> Render | None:
    """From the address that another program had for the feed of a channel to the channel's feed."""
    for folder, file in channel_feeds_meant(path):
        if (channel := current_channel(snapshot, folder)) is not None:
            return partial(_redirect, path, snapshot.site.url(channel.path + file), ARTICLE_REDIRECT)
    return None


def gone_page(renderer: PageRenderer, path: str) -> Document:
    """The page for what was withdrawn (RFC 9110, section 15.5.11). It does not say which article that was."""
    page = PageView("", "", None, renderer.view.feeds)
    return renderer.document(path, GONE, "gone.html", page)


def withdrawn_article(snapshot: Snapshot, path: str) -> Render | None:
    """410 for a withdrawn article, under every address it had."""
    records = (*snapshot.records_at(path), *snapshot.records_formerly_at(path))
    if any(record.withdrawn is not None for record in records):
        return partial(gone_page, page_renderer(snapshot), path)
    return None


def dropped_channel(snapshot: Snapshot, path: str) -> Render | None:
    """410 for a dropped channel: its page with and without the slash, its feeds, and those of its archive."""
    channels = (snapshot.channel(each) for each in _channel_candidates(path))
    for channel in channels:
        if channel is not None and channel.is_dropped and path in paths_of_channel(snapshot, channel):
            return partial(gone_page, page_renderer(snapshot), path)
    return None


def _channel_candidates(path: str) -> Iterator[str]:
    """The paths of the channels to which a path may belong."""
    folder = f"{path.rpartition('/')[0]}/"
    yield from dict.fromkeys((f"{path}/", path, folder, folder.rsplit("archive/", 1)[0]))


def paths_of_channel(snapshot: Snapshot, channel: ChannelSummary) -> Iterator[str]:
    """Every path of a channel that is not prepared, and of one that was dropped every path."""
    site = snapshot.site
    if channel.path != "/":
        yield channel.path.rstrip("/")
        yield channel.path
    if channel.is_dropped:
        yield from (channel.path + form.file for form in FORMATS)
    for number in range(1, page_count(channel, site.archive_size) + 1) if has_archive(site, channel) else ():
        yield archive_folder(channel.path, number)
        yield from (archive_path(channel.path, number, form) for form in FORMATS)
