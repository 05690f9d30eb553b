"""RSS 2.0 and Atom 1.0 (RFC 4287), written by feedgen.

RSS is as the RSS Advisory Board's profile advises (https://www.rssboard.org/rss-profile).

A feed is the frame that feedgen writes around a place for entries, and the written entries in that place. An
article stands in the feeds of the site, of its sections, tags and authors, and on a page of each one's archive:
its entry is written and read back once for all of them, and stays written until it changes or room is needed for
others.

A whole element within a whole element is a whole one (XML 1.0, section 3.1). So each entry is verified when it is
written, and the frame of each feed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate, groupby
from urllib.parse import quote

from cachetools import LRUCache
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import Element, ProcessingInstruction, SubElement, _Element, tostring

from feedsvc.articles.model import Author
from feedsvc.core.errors import InvalidFeedError
from feedsvc.documents.feeds.model import CACHE_SIZE, Entry, Feed
from feedsvc.documents.feeds.namespaces import ATOM, Kind, namespaces_of
from feedsvc.documents.feeds.verification import Ids, atom_ids, prefixes, rss_ids, verify

RSS_TYPE = "application/rss+xml"
ATOM_TYPE = "application/atom+xml"

_IDS: Mapping[Kind, Ids] = {"rss": rss_ids, "podcast": rss_ids, "atom": atom_ids}
_MARK = ("feedsvc", "entries")
_PLACE = b"<?feedsvc entries?>\n"
"""The mark as it stands in a feed, on a line of its own. No text can look like it: lxml escapes each ``<``."""


class _Frame:
    """An extension of feedgen: it adds to a feed what feedgen lacks, and a mark in the place of the entries."""

    def __init__(self, feed: Feed, kind: Kind) -> None:
        self._feed = feed
        self._namespaces = namespaces_of(kind)

    def extend_ns(self) -> Mapping[str, str]:
        """The namespaces that the root element has to declare, by prefix."""
        return {each.prefix: each.uri for each in self._namespaces if each.prefix and each.is_declared(self._feed)}

    def extend_rss(self, root: _Element) -> None:
        """Add to ``<rss>``, which holds the channel alone."""
        self._extend(root, root[0])

    def extend_atom(self, root: _Element) -> None:
        """Add to ``<feed>``."""
        self._extend(root, root)

    def _extend(self, root: _Element, parent: _Element) -> None:
        for each in self._namespaces:
            if each.of_feed is not None:
                each.of_feed(self._feed, parent)
        parent.append(ProcessingInstruction(*_MARK))
        if self._feed.style:  # by which a browser shows the feed itself (https://www.w3.org/TR/xml-stylesheet/)
            href = quote(self._feed.style, safe="/%:@!$'()*+,;=-._~")
            root.addprevious(ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{href}"'))


def _generator(feed: Feed, kind: Kind) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension("feedsvc", lambda: _Frame(feed, kind))
    return generator


def render_rss(feed: Feed) -> bytes:
    """Writes ``feed`` as RSS 2.0 in UTF-8; equal feeds give equal bytes.

    Raises:
        InvalidFeedError: The written feed does not read back as it should.
    """
    kind: Kind = "rss" if feed.podcast is None else "podcast"
    channel = _generator(feed, kind)
    channel.title(feed.title)
    channel.description(feed.description or feed.title)
    if feed.self_url is not None:
        channel.link(href=feed.self_url, rel="self", type=RSS_TYPE)
    channel.link(href=feed.url, rel="alternate")  # feedgen takes the last link for <link>
    channel.language(feed.language)
    channel.lastBuildDate(feed.updated)
    channel.generator("feedsvc")
    channel.copyright(feed.copyright)
    if feed.logo:
        channel.image(feed.logo, feed.title, feed.url)
    if feed.ttl:
        channel.ttl(feed.ttl)
    return insert(feed, kind, channel.rss_str(pretty=True))


def render_atom(feed: Feed) -> bytes:
    """Writes ``feed`` as Atom 1.0 in UTF-8; equal feeds give equal bytes.

    Raises:
        InvalidFeedError: The written feed does not read back as it should.
    """
    atom = _generator(feed, "atom")
    atom.id(feed.id)
    atom.title(feed.title)
    if feed.description:
        atom.subtitle(feed.description)
    # Section 4.1.1: a feed has an author unless each entry has one, and an article may come without.
    atom.author(_person(feed.author or Author(feed.title)))
    if feed.self_url is not None:
        atom.link(href=feed.self_url, rel="self", type=ATOM_TYPE)
    atom.link(href=feed.url, rel="alternate", type="text/html")
    for hub in feed.hubs:
        atom.link(href=hub, rel="hub")
    atom.language(feed.language)
    atom.updated(feed.updated)
    atom.generator("feedsvc")
    atom.icon(feed.icon)
    atom.logo(feed.logo)
    atom.rights(feed.copyright)
    return insert(feed, "atom", atom.atom_str(pretty=True))


def _item(entry: Entry) -> _Element:
    item = FeedEntry()
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate")
    item.guid(entry.id, permalink=False)
    item.category([{"term": tag} for tag in entry.tags])
    if entry.summary:
        item.description(escape(entry.summary, quote=False))  # the profile: a description is read as HTML
    for enclosure in entry.enclosures[:1]:  # the profile: one enclosure an item, since readers differ about more
        item.enclosure(enclosure.url, enclosure.length, enclosure.media_type)
    element: _Element = item.rss_entry()
    return element


def _atom_entry(entry: Entry) -> _Element:
    atom = FeedEntry()
    atom.id(entry.id)
    atom.title(entry.title)
    atom.updated(entry.updated)
    atom.published(entry.published)
    atom.author([_person(author) for author in entry.authors])
    atom.category([{"term": tag, "label": tag} for tag in entry.tags])
    if entry.summary:
        atom.summary(entry.summary)
    atom.content(entry.content, type="html")
    element: _Element = atom.atom_entry()
    return element


def _person(author: Author) -> dict[str, str]:
    """A person construct (RFC 4287, section 3.2)."""
    return {"name": author.name} | ({"uri": author.url} if author.url else {})


@dataclass(frozen=True, slots=True)
class EntryFragment:
    """An entry as it stands in every feed of one kind."""

    content: bytes
    """Whole lines, indented as deep as entries stand."""
    prefixes: frozenset[str]
    """Those of namespaces in it, which the feed around has to declare."""

    def __len__(self) -> int:
        """How many bytes it has."""
        return len(self.content)


_TOGETHER = 500_000
"""About how many characters of entries are written together."""
_FRAGMENTS: Mapping[Kind, LRUCache[Entry, EntryFragment]] = {
    kind: LRUCache(maxsize=CACHE_SIZE, getsizeof=len) for kind in _IDS
}


def fragments(kind: Kind, entries: Sequence[Entry]) -> list[EntryFragment]:
    """The entries as they stand in feeds of a kind; those that are not written yet are written together.

    Raises:
        InvalidFeedError: An entry did not come out as it should; the message names its page.
    """
    cache = _FRAGMENTS[kind]
    found = {entry: fragment for entry in entries if (fragment := cache.get(entry)) is not None}
    missing = [entry for entry in dict.fromkeys(entries) if entry not in found]
    sizes = accumulate(entry.size for entry in missing)
    for _, group in groupby(zip(sizes, missing, strict=True), key=lambda each: each[0] // _TOGETHER):
        for entry, fragment in _written(kind, [entry for _, entry in group]):
            found[entry] = fragment
            if len(fragment) <= cache.maxsize:
                cache[entry] = fragment
    return [found[entry] for entry in entries]


def _written(kind: Kind, entries: Sequence[Entry]) -> Iterator[tuple[Entry, EntryFragment]]:
    """Write entries into one feed of their own, read it back, and take it apart."""
    namespaces = namespaces_of(kind)
    root, parent = _around(kind, {each.prefix: each.uri for each in namespaces if each.prefix})
    parent.append(ProcessingInstruction(*_MARK))
    elements = []
    for entry in entries:
        element = _atom_entry(entry) if kind == "atom" else _item(entry)
        for each in namespaces:
            if each.of_entry is not None:
                each.of_entry(entry, element)
        parent.extend((element, ProcessingInstruction(*_MARK)))
        elements.append(element)
    whole = tostring(root.getroottree(), encoding="UTF-8", pretty_print=True)
    try:
        verify(entries[0].url, whole, _IDS[kind], [entry.id for entry in entries])
    except InvalidFeedError:
        for entry in entries if len(entries) > 1 else ():
            list(_written(kind, [entry]))  # raises for the one that is spoiled, and names it
        raise
    _, *contents, _ = _around_marks(whole)
    for entry, element, content in zip(entries, elements, contents, strict=True):
        yield entry, EntryFragment(content, frozenset(each.prefix for each in element.iter() if each.prefix))


def _around(kind: Kind, declared: Mapping[str, str]) -> tuple[_Element, _Element]:
    """The root of a feed, and the element in it that entries stand in."""
    if kind == "atom":  # As feedgen does it: the namespace of Atom is an attribute, and its elements have none.
        feed = Element("feed", nsmap=declared, xmlns=ATOM)
        return feed, feed
    root = Element("rss", nsmap=declared)
    return root, SubElement(root, "channel")


def insert(feed: Feed, kind: Kind, frame: bytes) -> bytes:
    """Put the entries of a feed into the place that its frame has for them.

    Raises:
        InvalidFeedError: The frame, or an entry, did not come out as it should.
    """
    url = feed.self_url or feed.id
    entries = fragments(kind, feed.entries)
    verify(url, frame, _IDS[kind], ())
    parts = _around_marks(frame)
    used = frozenset[str]().union(*(entry.prefixes for entry in entries))
    if len(parts) != 2 or not used <= prefixes(frame):
        raise InvalidFeedError(f"{url} has no place for its entries", "please report this fault of feedsvc")
    return parts[0] + b"".join(entry.content for entry in entries) + parts[1]


def _around_marks(document: bytes) -> list[bytes]:
    """The whole lines before, between and after the marks in a document."""
    *before, last = document.split(_PLACE)
    return [*(part.rstrip(b" ") for part in before), last]
