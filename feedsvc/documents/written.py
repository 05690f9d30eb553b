"""A written entry: the element that an entry became in one format, for all feeds that hold it.

An article stands in the feed of the site, of its sections, tags and authors, and on a page of each one's archive.
It is written once for all of them, and stays written until it changes or room is needed for others.
"""

from copy import deepcopy
from typing import Literal

from feedgen.entry import FeedEntry
from lxml.etree import _Element

from feedsvc.documents.feed import Entry
from feedsvc.documents.namespaces.extension import Extension

ROOM = 8_000_000
"""How many characters of entries are kept written in each format: some thousand articles."""
_MARKUP = 1_000
"""Characters that an entry has beside its text, more or less."""


class Written:
    """Stands in a feed for the entry that feedgen has written before."""

    def __init__(self, element: _Element, entry: Entry) -> None:
        self._element = element
        self.length = length(entry)

    def register_extension(self, *_: object) -> None:
        """Does nothing: the extensions have written what they have to say."""

    def rss_entry(self) -> _Element:
        """A copy of the element, for one feed."""
        return deepcopy(self._element)

    atom_entry = rss_entry


def new_entry(entry: Entry, extensions: dict[str, type[Extension]], form: Literal["atom", "rss"]) -> FeedEntry:
    """An entry of feedgen with ``extensions``, by name, that will tell of ``entry`` in one format."""
    blank = FeedEntry()
    for name, of_entry in extensions.items():
        blank.register_extension(name, of_entry, atom=form == "atom", rss=form == "rss")
        getattr(blank, name).entry = entry
    return blank


def length(entry: Entry) -> int:
    """About how many characters ``entry`` has."""
    return len(entry.content) + len(entry.summary) + len(entry.markdown or "") + _MARKUP
