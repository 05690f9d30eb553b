"""Atom 1.0 (RFC 4287)."""

from cachetools import LRUCache, cached
from feedgen.entry import FeedEntry
from lxml.etree import Element

from feedsvc.articles.model import Author
from feedsvc.documents.feeds.extensions.elements import ATOM
from feedsvc.documents.feeds.extensions.registry import namespaces_of
from feedsvc.documents.feeds.fragments import (
    CACHE_SIZE,
    EntryFragment,
    Placeholder,
    insert,
    new_entry,
    new_feed,
    write,
)
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.verification import atom_ids

MEDIA_TYPE = "application/atom+xml"


def render(feed: Feed) -> bytes:
    """Writes ``feed`` as Atom 1.0 in UTF-8; equal feeds give equal bytes.

    Raises:
        InvalidFeedError: The written feed does not read back as it should.
    """
    return insert(feed.self_url or feed.id, _frame(feed), [_entry(entry) for entry in feed.entries], atom_ids)


def _frame(feed: Feed) -> bytes:
    """The feed with a place for its entries."""
    atom = new_feed(feed, "atom")
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
    atom = new_entry(entry, "atom", podcast=False)
    _fill(atom, entry)
    declared = {each.prefix: each.uri for each in namespaces_of("atom", podcast=False) if each.prefix}
    # As feedgen does it: the namespace of Atom is an attribute, and its elements have none.
    return write(atom.atom_entry(), Element("feed", nsmap=declared, xmlns=ATOM), entry, atom_ids)


_entry = cached(LRUCache(maxsize=CACHE_SIZE, getsizeof=len))(_write)


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
