"""What feedgen leaves out or gets wrong, mended through its own extension points.

feedgen makes one extension object for the feed and one for each entry, sets it as an attribute under the
name it was registered by, and calls it when the tree is built. In its Atom tree elements carry no namespace.
"""

from datetime import datetime

from lxml.etree import SubElement, _Element

from feedsvc.articles.article import Enclosure
from feedsvc.documents.times import rfc822, rfc3339

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
XML = "http://www.w3.org/XML/1998/namespace"


class Extension:
    """What feedgen asks of an extension; this one adds nothing."""

    def extend_ns(self) -> dict[str, str]:
        """Gives the namespaces, by prefix, that the root element has to declare."""
        return {}

    def extend_rss(self, element: _Element) -> _Element:
        """Adds to ``<item>``; at the feed it receives ``<rss>``, not ``<channel>``."""
        return element

    def extend_atom(self, element: _Element) -> _Element:
        """Adds to ``<entry>``, or to ``<feed>``."""
        return element


class RssItem(Extension):
    """The date and the full text of an RSS item.

    feedgen switches the locale of the process to write a date and writes the year 800 with three digits; an
    item without a summary gets its full text as the description.
    """

    published: datetime
    content: str = ""

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``pubDate`` and ``content:encoded``."""
        SubElement(element, "pubDate").text = rfc822(self.published)
        if self.content:
            SubElement(element, f"{{{CONTENT}}}encoded").text = self.content
        return element


class DublinCore(Extension):
    """Authors by name: RSS ``author`` must be an e-mail address, so feedgen drops those without one."""

    creators: tuple[str, ...] = ()

    def extend_ns(self) -> dict[str, str]:
        """Declares ``dc``."""
        return {"dc": DUBLIN_CORE}

    def extend_rss(self, element: _Element) -> _Element:
        """Adds one ``dc:creator`` for each author."""
        for creator in self.creators:
            SubElement(element, f"{{{DUBLIN_CORE}}}creator").text = creator
        return element


class AtomInRss(Extension):
    """The date of the last change, which RSS has no element for."""

    updated: datetime

    def extend_rss(self, element: _Element) -> _Element:
        """Adds ``atom:updated``; feedgen itself declares the prefix."""
        SubElement(element, f"{{{ATOM}}}updated").text = rfc3339(self.updated)
        return element


class AtomEntry(Extension):
    """The links and the language of an Atom entry; feedgen drops ``rel``, ``type`` and ``length`` of a link."""

    url: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None

    def extend_atom(self, element: _Element) -> _Element:
        """Adds the page, the enclosures (RFC 4287, section 4.2.7) and ``xml:lang`` (section 2)."""
        SubElement(element, "link", rel="alternate", type="text/html", href=self.url)
        for enclosure in self.enclosures:
            link = SubElement(element, "link", rel="enclosure", type=enclosure.media_type, href=enclosure.url)
            if enclosure.length:
                link.set("length", str(enclosure.length))
        if self.language:
            element.set(f"{{{XML}}}lang", self.language)
        return element
