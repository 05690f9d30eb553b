"""A written entry: the bytes that an entry becomes in one format, for all feeds that hold it.

An article stands in the feed of the site, of its sections, tags and authors, and on a page of each one's archive.
Its entry is written and read back once for all of them, and stays written until it changes or room is needed for
others. A feed is the frame that feedgen writes around a place for entries, and the written entries in that place.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import ProcessingInstruction, _Element, tostring

from feedsvc.core.errors import InvalidFeedError
from feedsvc.documents.feeds.extensions.registry import XmlFormat, namespaces_of
from feedsvc.documents.feeds.model import Entry, Feed
from feedsvc.documents.feeds.verification import Ids, prefixes, verify

CACHE_SIZE = 16_000_000
"""How many bytes of entries are kept written in each format: some thousand articles."""
_MARKUP = 1_000
"""Characters that an entry has beside its text, more or less."""
_MARK = ("feedsvc", "entries")
_PLACE = b"<?feedsvc entries?>\n"
"""The mark as it stands in a feed, on a line of its own. No text can look like it: lxml escapes each ``<``."""


class Placeholder:
    """Stands in a feed for all of its entries, while feedgen writes what is around them."""

    def register_extension(self, *_: object) -> None:
        """Does nothing: an entry's extensions write with it."""

    def rss_entry(self) -> _Element:
        """The mark."""
        return ProcessingInstruction(*_MARK)

    atom_entry = rss_entry


@dataclass(frozen=True, slots=True)
class EntryFragment:
    """An entry as it stands in every feed of one format."""

    content: bytes
    """Whole lines, indented as deep as entries stand."""
    prefixes: frozenset[str]
    """Those of namespaces in it, which the feed around has to declare."""

    def __len__(self) -> int:
        """How many bytes it has."""
        return len(self.content)


def new_feed(feed: Feed, form: XmlFormat) -> FeedGenerator:
    """A feed of feedgen whose extensions know ``feed``."""
    generator = FeedGenerator()
    for each in namespaces_of(form, podcast=feed.podcast is not None):
        generator.register_extension(
            each.name, each.of_feed, each.of_entry, atom=form == "atom", rss=form == "rss"
        )
        extension = getattr(generator, each.name)
        extension.feed, extension.namespaces = feed, each.declared(feed)
    return generator


def new_entry(entry: Entry, form: XmlFormat, *, podcast: bool) -> FeedEntry:
    """An entry of feedgen whose extensions know ``entry``."""
    blank = FeedEntry()
    for each in namespaces_of(form, podcast=podcast):
        blank.register_extension(each.name, each.of_entry, atom=form == "atom", rss=form == "rss")
        getattr(blank, each.name).entry = entry
    return blank


def write(element: _Element, around: _Element, entry: Entry, ids: Ids) -> EntryFragment:
    """Write the ``element`` that ``entry`` has become, as it stands in the last child of a feed ``around``.

    Args:
        element: The entry.
        around: An empty element such as entries stand in, in a root that declares what they may use.
        entry: What it tells of.
        ids: Reads back what was written.

    Raises:
        InvalidFeedError: It did not come out as it should.
    """
    around.extend((ProcessingInstruction(*_MARK), element, ProcessingInstruction(*_MARK)))
    whole = tostring(around.getroottree(), encoding="UTF-8", pretty_print=True)
    verify(entry.url, whole, ids, (entry.id,))
    _, content, _ = _around_marks(whole)
    used = frozenset(each.prefix for each in element.iter() if each.prefix)
    return EntryFragment(content, used)


def insert(url: str, frame: bytes, entries: Sequence[EntryFragment], ids: Ids) -> bytes:
    """Put entries into the place that is for them.

    Args:
        url: Where the feed is served.
        frame: The feed with one :class:`Placeholder` for all entries.
        entries: In their order.
        ids: Reads the frame back.

    Raises:
        InvalidFeedError: The frame did not come out as it should.
    """
    verify(url, frame, ids, ())
    parts = _around_marks(frame)
    used = frozenset[str]().union(*(entry.prefixes for entry in entries))
    if len(parts) != 2 or not used <= prefixes(frame):
        raise InvalidFeedError(f"{url} has no place for its entries", "please report this fault of feedsvc")
    return parts[0] + b"".join(entry.content for entry in entries) + parts[1]


def _around_marks(document: bytes) -> list[bytes]:
    """The whole lines before, between and after the marks in a document."""
    *before, last = document.split(_PLACE)
    return [*(part.rstrip(b" ") for part in before), last]


def length(entry: Entry) -> int:
    """About how many characters ``entry`` has."""
    return len(entry.content) + len(entry.summary) + len(entry.markdown or "") + _MARKUP
