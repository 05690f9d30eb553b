"""Atom 1.0 (RFC 4287)."""

from operator import attrgetter

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feedsvc.articles.article import Author
from feedsvc.documents.feed import Entry, Feed
from feedsvc.documents.memo import Memo
from feedsvc.documents.namespaces.atom import AtomEntry
from feedsvc.documents.namespaces.extension import Extension, FeedExtension
from feedsvc.documents.namespaces.history import FeedHistory
from feedsvc.documents.namespaces.tombstones import Tombstones
from feedsvc.documents.written import ROOM, Written, new_entry

MEDIA_TYPE = "application/atom+xml"

EXTENSIONS: dict[str, tuple[type[FeedExtension], type[Extension]]] = {
    "extension": (FeedExtension, AtomEntry),
    "history": (FeedHistory, Extension),
    "tombstones": (Tombstones, Extension),
}
"""Name -> what tells of the feed and what of each entry, in the order in which they write."""


def render(feed: Feed) -> bytes:
    """Writes ``feed`` as Atom 1.0 in UTF-8; equal feeds give equal bytes."""
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
    for entry in feed.entries:
        atom.add_entry(_entry(entry), order="append")
    document: bytes = atom.atom_str(pretty=True)
    return document


def _write(entry: Entry) -> Written:
    atom = new_entry(entry, {name: of_entry for name, (_, of_entry) in EXTENSIONS.items()}, "atom")
    _fill(atom, entry)
    return Written(atom.atom_entry(), entry)


_entry = Memo(_write, attrgetter("length"), ROOM)


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
