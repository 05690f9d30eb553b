from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import record

from feedsvc.articles.record import Record
from feedsvc.channels.archive import (
    ArchivedArticle,
    Numbers,
    Page,
    archive_page,
    archive_place,
    last_positions,
    page_before,
    page_count,
    positioned,
)
from feedsvc.channels.channel import Channel, ChannelSummary

DAY = timedelta(days=1)
FIRST = datetime(2026, 5, 1, 12, tzinfo=UTC)


def _record(name: str, day: int = 0, changed: int = 0) -> Record:
    published = FIRST + day * DAY
    return record(name, id=name, published=published, updated=published, changed=FIRST + changed * DAY)


def _channel(names: str, gone: str = "") -> Channel:
    """A channel of articles that are named by letters and were published in the order of the alphabet."""
    held = tuple(_record(name, ord(name)) for name in sorted(names, reverse=True))
    return Channel("T", "D", "/", held, FIRST, gone=tuple(_record(name, changed=9) for name in gone))


def _archive(channel: Channel, size: int) -> list[Page]:
    """All pages of the archive of ``channel``, which may have had any article that was named by a letter."""
    summary, held = ChannelSummary.of(channel), {record.id for record in channel.records}
    known = {record.id: record for record in (*map(_record, "abcdefz"), *channel.gone, *channel.records)}
    places = {key: archive_place(channel, known[key], is_held=key in held) for key in channel.positions}
    archived = [ArchivedArticle(place, known[key]) for key, place in places.items()]
    return [
        archive_page(
            summary, number, size, [each for each in archived if each.place.position // size == number - 1]
        )
        for number in range(1, page_count(summary, size) + 1)
    ]


def _pages(found: Sequence[Page]) -> list[str]:
    return ["".join(record.id for record in page.records) for page in found]


@pytest.mark.parametrize(
    ("names", "taken", "positions"),
    [
        pytest.param("", {}, {}, id="nobody comes"),
        pytest.param("cab", {}, {"a": 0, "b": 1, "c": 2}, id="the first round positions by date"),
        pytest.param("abz", {"b": 0, "z": 1}, {"b": 0, "z": 1, "a": 2}, id="who is dated back sits behind"),
        pytest.param("ac", {"a": 0, "b": 1}, {"a": 0, "b": 1, "c": 2}, id="no position is given away"),
        pytest.param("ab", {"a": 0, "b": 1}, {"a": 0, "b": 1}, id="who returns has a position"),
    ],
)
def test_positions(names: str, taken: Mapping[str, int], positions: Mapping[str, int]) -> None:
    """An article takes its position once, behind all that have one."""
    assert positioned(_channel(names), taken).positions == positions


def test_channels_share_the_numbers_of_their_positions() -> None:
    """Each position would be an object of its own, and take more memory than all else that is known of it."""
    numbers, names, taken = Numbers(), "".join(map(chr, range(0x4E00, 0x5000))), {"a": 599}
    one, other = (positioned(_channel(names), taken, numbers=numbers).positions for _ in range(2))
    assert len(one) == len(names) + 1
    assert all(other[record_id] is position for record_id, position in one.items())
    assert numbers.same(600) is one[names[0]]


def test_a_position_beyond_all_sense_takes_no_more_memory_than_any_other() -> None:
    """It may stand in a ledger that somebody wrote by hand."""
    assert positioned(_channel("b"), {"a": 10**15}, numbers=Numbers()).positions == {"a": 10**15, "b": 10**15 + 1}
    assert Numbers().same(10**15) == 10**15


@pytest.mark.parametrize(
    ("names", "taken", "pages"),
    [
        pytest.param("", {}, [""], id="an empty channel has an empty page"),
        pytest.param("a", {}, ["a"], id="one that is being filled"),
        pytest.param("ab", {}, ["ba", ""], id="a full page has one after it"),
        pytest.param("abc", {}, ["ba", "c"], id="the last position first"),
        pytest.param("ac", {"a": 0, "b": 1}, ["a", "c"], id="an empty position stays empty"),
        pytest.param("c", {"a": 0, "b": 1}, ["", "c"], id="also where the page is empty then"),
    ],
)
def test_pages(names: str, taken: Mapping[str, int], pages: Sequence[str]) -> None:
    """Two positions a page: every page but the last is full, and only its own articles can change it."""
    found = _archive(positioned(_channel(names), taken), 2)
    assert _pages(found) == pages
    assert [page.number for page in found] == list(range(1, len(pages) + 1))
    assert [page.full for page in found] == [True] * (len(pages) - 1) + [False]


@pytest.mark.parametrize(
    ("shown", "number"),
    [("", 3), ("e", 2), ("de", 2), ("cde", 1), ("abcde", None), ("abcd", 3), ("bcde", 1)],
)
def test_the_archive_goes_on_where_the_feed_ends(shown: str, number: int | None) -> None:
    """It begins with the newest page that has what the feed has not."""
    last = last_positions(positioned(_channel("abcde"), {}), len(shown) + 1)
    assert page_before(last, set(shown), 2) == number


def test_a_page_remembers_removals() -> None:
    """What left a page counts for its date, so that it does not go backward; an empty one has none."""
    found = _archive(positioned(_channel("acd", gone="b"), {"a": 0, "b": 1, "c": 2}), 2)
    assert [page.updated for page in found] == [FIRST + 9 * DAY, FIRST, None]


def test_a_page_remembers_what_left_for_another_channel() -> None:
    """Its position stays empty, so no other page moves."""
    channel = replace(_channel("acd"), kind="tag", passed={"b": FIRST + 8 * DAY, "elsewhere": FIRST + 9 * DAY})
    found = _archive(positioned(channel, {"a": 0, "b": 1, "c": 2}), 2)
    assert _pages(found) == ["a", "dc", ""]
    assert [page.updated for page in found] == [FIRST + 8 * DAY, FIRST, None]
