"""The options of a round, made from the settings. Other rooms get no settings, only such plain values."""

from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from feedsvc.articles.body.remote_sizes import AskSizes, ask_sizes
from feedsvc.articles.identity.wanted_address import SECTION_AND_SLUG, AddressRules
from feedsvc.articles.options import ReadingLimits, ReadOptions
from feedsvc.articles.safeguards import DEFAULT_LIMITS, NO_OVERRIDES, Overrides, SafeguardLimits
from feedsvc.channels.site import Podcast, Query, Site
from feedsvc.core.address_pattern import read_pattern
from feedsvc.core.i18n.translation import translation_of
from feedsvc.core.settings.model import Settings
from feedsvc.core.settings.values import GONE
from feedsvc.documents.pages.theme import BUILT_IN, Theme
from feedsvc.publishing.theme_folder import read_theme
from feedsvc.responses.site_readers import Access
from feedsvc.store.hub_watch_store import HubWatchStore
from feedsvc.store.ledger_copy import copy_file


@dataclass(frozen=True, slots=True)
class RoundOptions:
    """The rules of a round, as plain values."""

    directory: Path
    site: Site
    rules: ReadOptions
    authority: str | None
    """In whose name ids are made (RFC 4151, section 2.1); None where the site has no domain name yet."""
    overrides: Overrides = NO_OVERRIDES
    """The overrides that the operator allows for this round."""
    limits: SafeguardLimits = DEFAULT_LIMITS
    """The numbers above which safeguards refuse the round."""
    theme: Theme = BUILT_IN
    access: Access = "public"
    """Whom the site is for; the store has to be for the same (:meth:`.OperatorStore.claim`)."""
    ask_sizes: AskSizes | None = None
    """Asks the servers of recordings elsewhere how large they are; None where nothing is to be asked."""
    addresses: AddressRules = SECTION_AND_SLUG
    """The pattern of the addresses of articles."""


def round_options(settings: Settings) -> RoundOptions:
    """The options of a round."""
    limits = SafeguardLimits(settings.safeguards.removal_limit, settings.safeguards.flood_limit)
    return RoundOptions(
        settings.articles,
        _site(settings),
        read_options(settings),
        settings.authority,
        addresses=_addresses(settings),
        limits=limits,
        theme=read_theme(settings.pages.theme),
        access=settings.access,
        ask_sizes=ask_sizes if settings.reading.remote_sizes else None,
    )


def _site(settings: Settings) -> Site:
    title = settings.site_title
    words = translation_of(settings.site.language)
    private = settings.access == "private"
    return Site(
        base_url=settings.public_url,
        title=title,
        description=settings.site.description or words.say("What is new in %(title)s.", title=title),
        language=settings.site.language,
        author=settings.site.author,
        feed_size=settings.feeds.size,
        author_url=settings.site.author_url,
        copyright=settings.site.copyright,
        icon=settings.site.icon or (f"{settings.public_url}/favicon.ico" if settings.site.icon_file else None),
        logo=settings.site.logo,
        hubs=settings.feed_hubs,
        podcast=_podcast(settings),
        queries=tuple(Query(**channel.fields()) for channel in settings.channels),
        extent=settings.feeds.content,
        header=settings.feeds.header or "",
        footer=settings.feeds.footer or "",
        feed_days=settings.feeds.days,
        feed_bytes=settings.feeds.bytes,
        archive_size=settings.feeds.archive_size,
        tombstone_days=settings.feeds.tombstone_days,
        empty_channel_days=settings.feeds.empty_channel_days,
        previewed=settings.feeds.preview,
        # A browser asks for a stylesheet without the token of the feed's address.
        styled=settings.feeds.style and not private,
        key_field=None if settings.http.cache_keys == "none" else settings.http.cache_keys,
        moved=tuple((former, None if target == GONE else target) for former, target in settings.redirects.items()),
        zone=ZoneInfo(settings.site.time_zone),
        private=private,
        me=settings.site.me,
        fediverse_creator=settings.site.fediverse_creator,
        theme_color=settings.pages.theme_color,
        content_signal=settings.pages.content_signal,
        markdown_pages=settings.pages.markdown,
    )


def _addresses(settings: Settings) -> AddressRules:
    """The pattern of the addresses of articles; a pattern that begins with the base URL is one of paths."""
    written = settings.article_url
    if written is not None and f"{written}/".startswith(f"{settings.public_url}/"):
        written = written.removeprefix(settings.public_url)
    return AddressRules(
        pattern=None if written is None else read_pattern(written),
        base_url=settings.public_url,
        zone=ZoneInfo(settings.site.time_zone),
        language=settings.site.language,
        channels=frozenset(channel.path for channel in settings.channels),
    )


def read_options(settings: Settings) -> ReadOptions:
    """The options by which articles are read."""
    return ReadOptions(
        base_url=settings.public_url,
        zone=ZoneInfo(settings.site.time_zone),
        size_limit=settings.limits.article_bytes,
        default_time=settings.reading.default_time,
        date_order=settings.reading.date_order,
        iframe_hosts=settings.frame_hosts,
        include=settings.included,
        static=settings.pages.static.absolute(),
        keep_markdown=settings.feeds.markdown_source,
        limits=ReadingLimits(
            settings.limits.reader_timeout,
            settings.limits.reader_memory,
            settings.limits.tags,
            settings.limits.authors,
            settings.limits.aliases,
            settings.limits.media,
        ),
    )


def _podcast(settings: Settings) -> Podcast:
    podcast = settings.podcast
    return Podcast(
        categories=podcast.categories,
        explicit=podcast.explicit,
        order=podcast.type,
        owner=podcast.owner,
        locked=podcast.locked,
        guid=None if podcast.guid is None else str(podcast.guid),
        new_base_url=podcast.new_base_url,
    )


def without_silent_hubs(site: Site, watched: HubWatchStore) -> Site:
    """The site whose feeds do not name outside hubs that do not push."""
    silent = watched.silent() if site.hubs else frozenset()
    return replace(site, hubs=tuple(hub for hub in site.hubs if hub not in silent)) if silent else site


def backup_file(settings: Settings) -> Path | None:
    """The copy of the ledger beside the store; None where none is kept."""
    return copy_file(settings.store_url) if settings.store.ledger_copy else None
