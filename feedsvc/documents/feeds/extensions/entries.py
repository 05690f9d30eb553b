"""Elements of entries that feedgen lacks: RSS and Atom proper, Content, Dublin Core and Source."""

from lxml.etree import _Element

from feedsvc.core.timestamps import rfc822, rfc3339
from feedsvc.documents.feeds.extensions.extension import EntryExtension, add

ATOM = "http://www.w3.org/2005/Atom"
"""RFC 4287."""
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
SOURCE = "http://source.scripting.com/"
"""For programs that render or edit Markdown."""
XML = "http://www.w3.org/XML/1998/namespace"


class RssItem(EntryExtension):
    """The date of an RSS item (https://www.rssboard.org/rss-profile).

    feedgen switches the locale of the process to write one, and writes the year 800 with three digits.
    """

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``pubDate``."""
        add(element, "pubDate", rfc822(self.entry.published))
        return element


class ContentItem(EntryExtension):
    """The full text of an RSS item; feedgen would make that of an item without summary its description."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``content:encoded``."""
        if self.entry.content:
            add(element, f"{{{CONTENT}}}encoded", self.entry.content)
        return element


class DublinCoreItem(EntryExtension):
    """The authors of an RSS item by name; ``author`` must hold an e-mail address, or feedgen drops it."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds one ``dc:creator`` for each author."""
        for author in self.entry.authors:
            add(element, f"{{{DUBLIN_CORE}}}creator", author.name)
        return element


class SourceItem(EntryExtension):
    """The Markdown that an RSS item was written in."""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``source:markdown``."""
        if self.entry.markdown:
            add(element, f"{{{SOURCE}}}markdown", self.entry.markdown)
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
