"""Atom (RFC 4287): in RSS what that has no element for, and in Atom what feedgen leaves out."""

from lxml.etree import _Element

from feedsvc.documents.feeds.extensions.extension import EntryExtension, FeedExtension, add, channel_of
from feedsvc.documents.feeds.timestamps import rfc3339

ATOM = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"


class AtomInChannel(FeedExtension):
    """The hubs of an RSS channel; feedgen declares the prefix and writes no link but the first to itself."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds one ``atom:link`` for each hub (WebSub, section 4)."""
        for hub in self.feed.hubs:
            add(channel_of(element), f"{{{ATOM}}}link", href=hub, rel="hub")
        return element


class AtomInItem(EntryExtension):
    """The date of the last change of an RSS item."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``atom:updated``."""
        add(element, f"{{{ATOM}}}updated", rfc3339(self.entry.updated))
        return element


class AtomEntry(EntryExtension):
    """Links and language of an Atom entry; feedgen drops ``rel``, ``type`` and ``length`` of a link.

    There is no ``xml:base``: every address is absolute, and feedparser, which many readers use, would go on with
    the base of one entry's content in the next entries, and turn an id like ``tide-7`` into another.
    """

    def extend_atom(self, element: _Element) -> _Element:
        """Adds the links (RFC 4287, section 4.2.7) and ``xml:lang`` (section 2)."""
        entry = self.entry
        add(element, "link", rel="alternate", type="text/html", href=entry.url)
        # Some readers take the first of the alternates and others the last; both are the entry's own page.
        for language, href in entry.translations:
            add(element, "link", rel="alternate", type="text/html", hreflang=language, href=href)
        for file in entry.enclosures:
            add(
                element,
                "link",
                rel="enclosure",
                type=file.media_type,
                href=file.url,
                length=file.length or None,
                title=file.title,
            )
        for href in dict.fromkeys(filter(None, (entry.links.external, *entry.links.related))):
            add(element, "link", rel="related", href=href)
        for href in entry.links.via:
            add(element, "link", rel="via", href=href)
        if entry.language:
            element.set(f"{{{XML}}}lang", entry.language)
        return element
