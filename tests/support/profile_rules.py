"""The RSS Advisory Board's profile as a table of checks."""

import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from lxml import etree

Element = etree._Element

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:[+-]\d{4}|GMT)")
PROFILE = "https://www.rssboard.org/rss-profile"


def _one(channel: Element, path: str) -> bool:
    return len(channel.findall(path, NAMES)) == 1


def _each(channel: Element, path: str, rule: Callable[[str], bool]) -> bool:
    return all(rule(found.text or "") for found in channel.findall(path, NAMES))


def _is_date(text: str) -> bool:
    """RFC 822 with the year in four digits, and a day that there is."""
    if not _DATE.fullmatch(text):
        return False
    try:
        return parsedate_to_datetime(text).strftime("%a") == text[:3]
    except ValueError:
        return False


RULES: dict[str, Callable[[Element], bool]] = {
    "element-channel-title": lambda c: _one(c, "title") and bool(c.findtext("title")),
    "element-channel-link": lambda c: _one(c, "link") and _each(c, "link", lambda url: url.startswith("http")),
    "element-channel-description": lambda c: _one(c, "description") and bool(c.findtext("description")),
    "element-channel-language": lambda c: _each(c, "language", lambda tag: bool(re.fullmatch(r"[A-Za-z-]+", tag))),
    "element-channel-lastbuilddate": lambda c: _each(c, "lastBuildDate", _is_date),
    "element-channel-docs": lambda c: _each(c, "docs", lambda url: url.endswith("rss-specification")),
    "element-channel-ttl": lambda c: _each(c, "ttl", str.isdigit),
    "element-channel-image": lambda c: all(
        [child.tag for child in image] == ["url", "title", "link"]
        and (image.findtext("title"), image.findtext("link")) == (c.findtext("title"), c.findtext("link"))
        for image in c.findall("image")
    ),
    "element-channel-item-title": lambda c: all(_one(item, "title") for item in c.findall("item")),
    "element-channel-item-link": lambda c: (
        all(_one(item, "link") for item in c.findall("item"))
        and _each(c, "item/link", lambda url: url.startswith("http"))
    ),
    "element-channel-item-description": lambda c: all(
        len(item.findall("description")) < 2 for item in c.findall("item")
    ),
    "element-channel-item-author": lambda c: c.find("item/author") is None,
    "element-channel-item-enclosure": lambda c: all(
        len(item.findall("enclosure")) < 2
        and all(set(found.keys()) == {"url", "length", "type"} for found in item.findall("enclosure"))
        and all((found.get("length") or "").isdigit() for found in item.findall("enclosure"))
        for item in c.findall("item")
    ),
    "element-channel-item-guid": lambda c: (
        all(_one(item, "guid[@isPermaLink='false']") for item in c.findall("item"))
        and len({guid.text for guid in c.findall("item/guid")}) == len(c.findall("item"))
    ),
    "element-channel-item-pubdate": lambda c: (
        all(_one(item, "pubDate") for item in c.findall("item")) and _each(c, "item/pubDate", _is_date)
    ),
    "namespace-elements-atom-link": lambda c: _one(
        c, "atom:link[@rel='self'][@href][@type='application/rss+xml']"
    ),
    "namespace-elements-content-encoded": lambda c: all(
        len(item.findall("content:encoded", NAMES)) < 2 for item in c.findall("item")
    ),
    "namespace-elements-dublin-creator": lambda c: _each(c, "item/dc:creator", bool),
}
"""The address of a rule within the profile to what it asks of a channel."""


def broken(channel: Element) -> set[str]:
    """The rules that a channel does not keep."""
    return {name for name, keeps in RULES.items() if not keeps(channel)}
