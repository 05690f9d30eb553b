"""Dress: an entry as one channel's feeds show it, in full or in short, with a header and a footer."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from html import escape

from lxml import html
from lxml.html.builder import E

from feedsvc.articles.body.sanitizer import clean
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site
from feedsvc.core.i18n.translation import Translation, translation_of
from feedsvc.documents.feeds.model import Entry

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def decorate(entry: Entry, site: Site, channel: Channel) -> Entry:
    """The entry with as much of its text as it asks for, else the channel, between header and footer.

    What stands in short ends with a link to the article. In both ``{title}``, ``{url}``, ``{author}``,
    ``{site}`` and ``{site_url}`` stand for what they say.
    """
    short = (entry.extent or channel.extent) == "summary"
    if not (short or channel.header or channel.footer):
        return entry
    body = _in_short(entry, translation_of(site.language)) if short else entry.content
    values = {
        "title": entry.title,
        "url": entry.url,
        "author": ", ".join(author.name for author in entry.authors) or site.author or site.title,
        "site": site.title,
        "site_url": site.url("/"),
    }
    parts = (_filled(channel.header, values), body, _filled(channel.footer, values))
    content = "\n".join(filter(None, parts))
    return replace(entry, content=content, text=None, markdown=None) if short else replace(entry, content=content)


def _in_short(entry: Entry, words: Translation) -> str:
    paragraphs = [E.p(entry.summary)] if entry.summary else []
    paragraphs.append(E.p(E.a(words.say("Read on"), href=entry.url)))
    return "\n".join(html.tostring(each, encoding="unicode") for each in paragraphs)


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values, sanitised as articles are."""
    if not template:
        return ""
    filled = _PLACEHOLDER.sub(lambda name: escape(values.get(name[1], name[0])), template)
    return _sanitised(filled)


@lru_cache(maxsize=4096)
def _sanitised(markup: str) -> str:
    return clean(markup, _absolute).strip()


def _absolute(url: str) -> str | None:
    return url if url.startswith(("https://", "http://", "mailto:")) else None
