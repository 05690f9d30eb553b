"""When what failed is tried again."""

from feedsvc.publishing.scheduler import FIRST, LONGEST, Backoff


def test_waits_double_up_to_a_limit() -> None:
    """A fault that lasts is not met every second, nor forgotten for an hour."""
    backoff = Backoff()
    waits = [backoff.fail(0.0) for _ in range(9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (waits[0], waits[-1]) == (FIRST, LONGEST)


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
    assert backoff.fail(2.0) == FIRST
