"""OPML 2.0 (https://opml.org/spec2.opml): all channels as one list, which feed readers import."""

from collections.abc import Sequence
from functools import partial

from lxml import etree

from feedsvc.channels.channel import Channel
from feedsvc.channels.site import Site
from feedsvc.documents.fingerprints import key, site_part
from feedsvc.documents.model import OPML, Document, DocumentSpec

PATH = "/feeds.opml"


def subscription_list(site: Site, channels: Sequence[Channel]) -> DocumentSpec:
    """The document that lists the feeds of all channels."""
    parts = [[channel.path, channel.title, channel.description, channel.kind] for channel in channels]
    return DocumentSpec(PATH, key("opml", site_part(site), parts), partial(_make, site, channels))


def _make(site: Site, channels: Sequence[Channel]) -> Document:
    return Document(PATH, OPML, "text/x-opml; charset=utf-8", render(site, channels))


def render(site: Site, channels: Sequence[Channel]) -> bytes:
    """The list in UTF-8; equal channels give equal bytes.

    Each channel stands once, by its Atom feed: a reader that imports the list subscribes to all it finds, and
    whoever wants another format finds it from the channel's page (``htmlUrl``).
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = site.title
    if site.author:
        etree.SubElement(head, "ownerName").text = site.author
    etree.SubElement(head, "docs").text = "https://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    for channel in channels:
        etree.SubElement(
            body,
            "outline",
            type="rss",  # for feeds of every format ("Subscription lists")
            text=channel.title,
            title=channel.title,
            description=channel.description,
            xmlUrl=site.url(channel.path + "atom.xml"),
            htmlUrl=site.url(channel.path),
            category=f"/{channel.kind}",
        )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
