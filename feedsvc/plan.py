"""From settings to what a round goes by. The stations know no settings, only plain values."""

from pathlib import Path
from zoneinfo import ZoneInfo

from feedsvc.articles.rails import Limits
from feedsvc.articles.remote_sizes import ask_sizes
from feedsvc.articles.rules import ReadingLimits, Rules
from feedsvc.channels.podcast import Podcast
from feedsvc.channels.query import Query
from feedsvc.channels.site import Site
from feedsvc.languages.tongue import tongue
from feedsvc.ledgercopy import copy_file
from feedsvc.publish import Plan
from feedsvc.settings.settings import Settings
from feedsvc.settings.tables import GONE
from feedsvc.themes import read_theme


def plan_of(settings: Settings) -> Plan:
    """All that a round goes by."""
    title = settings.site_title
    words = tongue(settings.language)
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
    limits = Limits(settings.removal_limit, settings.flood_limit)
    return Plan(
        settings.articles,
        site,
        rules_of(settings),
        settings.authority,
        limits=limits,
        theme=read_theme(settings.theme),
        access=settings.access,
        ask_sizes=ask_sizes if settings.remote_sizes else None,
    )


def rules_of(settings: Settings) -> Rules:
    """The rules that articles are read by."""
    return Rules(
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


def copy_of(settings: Settings) -> Path | None:
    """The copy of the ledger beside the store; None where none is kept."""
    return copy_file(settings.store_url) if settings.ledger_copy else None
