"""When a round is due."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue

import pytest

from feedsvc.schedule import Schedule

Inbox = SimpleQueue[str]


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
    assert [inbox.get(timeout=5) for _ in range(3)] == ["interval"] * 3


def test_a_moment_comes_once(schedule: Schedule, inbox: Inbox) -> None:
    """The next publication is awaited by one job."""
    schedule.at(in_seconds(0.05))
    assert inbox.get(timeout=5) == "moment"
    with pytest.raises(Empty):
        inbox.get(timeout=0.2)


def test_a_moment_that_has_passed_comes_at_once(schedule: Schedule, inbox: Inbox) -> None:
    """A process that slept through the moment makes up for it, however late."""
    schedule.at(in_seconds(-3600))
    assert inbox.get(timeout=5) == "moment"


def test_a_new_moment_takes_the_place_of_the_old(schedule: Schedule, inbox: Inbox) -> None:
    """Only the next moment counts."""
    schedule.at(in_seconds(0.1))
    schedule.at(in_seconds(3600))
    with pytest.raises(Empty):
        inbox.get(timeout=0.3)


def test_no_moment_disarms(schedule: Schedule, inbox: Inbox) -> None:
    """When nothing is scheduled any more, nothing comes; asking twice does no harm."""
    schedule.at(in_seconds(0.1))
    schedule.at(None)
    schedule.at(None)
    with pytest.raises(Empty):
        inbox.get(timeout=0.3)
