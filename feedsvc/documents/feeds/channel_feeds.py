"""The feeds of a channel: in each format the newest articles, and the pages of its archive."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from lxml import etree

from feedsvc.articles.model import Author
from feedsvc.articles.record import Record
from feedsvc.channels.archive import Page, Positioned, archive_folder, last_positions, page_before
from feedsvc.channels.channel import AnyChannel, Channel, ChannelSummary, update_interval
from feedsvc.channels.site import Site, is_podcast, newest, podcast_guid
from feedsvc.core.timestamps import rfc3339, whole_seconds
from feedsvc.documents.feeds import jsonfeed
from feedsvc.documents.feeds.entries import EntryFactory, decorate
from feedsvc.documents.feeds.model import FEED_STYLE, Entry, Feed, History, Show, Tombstone
from feedsvc.documents.feeds.xml_feeds import ATOM_TYPE, RSS_TYPE, render_atom, render_rss
from feedsvc.documents.fingerprints import channel_part, key, site_part
from feedsvc.documents.model import (
    ARCHIVE_FEED,
    FEED,
    SITE_FEED,
    Document,
    DocumentSpec,
    Link,
    Traits,
    preview_path,
    shown_paths,
)


@dataclass(frozen=True, slots=True)
class Format:
    """One feed format."""

    name: str
    """As people call it."""
    file: str
    """The feed's name below its channel's path."""
    link_type: str
    """The bare media type, as links give it."""
    media_type: str
    """The media type of the document."""
    render: Callable[[Feed], bytes]
    """Raises InvalidFeedError where what was written does not read back as it should."""


FORMATS = (
    Format("RSS", "rss.xml", RSS_TYPE, f"{RSS_TYPE}; charset=utf-8", render_rss),
    Format("Atom", "atom.xml", ATOM_TYPE, f"{ATOM_TYPE}; charset=utf-8", render_atom),
    # JSON is always UTF-8 (RFC 8259, section 8.1), and its media type has no charset (section 11).
    Format("JSON Feed", "feed.json", jsonfeed.MEDIA_TYPE, jsonfeed.MEDIA_TYPE, jsonfeed.render),
)


def alternate_links(site: Site, channel_path: str) -> tuple[Link, ...]:
    """The links by which a page tells readers of the feeds of the channel at ``channel_path``."""
    return tuple(
        Link(site.url(channel_path + form.file), rel="alternate", media_type=form.link_type) for form in FORMATS
    )


NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the last change of a channel that never held anything: Atom demands a date (RFC 4287, 4.2.15),
and a document must not depend on the moment it was made."""


def fit(
    feed_of: Callable[[int], Feed], render: Callable[[Feed], bytes], *, most: int, least: int, limit: int
) -> tuple[Feed, bytes]:
    """The feed with the most entries that is no larger than ``limit``, and its bytes.

    Args:
        feed_of: Gives the feed with so many entries.
        render: Writes it down; more entries are more bytes.
        most: How many entries there are.
        least: How many entries the feed has however large they are.
        limit: In bytes, before any content coding.
    """
    feed = feed_of(most)
    content = render(feed)
    if len(content) <= limit or most <= least:
        return feed, content
    best = feed_of(least)
    fitting, too_many = (best, render(best)), most
    while too_many - least > 1:  # what fits is at least ``least`` and less than ``too_many``
        middle = (least + too_many) // 2
        feed = feed_of(middle)
        content = render(feed)
        if len(content) <= limit:
            fitting, least = (feed, content), middle
        else:
            too_many = middle
    return fitting


MOST_TOMBSTONES = 200
"""How many withdrawn articles a feed names; of more, the latest."""


@dataclass(frozen=True, slots=True)
class _CurrentFeeds:
    """The sources of a channel's current feeds, in any format."""

    site: Site
    channel: Channel
    entry_of: EntryFactory
    shown: tuple[Record, ...]
    """The newest articles, newest first; as many of them as the size allows stand in the feed."""
    positions: Positioned
    """The last positions of the archive, one more than articles are shown."""
    ttl: int
    """After how many minutes it is worth to ask for the feed again."""
    tombstones: tuple[Tombstone, ...]

    def page_before(self, count: int) -> int | None:
        """The page of the archive that goes on behind a feed of so many entries; None if there is nothing more."""
        return page_before(self.positions, {record.id for record in self.shown[:count]}, self.site.archive_size)

    def key(self, part_of: Callable[[Record], str]) -> str:
        """A key that changes with all that stands in the feeds."""
        site, channel = self.site, self.channel
        return key(
            site_part(site),
            channel_part(channel),
            [[part_of(record), channel.positions[record.id] // site.archive_size] for record in self.shown],
            [self.page_before(len(self.shown)), site.archive_size, site.feed_bytes, site.least, self.ttl],
            [[stone.id, rfc3339(stone.when)] for stone in self.tombstones],
        )

    def document(self, form: Format) -> Document:
        """As many of the newest articles as the size allows; the archive goes on from there."""
        site, channel = self.site, self.channel
        path = channel.path + form.file
        entries = [decorate(self.entry_of(record), site, channel) for record in self.shown]

        def feed_of(count: int) -> Feed:
            before = self.page_before(count)
            previous = None if before is None else archive_path(channel.path, before, form)
            history = History(previous=None if previous is None else _link(site, channel, previous, up=""))
            feed = build_feed(site, channel, path, self.shown, entries[:count])
            return replace(feed, history=history, tombstones=self.tombstones, ttl=self.ttl)

        feed, content = fit(feed_of, form.render, most=len(entries), least=site.least, limit=site.feed_bytes)
        preview = preview_path(channel.path) if site.previewed else None
        traits = SITE_FEED if channel.kind == "site" else FEED
        return _document(path, replace(traits, preview=preview), form, feed, content)


def channel_feeds(
    site: Site,
    channel: Channel,
    part_of: Callable[[Record], str],
    entry_of: EntryFactory,
    since: datetime | None,
) -> Iterator[DocumentSpec]:
    """The current feeds of one channel, in every format.

    Args:
        site: The site's options, as the operator has set them.
        channel: Its articles, newest first, each with its position in the archive.
        part_of: Gives what a document can show of an article, as a digest.
        entry_of: Gives the entry of an article.
        since: The feeds name the articles that were withdrawn after that moment; None for all.
    """
    shown, ttl = newest(site, channel.records), update_interval(channel)
    positions, tombstones = last_positions(channel, len(shown) + 1), _tombstones(channel, since)
    feeds = _CurrentFeeds(site, channel, entry_of, shown, positions, ttl, tombstones)
    contents, shows = feeds.key(part_of), shown_paths(channel, shown)
    date = shown[0].published if shown else None
    for form in FORMATS:
        make = partial(feeds.document, form)
        yield DocumentSpec(channel.path + form.file, key(form.file, contents), make, date, shows)


def archive_path(channel_path: str, number: int, form: Format) -> str:
    """Where a page of the archive of the channel at ``channel_path`` is, as a feed."""
    return archive_folder(channel_path, number) + form.file


def feed_paths(channel: Channel) -> Iterator[str]:
    """The paths of the current feeds of a channel."""
    return (channel.path + form.file for form in FORMATS)


def _tombstones(channel: Channel, since: datetime | None) -> tuple[Tombstone, ...]:
    """The latest of the withdrawn articles that the channel had, the latest first."""
    stones = [Tombstone(record.id, whole_seconds(record.withdrawn)) for record in channel.gone if record.withdrawn]
    stones.sort(key=lambda stone: (-stone.when.timestamp(), stone.id))
    return tuple(stone for stone in stones if since is None or stone.when > since)[:MOST_TOMBSTONES]


def archive_feed(
    site: Site, channel: ChannelSummary, form: Format, page: Page, entries: Iterable[Entry]
) -> Document:
    """A page of the archive of a channel as a feed (RFC 5005, section 4), read back before it is given.

    The page that is being filled is not marked as an archive document, since it will change. Nothing that stands
    elsewhere in the channel shows in it; a full one would not keep its bytes.

    Args:
        site: The site's options, as the operator has set them.
        channel: The channel.
        form: The format.
        page: The page.
        entries: The entries of the articles on it, in their order.

    Raises:
        InvalidFeedError: It did not come out as it should.
    """

    def link(number: int) -> str:
        return _link(site, channel, archive_path(channel.path, number, form), up="../../")

    history = History(
        archived=page.full,
        current=_link(site, channel, channel.path + form.file, up="../../"),
        previous=link(page.number - 1) if page.number > 1 else None,
        next=link(page.number + 1) if page.full else None,
    )
    path = archive_path(channel.path, page.number, form)
    decorated = (decorate(entry, site, channel) for entry in entries)
    feed = build_feed(site, replace(channel, updated=page.updated), path, page.records, decorated)
    # Nobody can subscribe to a page of an archive.
    feed = replace(feed, history=history, hubs=())
    # The page of an archive lists what its feeds hold.
    preview = archive_folder(channel.path, page.number) if site.previewed else None
    return _document(path, replace(ARCHIVE_FEED, preview=preview), form, feed, form.render(feed))


def build_feed(
    site: Site, channel: AnyChannel, path: str, records: Sequence[Record], entries: Iterable[Entry]
) -> Feed:
    """Tells a channel without any format.

    Args:
        site: The site's options, as the operator has set them.
        channel: Gives title, description, path and last change.
        path: Where the feed is served, such as ``/atom.xml``.
        records: The articles that the feed may hold; by them it is a podcast, or none.
        entries: What the feed holds, newest first.
    """
    return Feed(
        id=site.url(channel.path),
        title=channel.title,
        description=channel.description,
        url=site.url(channel.path),
        self_url=None if site.private else site.url(path),
        language=site.language,
        updated=whole_seconds(channel.updated or NEVER),
        entries=tuple(entries),
        author=Author(site.author, site.author_url) if site.author else None,
        copyright=site.copyright,
        icon=site.icon,
        logo=site.logo,
        hubs=site.hubs,
        podcast=_show(site, channel.path) if is_podcast(records) else None,
        style=f"{site.prefix}/{FEED_STYLE}" if site.styled else None,
    )


def _show(site: Site, channel_path: str) -> Show:
    """The podcast elements of a channel's feed."""
    show = site.podcast
    guid = podcast_guid(show, site.base_url, channel_path)
    new = f"{show.new_base_url}{channel_path}rss.xml" if show.new_base_url and not site.private else None
    values = (show.categories, show.explicit, show.order, show.locked, show.owner)
    return Show(guid, *values, new, site.private)


def _link(site: Site, channel: AnyChannel, path: str, *, up: str) -> str:
    """How one feed of ``channel`` names another, at ``path``; ``up`` leads out of where the first one is."""
    return f"{up}{path.removeprefix(channel.path)}" if site.private else site.url(path)


def _document(path: str, traits: Traits, form: Format, feed: Feed, content: bytes) -> Document:
    own = () if feed.self_url is None else (Link(feed.self_url, "self", form.link_type),)
    hubs = (Link(hub, "hub") for hub in feed.hubs)
    links = (*own, *hubs, Link(feed.url, "alternate", "text/html"))
    return Document(path, traits, form.media_type, content, links=links)


_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)


def samples(site: Site, channel: Channel, entry: Entry) -> Mapping[str, str]:
    """The entry as it stands in the feeds of ``channel``, by the name of the format."""
    shown = decorate(entry, site, channel)
    records = newest(site, channel.records)
    return {
        form.name: _entry(form.render(build_feed(site, channel, channel.path + form.file, records, [shown])))
        for form in FORMATS
    }


def _entry(feed: bytes) -> str:
    """The only entry of a feed, indented."""
    if feed.startswith(b"{"):
        return json.dumps(json.loads(feed)["items"][0], ensure_ascii=False, indent=2)
    found = etree.fromstring(feed, _PARSER).xpath("//*[local-name()='item' or local-name()='entry']")
    item = found[0] if isinstance(found, list) else None
    if not isinstance(item, etree._Element):  # noqa: SLF001 - the class has no other name
        raise TypeError("a feed of one entry holds none")
    return etree.tostring(item, encoding="unicode", pretty_print=True).strip()
