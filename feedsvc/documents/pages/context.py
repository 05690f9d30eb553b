"""Builds the views that templates see of the site, its channels and its articles."""

import re
from datetime import datetime, timedelta, timezone
from html import escape
from urllib.parse import quote

from markupsafe import Markup

from feedsvc.articles.model import Author, Enclosure, Picture
from feedsvc.articles.record import Record
from feedsvc.channels.channel import AnyChannel
from feedsvc.channels.kinds import author_path, tag_path
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import direction, translation_of
from feedsvc.core.timestamps import rfc3339, unix_time, whole_seconds
from feedsvc.documents.feeds.channel_feeds import FORMATS
from feedsvc.documents.feeds.entries import shows
from feedsvc.documents.feeds.model import Entry
from feedsvc.documents.fingerprints import Part
from feedsvc.documents.pages.theme import STYLE, Theme
from feedsvc.documents.pages.views import (
    ArticleView,
    ChannelView,
    Direction,
    EnclosureView,
    FeedView,
    Moment,
    NeighbourView,
    PersonView,
    PictureView,
    ReaderView,
    SiteView,
    TagView,
    TeaserView,
)

_READERS = (
    ("Feedly", "https://feedly.com/i/subscription/feed%2F{}"),
    ("Inoreader", "https://www.inoreader.com/?add_feed={}"),
    ("NewsBlur", "https://www.newsblur.com/?url={}"),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url={}"),
    ("Feedbin", "https://feedbin.com/?subscribe={}"),
)
"""Each with the address that subscribes to a feed, whose own is percent-encoded in it."""


def readers(feed: str) -> tuple[ReaderView, ...]:
    """Links that open well-known readers with the ``feed`` at that absolute URL.

    Programs on the reader's own device listen to the scheme ``feed``.
    """
    encoded = quote(feed, safe="")
    return tuple(ReaderView(name, pattern.format(encoded)) for name, pattern in _READERS)


_TAG = re.compile(r"<(/?[a-z][a-z0-9-]*)((?:[^<>\"]|\"[^\"]*\")*)>")
"""A tag as the sanitiser writes it, as a whole: what an attribute holds is never taken for one."""
_SCROLLED = frozenset({"pre", "table"})
_FIRST_SIGHT = 1000
"""Characters of a body that stand on the first screen, more or less; what they show is fetched at once."""


def page_body(content: str, picture: Picture | None) -> str:
    """The clean HTML ``content`` for a page.

    A scrolling area that holds nothing to focus must be focusable itself (WCAG 2.2, 2.1.1), and not every
    browser sees to it.
    """

    def adapted(found: re.Match[str]) -> str:
        name, attributes = found[1], found[2]
        if name in _SCROLLED and " tabindex=" not in attributes:
            return f'<{name} tabindex="0"{attributes}>'
        if name == "img" and source not in attributes and found.start() > _FIRST_SIGHT:
            return f'<img loading="lazy"{attributes}>'
        return found[0]

    source = f' src="{escape(picture.url, quote=False)}"' if picture else "<"  # which no attribute holds
    return _TAG.sub(adapted, content)


def build_site(site: Site, theme: Theme) -> SiteView:
    """The data of the site that every page shows."""
    return SiteView(
        title=site.title,
        description=site.description,
        url=site.url("/"),
        language=site.language,
        direction=direction(site.language),
        feeds=build_feeds(site, "/", site.title),
        opml=site.url("/feeds.opml"),
        style=style_url(site, theme, STYLE),
        author=site.author,
        author_url=site.author_url,
        copyright=site.copyright,
        icon=site.icon,
        logo=site.logo,
        me=site.me,
        fediverse_creator=site.fediverse_creator,
        theme_color=site.theme_color,
    )


def style_url(site: Site, theme: Theme, name: str) -> str:
    """Without a host, since an operator may look at the site under another one (``style-src 'self'``)."""
    return site.prefix + theme.style_path(name)


def build_feeds(site: Site, path: str, title: str) -> tuple[FeedView, ...]:
    """The feeds of the channel at ``path``, which has that title."""
    return tuple(
        FeedView(form.name, site.url(path + form.file), form.link_type, f"{title} ({form.name})")
        for form in FORMATS
    )


def build_channel(site: Site, channel: AnyChannel) -> ChannelView:
    """A channel, with its feeds and the readers that open them."""
    feeds = build_feeds(site, channel.path, channel.title)
    return ChannelView(
        kind=channel.kind,
        title=channel.title,
        label=channel.label or channel.title,
        description=channel.description,
        url=site.url(channel.path),
        feeds=feeds,
        readers=readers(feeds[0].url),
    )


def build_teaser(site: Site, record: Record) -> TeaserView:
    """An article as lists show it."""
    article = record.article
    return TeaserView(
        title=article.title,
        url=site.page_url(record.page),
        summary=article.summary,
        published=build_moment(site, record.published, article.utc_offset),
        authors=tuple(_person(site, author) for author in article.authors),
        language=article.language or site.language,
        direction=_direction(article.language),
    )


def teaser_part(record: Record) -> Part:
    """All of an article that :func:`build_teaser` shows, for the key of a page."""
    article = record.article
    authors = [[author.name, author.url] for author in article.authors]
    published = unix_time(record.published)
    words = [article.title, article.summary, article.language]
    return [record.page, *words, authors, published, article.utc_offset]


def build_article(
    site: Site, entry: Entry, older: Record | None, newer: Record | None, *, utc_offset: int | None = None
) -> ArticleView:
    """A whole article, between its neighbours; see :func:`build_moment` for ``utc_offset``."""
    return ArticleView(
        title=entry.title,
        url=entry.url,
        summary=entry.summary,
        published=build_moment(site, entry.published, utc_offset),
        updated=build_moment(site, entry.updated, utc_offset) if entry.updated > entry.published else None,
        authors=tuple(_person(site, author) for author in entry.authors),
        tags=tuple(TagView(tag, site.url(tag_path(tag))) for tag in entry.tags),
        language=entry.language or site.language,
        direction=_direction(entry.language),
        body=Markup(page_body(entry.content, entry.image)),  # noqa: S704  it was sanitised when the article was read
        enclosures=tuple(_enclosure(one) for one in entry.enclosures if not shows(entry.content, one.url)),
        picture=_picture(entry.image) if entry.image else None,
        external=entry.links.external,
        older=_neighbour(site, older) if older else None,
        newer=_neighbour(site, newer) if newer else None,
    )


def build_moment(site: Site, moment: datetime, utc_offset: int | None = None) -> Moment:
    """A moment for machines, and its day for people, as the site's language writes it.

    Args:
        site: Gives language and time zone.
        moment: Aware.
        utc_offset: By how many seconds the clock is ahead of UTC that the day is counted by; None for the site's.
    """
    zone = site.zone if utc_offset is None else timezone(timedelta(seconds=utc_offset))
    try:
        day = whole_seconds(moment).astimezone(zone).date()
    except OverflowError:  # the first and the last day that a calendar has
        day = whole_seconds(moment).date()
    return Moment(rfc3339(moment), translation_of(site.language).day(day))


def _neighbour(site: Site, record: Record) -> NeighbourView:
    language = record.article.language
    return NeighbourView(
        record.article.title, site.page_url(record.page), language or site.language, _direction(language)
    )


def _direction(language: str | None) -> Direction:
    """An article that does not say in which language it is written shows it by its first letters."""
    return direction(language) if language else "auto"


def _person(site: Site, author: Author) -> PersonView:
    return PersonView(author.name, site.url(author_path(author.name)), author.url)


def _picture(picture: Picture) -> PictureView:
    return PictureView(picture.url, picture.alt, picture.width or 0, picture.height or 0)


def _enclosure(file: Enclosure) -> EnclosureView:
    kind = file.media_type.partition("/")[0]
    return EnclosureView(
        kind="audio" if kind == "audio" else "video" if kind == "video" else "file",
        url=file.url,
        media_type=file.media_type,
        size=file.length,
        title=file.title,
    )
