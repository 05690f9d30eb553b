"""When a round is due."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue

import pytest
from serving import PATIENCE

from feedsvc.publishing.scheduler import FIRST_DELAY, LONGEST_DELAY, Backoff, Schedule

Inbox = SimpleQueue[str]
SOON = 2.0
"""Seconds in which a busy machine gets from one line of a test to the next."""


@pytest.fixture
def inbox() -> Inbox:
    """Where reasons arrive."""
    return SimpleQueue()


@pytest.fixture
def schedule(inbox: Inbox) -> Iterator[Schedule]:
    """A schedule that runs."""
    timer = Schedule(inbox.put)
    timer.start()
    yield timer
    timer.stop()


def in_seconds(seconds: float) -> datetime:
    """A moment from now."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_the_interval_repeats(schedule: Schedule, inbox: Inbox) -> None:
    """A scan comes again and again."""
    schedule.every(0.05)
    assert [inbox.get(timeout=PATIENCE) for _ in range(3)] == ["interval"] * 3


def test_a_moment_comes_once(schedule: Schedule, inbox: Inbox) -> None:
    """The next publication is awaited by one job."""
    schedule.at(in_seconds(0.05))
    assert inbox.get(timeout=PATIENCE) == "due"
    with pytest.raises(Empty):
        inbox.get(timeout=0.2)


def test_a_moment_that_has_passed_comes_at_once(schedule: Schedule, inbox: Inbox) -> None:
    """A process that slept through the moment makes up for it, however late."""
    schedule.at(in_seconds(-3600))
    assert inbox.get(timeout=PATIENCE) == "due"


def test_a_new_moment_takes_the_place_of_the_old(schedule: Schedule, inbox: Inbox) -> None:
    """Only the next moment counts."""
    schedule.at(in_seconds(SOON))
    schedule.at(in_seconds(3600))
    with pytest.raises(Empty):
        inbox.get(timeout=SOON + 0.2)


def test_no_moment_disarms(schedule: Schedule, inbox: Inbox) -> None:
    """When nothing is scheduled any more, nothing comes; asking twice does no harm."""
    schedule.at(in_seconds(SOON))
    schedule.at(None)
    schedule.at(None)
    with pytest.raises(Empty):
        inbox.get(timeout=SOON + 0.2)


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def taken(inbox: Inbox) -> list[str]:
    """What has arrived by now."""
    return [inbox.get_nowait() for _ in range(inbox.qsize())]


@pytest.mark.parametrize(
    ("now", "steady", "wakes"),
    [
        (NOON + timedelta(seconds=1), 101.0, []),
        (NOON + timedelta(seconds=2), 101.0, []),
        (NOON, 101.0, []),
        (NOON + HOUR, 3700.0, []),
        (NOON + HOUR, 101.0, ["clock"]),
        (NOON - HOUR, 101.0, ["clock"]),
    ],
    ids=[
        "a heartbeat",
        "the next second has begun",
        "not yet",
        "a long round",
        "the clock was set forward, or the machine slept",
        "the clock was set back",
    ],
)
def test_a_clock_that_is_set_is_noticed(inbox: Inbox, now: datetime, steady: float, wakes: list[str]) -> None:
    """The timer waits by another clock, and would be late by as much."""
    timer = Schedule(inbox.put)
    timer.check_clock(NOON, 100.0)
    timer.check_clock(now, steady)
    assert taken(inbox) == wakes


def test_the_interval_begins_anew_when_the_clock_is_set(schedule: Schedule, inbox: Inbox) -> None:
    """Set back by an hour, the next scan must not be an hour away."""
    schedule.every(0.05)
    schedule.check_clock(NOON, 100.0)
    schedule.check_clock(NOON - HOUR, 101.0)
    while (reason := inbox.get(timeout=PATIENCE)) != "clock":
        assert reason == "interval"
    assert inbox.get(timeout=PATIENCE) == "interval"


def test_a_moment_that_the_timer_slept_through_comes_at_the_next_look(inbox: Inbox) -> None:
    """And once, however often one looks."""
    timer = Schedule(inbox.put)
    timer.at(NOON)
    timer.check_clock(NOON - timedelta(seconds=1), 99.0)
    assert taken(inbox) == []
    timer.check_clock(NOON, 100.0)
    timer.check_clock(NOON + timedelta(seconds=1), 101.0)
    assert taken(inbox) == ["due"]


def test_a_moment_that_came_is_not_looked_for(schedule: Schedule, inbox: Inbox) -> None:
    """The timer and the look call once between them."""
    moment = in_seconds(0.05)
    schedule.at(moment)
    assert inbox.get(timeout=PATIENCE) == "due"
    schedule.check_clock(moment + timedelta(seconds=1), 100.0)
    assert taken(inbox) == []


def test_waits_double_up_to_a_limit() -> None:
    """A fault that lasts is not met every second, nor forgotten for an hour."""
    backoff = Backoff()
    waits = [backoff.fail(0.0) for _ in range(9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (waits[0], waits[-1]) == (FIRST_DELAY, LONGEST_DELAY)


def test_nothing_waits_before_the_first_failure() -> None:
    """None says that no new attempt is due by itself."""
    assert Backoff().left(5.0) is None


def test_the_wait_runs_out() -> None:
    """It counts down to 0, and stays there until the attempt is made."""
    backoff = Backoff()
    backoff.fail(10.0)
    assert [backoff.left(now) for now in (10.0, 10.75, 11.0, 12.0)] == [1.0, 0.25, 0.0, 0.0]


def test_success_begins_anew() -> None:
    """The next fault is tried again soon."""
    backoff = Backoff()
    backoff.fail(0.0)
    backoff.fail(1.0)
    backoff.succeed()
    assert backoff.left(1.0) is None
    assert backoff.fail(2.0) == FIRST_DELAY
