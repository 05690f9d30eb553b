"""A sample: one article as it stands in a feed of each format."""

import json
from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site
from feedsvc.channels.window import newest
from feedsvc.documents.feeds.builder import build_feed
from feedsvc.documents.feeds.decoration import decorate
from feedsvc.documents.feeds.formats import FORMATS
from feedsvc.documents.feeds.model import Entry

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)


def samples(site: Site, channel: Channel, entry: Entry) -> Mapping[str, str]:
    """The entry as ``channel`` tells it, by the name of the format."""
    shown = decorate(entry, site, channel)
    told = replace(channel, records=newest(site, channel.records))
    return {
        form.name: _entry(form.render(build_feed(site, told, channel.path + form.file, [shown])))
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
