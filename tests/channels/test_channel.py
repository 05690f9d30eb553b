"""After how many minutes a feed asks to be asked again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import accumulate, pairwise

import pytest
from builders import MORNING, record

from feedsvc.channels.channel import INTERVALS, UNKNOWN_INTERVAL, Channel, _changes, update_interval

HOUR, DAY = 1.0, 24.0


def _channel(gaps: Sequence[float]) -> Channel:
    """One whose articles came with so many hours between them, the oldest gap first."""
    hours = [0.0, *accumulate(gaps)]
    moments = [MORNING + timedelta(hours=each) for each in hours]
    records = [record(f"n{at}", published=moment, updated=moment) for at, moment in enumerate(moments)]
    return Channel("News", "", "/news/", tuple(reversed(records)), moments[-1])


@pytest.mark.parametrize(
    ("gaps", "minutes"),
    [
        pytest.param([], UNKNOWN_INTERVAL, id="one article"),
        pytest.param([DAY], UNKNOWN_INTERVAL, id="two articles"),
        pytest.param([0.01] * 20, UNKNOWN_INTERVAL, id="all of them came at once"),
        pytest.param([7 * DAY] * 5, 1440, id="every week"),
        pytest.param([300 * DAY] * 5, 1440, id="every year: never longer than a day"),
        pytest.param([2 * DAY] * 5, 1440, id="every other day"),
        pytest.param([DAY] * 5, 720, id="every day"),
        pytest.param([DAY / 2] * 5, 360, id="twice a day"),
        pytest.param([6 * HOUR] * 12, 180, id="four times a day"),
        pytest.param([2 * HOUR] * 12, 60, id="every other hour"),
        pytest.param([HOUR] * 12, 30, id="every hour"),
        pytest.param([HOUR / 6] * 60, 30, id="every ten minutes: never shorter than half an hour"),
        pytest.param([DAY, 1 / 60, 1 / 60] * 5, 720, id="three at once, every day"),
        pytest.param([DAY] * 5 + [300 * DAY] + [DAY] * 3, 720, id="a long silence in between"),
        pytest.param([7 * DAY] * 9 + [HOUR] * 3, 1440, id="one busy day"),
        pytest.param([7 * DAY] * 9 + [DAY] * 9, 720, id="another rhythm for a while now"),
        pytest.param([2 * HOUR] * 30 + [14 * DAY] * 9, 1440, id="it has become quiet"),
    ],
)
def test_a_feed_asks_for_a_good_half_of_the_usual_gap(gaps: Sequence[float], minutes: int) -> None:
    """In steps that can be told as so many times an hour or a day; a burst is one change."""
    assert update_interval(_channel(gaps)) == minutes


def test_an_edit_is_a_change_too() -> None:
    """Whoever mends the newest articles every few hours has news for his readers every few hours."""
    channel = _channel([7 * DAY] * 4)
    edited = [
        replace(each, updated=channel.records[0].published + timedelta(hours=2 * at))
        for at, each in enumerate(channel.records)
    ]
    assert update_interval(replace(channel, records=tuple(edited))) == 60


def _uneven(gap: float, seed: int) -> Sequence[float]:
    """Many gaps of about so many hours, none of them more than a tenth longer or shorter."""
    return [gap * (0.9 + 0.2 * sha256(f"{seed} {at}".encode()).digest()[0] / 255) for at in range(260)]


def _told(gaps: Sequence[float]) -> list[int]:
    """What the channel's feed asks for after each of its articles, from the tenth on."""
    channel = _channel(gaps)
    return [
        update_interval(replace(channel, records=channel.records[later:]))
        for later in range(len(gaps) - 9, -1, -1)
    ]


@pytest.mark.parametrize("gap", [1, 2, 4, 6, 8, 12, 24, 48, 168])
@pytest.mark.parametrize("seed", range(3))
def test_it_stays_while_the_rhythm_does(gap: float, seed: int) -> None:
    """Of articles that are a tenth early or late, each new one leaves it as it was."""
    (told,) = set(_told(_uneven(gap, seed)))
    assert told in INTERVALS


@pytest.mark.parametrize("gap", [3, 4.5, 9, 18, 36])
@pytest.mark.parametrize("seed", range(3))
def test_a_rhythm_between_two_steps_does_not_go_back_and_forth(gap: float, seed: int) -> None:
    """It may change with the beginning from which it is followed, and that moves with every fiftieth article."""
    told = _told(_uneven(gap, seed))
    assert sum(one != other for one, other in pairwise(told)) <= 5


def test_what_is_old_is_not_looked_at() -> None:
    """A channel of many thousand articles costs as much as one of fifty."""
    whole, recent = _channel([2 * HOUR] * 900 + [7 * DAY] * 99), _channel([7 * DAY] * 99)
    assert update_interval(whole) == update_interval(recent) == 1440
    assert len(_changes(whole.records)) <= 200
