"""Options of a round, made from the settings. Other rooms get no settings, only such plain values."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from feedsvc.articles.body.remote_sizes import ask_sizes
from feedsvc.articles.identity.addresses import AddressRules
from feedsvc.articles.model import Problem
from feedsvc.articles.options import ReadingLimits, ReadOptions
from feedsvc.articles.policy.safeguards import SafeguardLimits
from feedsvc.channels.site import Podcast, Query, Site
from feedsvc.core.address_pattern import read_pattern
from feedsvc.core.errors import SettingsError
from feedsvc.core.i18n.translation import translation_of
from feedsvc.core.settings.model import Settings
from feedsvc.core.settings.values import GONE
from feedsvc.documents.pages.theme import BUILT_IN, STYLES, Theme
from feedsvc.publishing.round import RoundOptions
from feedsvc.store.ledger_copy import copy_file


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
    """What the pages of articles are made by; a pattern that begins with the base URL is one of paths."""
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


def backup_file(settings: Settings) -> Path | None:
    """The copy of the ledger beside the store; None where none is kept."""
    return copy_file(settings.store_url) if settings.store.ledger_copy else None


_LARGEST = 1_000_000
"""The most bytes of a file of a theme."""


def read_theme(folder: Path | None) -> Theme:
    """Read the templates and stylesheets in a folder and below it; other files are left alone.

    A file that cannot be used becomes a problem, and feedsvc's own file is used in its place.

    Args:
        folder: The folder of the theme; None for feedsvc's own theme.

    Raises:
        SettingsError: The folder does not exist or cannot be read.
    """
    if folder is None:
        return BUILT_IN
    try:
        files = sorted(file for file in folder.rglob("*") if _counts(folder, file)) if folder.is_dir() else None
    except OSError:
        files = None
    if files is None:
        raise SettingsError(
            f"the theme {folder} is no folder that can be read", "correct the setting [pages] theme"
        )
    sources, problems = [], []
    for file in files:
        read = _read(file)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            sources.append((file.relative_to(folder).as_posix(), read))
    return Theme(folder.as_posix(), tuple(sorted(sources)), tuple(problems))


def reread(theme: Theme) -> Theme:
    """The theme as it is on disk now.

    If its folder has vanished the theme stays as it is, with a problem, so that articles are still published.
    """
    if not theme.folder:
        return theme
    try:
        return read_theme(Path(theme.folder))
    except SettingsError:
        what, remedy = "the folder of the theme has vanished or cannot be read", "put it back"
        problem = Problem(theme.folder, None, what, f"{remedy}; until then it is used as it was", of_site=True)
        return replace(theme, problems=(problem,))


def _counts(folder: Path, file: Path) -> bool:
    """Whether a file belongs to the theme: a template anywhere in it, or a stylesheet at its top."""
    name = file.relative_to(folder)
    hidden = any(part.startswith(".") for part in name.parts)
    return not hidden and (name.suffix == ".html" or name.as_posix() in STYLES) and file.is_file()


def _read(file: Path) -> str | Problem:
    try:
        content = file.read_bytes() if file.stat().st_size <= _LARGEST else None
        if content is None:
            what, remedy = "the file is too large for a template", "make it smaller than a megabyte"
        else:
            return content.decode("utf-8-sig")
    except OSError as error:
        what, remedy = f"the file cannot be read ({error.strerror})", "check its rights"
    except UnicodeDecodeError:
        what, remedy = "the file is not UTF-8", "save it as UTF-8"
    return Problem(file.as_posix(), None, what, f"{remedy}; until then feedsvc's own is used", of_site=True)
