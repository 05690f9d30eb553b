"""The index that a round writes for documents that are rendered on demand."""

from collections.abc import Iterator, Mapping

from builders import record

from feedsvc.articles.record import Record
from feedsvc.channels.archive import ArchivePlace
from feedsvc.channels.channel import ChannelSummary
from feedsvc.channels.selection import select
from feedsvc.channels.site import Site
from feedsvc.publishing.indexing import channel_summaries, update_index


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
    return update_index(index, records, channels, records, selection, afresh=True)


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
