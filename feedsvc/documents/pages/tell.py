"""From the site, its channels and its articles to what templates see of them."""

from datetime import datetime, timedelta, timezone
from html import escape

from markupsafe import Markup

from feedsvc.articles.article import Author, Enclosure, Picture
from feedsvc.articles.record import Record
from feedsvc.channels.channel import Channel
from feedsvc.channels.places import author_path, tag_path
from feedsvc.channels.site import Site
from feedsvc.documents.feed import Entry
from feedsvc.documents.formats import FORMATS
from feedsvc.documents.keys import Part
from feedsvc.documents.pages.body import in_page
from feedsvc.documents.pages.readers import readers
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
    SiteView,
    TagView,
    TeaserView,
)
from feedsvc.documents.times import rfc3339, whole
from feedsvc.languages.locale import direction
from feedsvc.languages.tongue import tongue


def tell_site(site: Site, theme: Theme) -> SiteView:
    """What every page shows of the site."""
    return SiteView(
        title=site.title,
        description=site.description,
        url=site.url("/"),
        language=site.language,
        direction=direction(site.language),
        feeds=tell_feeds(site, "/", site.title),
        opml=site.url("/feeds.opml"),
        style=style_url(site, theme, STYLE),
        author=site.author,
        author_url=site.author_url,
        copyright=site.copyright,
        icon=site.icon,
        logo=site.logo,
    )


def style_url(site: Site, theme: Theme, name: str) -> str:
    """Without a host, since an operator may look at the site under another one (``style-src 'self'``)."""
    return site.prefix + theme.style_path(name)


def tell_feeds(site: Site, path: str, title: str) -> tuple[FeedView, ...]:
    """The feeds of the channel at ``path``, which has that title."""
    return tuple(
        FeedView(form.name, site.url(path + form.file), form.link_type, f"{title} ({form.name})")
        for form in FORMATS
    )


def tell_channel(site: Site, channel: Channel) -> ChannelView:
    """A channel, with its feeds and the readers that open them."""
    feeds = tell_feeds(site, channel.path, channel.title)
    return ChannelView(
        kind=channel.kind,
        title=channel.title,
        label=channel.label or channel.title,
        description=channel.description,
        url=site.url(channel.path),
        feeds=feeds,
        readers=readers(feeds[0].url),
    )


def tell_teaser(site: Site, record: Record) -> TeaserView:
    """An article as lists show it."""
    article = record.article
    return TeaserView(
        title=article.title,
        url=site.url(record.page),
        summary=article.summary,
        published=tell_moment(site, record.published, article.utc_offset),
        authors=tuple(_person(site, author) for author in article.authors),
        language=article.language or site.language,
        direction=_direction(article.language),
    )


def teaser_part(record: Record) -> Part:
    """All of an article that :func:`tell_teaser` shows, for the key of a page."""
    article = record.article
    authors = [[author.name, author.url] for author in article.authors]
    published = int(record.published.timestamp())
    words = [article.title, article.summary, article.language]
    return [record.page, *words, authors, published, article.utc_offset]


def tell_article(
    site: Site, entry: Entry, older: Record | None, newer: Record | None, *, utc_offset: int | None = None
) -> ArticleView:
    """A whole article, between its neighbours; see :func:`tell_moment` for ``utc_offset``."""
    return ArticleView(
        title=entry.title,
        url=entry.url,
        summary=entry.summary,
        published=tell_moment(site, entry.published, utc_offset),
        updated=tell_moment(site, entry.updated, utc_offset) if entry.updated > entry.published else None,
        authors=tuple(_person(site, author) for author in entry.authors),
        tags=tuple(TagView(tag, site.url(tag_path(tag))) for tag in entry.tags),
        language=entry.language or site.language,
        direction=_direction(entry.language),
        body=Markup(in_page(entry.content, entry.image)),  # noqa: S704  it was sanitised when the article was read
        enclosures=tuple(_enclosure(one) for one in entry.enclosures if not _shows(entry.content, one)),
        picture=_picture(entry.image) if entry.image else None,
        external=entry.links.external,
        older=_neighbour(site, older) if older else None,
        newer=_neighbour(site, newer) if newer else None,
    )


def tell_moment(site: Site, moment: datetime, utc_offset: int | None = None) -> Moment:
    """A moment for machines, and its day for people, as the site's language writes it.

    Args:
        site: Gives language and time zone.
        moment: Aware.
        utc_offset: By how many seconds the clock is ahead of UTC that the day is counted by; None for the site's.
    """
    zone = site.zone if utc_offset is None else timezone(timedelta(seconds=utc_offset))
    try:
        day = whole(moment).astimezone(zone).date()
    except OverflowError:  # the first and the last day that a calendar has
        day = whole(moment).date()
    return Moment(rfc3339(moment), tongue(site.language).day(day))


def _neighbour(site: Site, record: Record) -> NeighbourView:
    language = record.article.language
    return NeighbourView(
        record.article.title, site.url(record.page), language or site.language, _direction(language)
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


def _shows(body: str, file: Enclosure) -> bool:
    """Whether the file's address, as HTML writes it, stands in the text."""
    return escape(file.url, quote=False) in body
