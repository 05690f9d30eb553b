"""Atom 1.0 (RFC 4287)."""

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import Element, _Element

from feedsvc.articles.model import Author
from feedsvc.core.lru_cache import LruCache
from feedsvc.documents.feeds.extensions.atom import ATOM, AtomEntry
from feedsvc.documents.feeds.extensions.extension import Extension, FeedExtension, add
from feedsvc.documents.feeds.extensions.history import FeedHistory
from feedsvc.documents.feeds.extensions.style import StyledFeed
from feedsvc.documents.feeds.fragments import ROOM, EntryFragment, Placeholder, insert, new_entry, write
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.timestamps import rfc3339
from feedsvc.documents.feeds.verification import atom_ids

TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
COMMENT = "This article was taken back."


class Tombstones(FeedExtension):
    """The deleted entries of an Atom feed."""

    def extend_ns(self) -> dict[str, str]:
        """Declares ``at`` where there are any."""
        return {"at": TOMBSTONES} if self.feed.tombstones else {}

    def extend_atom(self, element: _Element) -> _Element:
        """Adds an ``at:deleted-entry`` for each to ``<feed>`` (section 3)."""
        for stone in self.feed.tombstones:
            deleted = add(element, f"{{{TOMBSTONES}}}deleted-entry", ref=stone.id, when=rfc3339(stone.when))
            add(deleted, f"{{{TOMBSTONES}}}comment", COMMENT)
        return element


MEDIA_TYPE = "application/atom+xml"

EXTENSIONS: dict[str, tuple[type[FeedExtension], type[Extension]]] = {
    "extension": (FeedExtension, AtomEntry),
    "history": (FeedHistory, Extension),
    "style": (StyledFeed, Extension),
    "tombstones": (Tombstones, Extension),
}
"""Name -> what tells of the feed and what of each entry, in the order in which they write."""


def render(feed: Feed) -> bytes:
    """Writes ``feed`` as Atom 1.0 in UTF-8; equal feeds give equal bytes.

    Raises:
        InvalidFeedError: What was written does not read back as it should.
    """
    return insert(feed.self_url or feed.id, _frame(feed), [_entry(entry) for entry in feed.entries], atom_ids)


def _frame(feed: Feed) -> bytes:
    """The feed with a place for its entries."""
    atom = FeedGenerator()
    for name, (of_feed, of_entry) in EXTENSIONS.items():
        atom.register_extension(name, of_feed, of_entry, rss=False)
        getattr(atom, name).feed = feed
    atom.id(feed.id)
    atom.title(feed.title)
    if feed.description:
        atom.subtitle(feed.description)
    # Section 4.1.1: a feed has an author unless each entry has one, and an article may come without.
    atom.author(_person(feed.author or Author(feed.title)))
    if feed.self_url is not None:
        atom.link(href=feed.self_url, rel="self", type=MEDIA_TYPE)
    atom.link(href=feed.url, rel="alternate", type="text/html")
    for hub in feed.hubs:
        atom.link(href=hub, rel="hub")
    atom.language(feed.language)
    atom.updated(feed.updated)
    atom.generator("feedsvc")
    atom.icon(feed.icon)
    atom.logo(feed.logo)
    atom.rights(feed.copyright)
    atom.add_entry(Placeholder(), order="append")
    document: bytes = atom.atom_str(pretty=True)
    return document


def _write(entry: Entry) -> EntryFragment:
    atom = new_entry(entry, {name: of_entry for name, (_, of_entry) in EXTENSIONS.items()}, "atom")
    _fill(atom, entry)
    # As feedgen does it: the namespace is an attribute, and elements have none.
    return write(atom.atom_entry(), Element("feed", xmlns=ATOM), entry, atom_ids)


_entry = LruCache(_write, len, ROOM)


def _fill(atom: FeedEntry, entry: Entry) -> None:
    atom.id(entry.id)
    atom.title(entry.title)
    atom.updated(entry.updated)
    atom.published(entry.published)
    atom.author([_person(author) for author in entry.authors])
    atom.category([{"term": tag, "label": tag} for tag in entry.tags])
    if entry.summary:
        atom.summary(entry.summary)
    atom.content(entry.content, type="html")


def _person(author: Author) -> dict[str, str]:
    """A person construct (RFC 4287, section 3.2)."""
    return {"name": author.name} | ({"uri": author.url} if author.url else {})
