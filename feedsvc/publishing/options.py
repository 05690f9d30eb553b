"""From settings to what a round goes by. The rooms know no settings, only plain values."""

from pathlib import Path
from zoneinfo import ZoneInfo

from feedsvc.articles.body.remote_sizes import ask_sizes
from feedsvc.articles.options import ReadingLimits, ReadOptions
from feedsvc.articles.policy.safeguards import SafeguardLimits
from feedsvc.channels.podcast import Podcast
from feedsvc.channels.query import Query
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import translation_of
from feedsvc.core.settings.model import Settings
from feedsvc.core.settings.tables import GONE
from feedsvc.publishing.round import RoundOptions
from feedsvc.publishing.theme_folder import read_theme
from feedsvc.store.ledger_copy import copy_file


def round_options(settings: Settings) -> RoundOptions:
    """All that a round goes by."""
    title = settings.site_title
    words = translation_of(settings.language)
    private = settings.access == "private"
    site = Site(
        base_url=settings.public_url,
        title=title,
        description=settings.description or words.say("What is new in %(title)s.", title=title),
        language=settings.language,
        author=settings.author,
        feed_size=settings.feed_size,
        author_url=settings.author_url,
        copyright=settings.copyright,
        icon=settings.icon,
        logo=settings.logo,
        # A hub hands out what it fetches, and a browser asks for a stylesheet without the token of the feed's
        # address.
        hubs=() if private else settings.hubs,
        podcast=_podcast(settings),
        queries=tuple(Query(**channel.fields()) for channel in settings.channels),
        extent=settings.feed_content,
        header=settings.entry_header or "",
        footer=settings.entry_footer or "",
        feed_days=settings.feed_days,
        feed_bytes=settings.feed_bytes,
        archive_size=settings.archive_size,
        tombstone_days=settings.tombstone_days,
        empty_channel_days=settings.empty_channel_days,
        previewed=settings.feed_preview,
        styled=settings.feed_style and not private,
        key_field=None if settings.cache_keys == "none" else settings.cache_keys,
        moved=tuple(
            (former, None if target == GONE else target) for former, target in (settings.moved or {}).items()
        ),
        zone=ZoneInfo(settings.time_zone),
        private=private,
    )
    limits = SafeguardLimits(settings.removal_limit, settings.flood_limit)
    return RoundOptions(
        settings.articles,
        site,
        read_options(settings),
        settings.authority,
        limits=limits,
        theme=read_theme(settings.theme),
        access=settings.access,
        ask_sizes=ask_sizes if settings.remote_sizes else None,
    )


def read_options(settings: Settings) -> ReadOptions:
    """The rules that articles are read by."""
    return ReadOptions(
        base_url=settings.public_url,
        zone=ZoneInfo(settings.time_zone),
        size_limit=settings.max_article_bytes,
        day_time=settings.day_time,
        date_order=settings.date_order,
        iframe_hosts=settings.frame_hosts,
        include=settings.included,
        keep_markdown=settings.markdown_source,
        limits=ReadingLimits(
            settings.reader_seconds,
            settings.reader_memory,
            settings.max_tags,
            settings.max_authors,
            settings.max_aliases,
            settings.max_media,
        ),
    )


def _podcast(settings: Settings) -> Podcast:
    told = settings.podcast
    return Podcast(
        categories=told.categories,
        explicit=told.explicit,
        order=told.type,
        owner=told.owner,
        locked=told.locked,
        guid=None if told.guid is None else str(told.guid),
        moved_to=told.moved_to,
    )


def backup_file(settings: Settings) -> Path | None:
    """The copy of the ledger beside the store; None where none is kept."""
    return copy_file(settings.store_url) if settings.ledger_copy else None
