"""An entry as the feeds of one channel show it: in full or in short, between a header and a footer."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from html import escape

from lxml import etree, html
from lxml.html.builder import E

from feedsvc.articles.body.sanitizer import clean
from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site, newest
from feedsvc.core.i18n.translation import Translation, translation_of
from feedsvc.documents.feeds.builder import build_feed
from feedsvc.documents.feeds.formats import FORMATS
from feedsvc.documents.feeds.model import Entry

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def decorate(entry: Entry, site: Site, channel: Channel) -> Entry:
    """The entry with as much of its text as it asks for, else the channel, between header and footer.

    A summary ends with a link to the article. In both ``{title}``, ``{url}``, ``{author}``,
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


_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)


def samples(site: Site, channel: Channel, entry: Entry) -> Mapping[str, str]:
    """The entry as it stands in the feeds of ``channel``, by the name of the format."""
    shown = decorate(entry, site, channel)
    newly = replace(channel, records=newest(site, channel.records))
    return {
        form.name: _entry(form.render(build_feed(site, newly, channel.path + form.file, [shown])))
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
