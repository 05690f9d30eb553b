"""What differs from the last edition is written: prepared documents, and the index of all others."""

from collections.abc import Iterator, Mapping
from typing import cast

from builders import record

from feedsvc.articles.record import Record
from feedsvc.channels.archive import ArchivePlace
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.selection import select
from feedsvc.channels.site import Site
from feedsvc.documents.model import FEED, Document, DocumentSpec
from feedsvc.publishing.rendering import channel_summaries, render_changed, update_index
from feedsvc.responses.edition import Edition, PublisherState
from feedsvc.responses.response import Response
from feedsvc.store.unit_of_work import Transaction


class Shelf:
    """Keeps what is put."""

    def __init__(self) -> None:
        self.there: dict[str, Response] = {}
        self.rekeyed: list[tuple[str, str]] = []
        self.dropped: list[str] = []

    def put(self, response: Response) -> None:
        """Note it."""
        self.there[response.path] = response

    def rekey(self, path: str, key: str) -> None:
        """Note it."""
        self.rekeyed.append((path, key))

    def drop(self, path: str) -> None:
        """Note it."""
        self.dropped.append(path)


def recipe(number: int, key: str = "new") -> DocumentSpec:
    """Of a feed without entries."""
    path = f"/{number}/atom.xml"
    content = f"<feed>{number}</feed>".encode()
    return DocumentSpec(path, key, lambda: Document(path, FEED, "application/atom+xml", content))


def run(shelf: Shelf, memory: PublisherState, *recipes: DocumentSpec) -> PublisherState:
    """One round; gives what the next one has to know."""
    renewed = render_changed(recipes, cast("Transaction", shelf), memory, 7, lambda *_: None)
    return PublisherState(Edition(1, 7), {}, renewed.responses, {})


def test_what_differs_is_put_what_does_not_is_left_and_what_is_gone_is_dropped() -> None:
    """The same bytes by another key are the same bytes: nothing is written but the key."""
    first, second = Shelf(), Shelf()
    memory = run(first, PublisherState(), recipe(1), recipe(2), recipe(3))
    assert len(first.there) == 3
    run(second, memory, recipe(1), recipe(2, "newer"), recipe(4))
    assert second.rekeyed == [("/2/atom.xml", "newer")]
    assert second.there.keys() == {"/4/atom.xml"}
    assert second.dropped == ["/3/atom.xml"]


class Index:
    """An index in memory, which notes what is written."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], ArchivePlace] = {}
        self.written: list[tuple[str, str]] = []

    def places(self, channel: str) -> Iterator[tuple[str, ArchivePlace]]:
        """Those of one channel, as they are while nothing is written."""
        yield from [(key, place) for (path, key), place in self.stored.items() if path == channel]

    def keep_place(self, channel: str, record_id: str, place: ArchivePlace) -> None:
        """Keep and note it."""
        self.stored[channel, record_id] = place
        self.written.append((channel, record_id))

    def keep_channel(self, channel: ChannelSummary) -> None:
        """Channels are not looked at here."""

    def forget_channel(self, path: str) -> None:
        """Channels are not looked at here."""


def _update_afresh(index: Index, records: Mapping[str, Record]) -> bool:
    """Update the index as the first round of a process does, where no record has changed."""
    selection = select(Site("https://example.org", "News", "The news.", "en"), records.values())
    channels = channel_summaries({}, selection)
    return update_index(cast("Transaction", index), records, channels, records, selection, afresh=True)


def test_the_first_round_of_a_process_writes_the_places_that_differ_and_no_other() -> None:
    """The program or the settings may be others than those that the store was written by."""
    records = {each.id: each for each in (record(name, settled=True, listed=True) for name in ("a", "b", "c"))}
    index = Index()
    assert _update_afresh(index, records)
    whole = dict(index.stored)
    assert {key for path, key in whole if path == "/"} == records.keys()
    index.written.clear()
    assert not _update_afresh(index, records)
    assert index.written == []
    first, second, _ = records
    del index.stored["/", first]
    index.stored["/", second] = whole["/", second]._replace(is_held=False)
    index.stored["/", "forgotten"] = whole["/", first]
    assert _update_afresh(index, records)
    assert index.written == [("/", first), ("/", second)]
    assert index.stored.items() >= whole.items()
