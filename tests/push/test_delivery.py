"""When an attempt to deliver is made again."""

import pytest

from feedsvc.push.delivery import FIRST_DELAY, LONGEST_DELAY, LONGEST_WAIT, delay, read_retry_after

NOW = 1_800_000_000.0


def test_the_delay_doubles_up_to_a_limit() -> None:
    """So that a receiver that is away for days costs little, and hears within the hour when it is back."""
    found = [delay(failures, chance=lambda least, most: (least + most) / 2) for failures in (1, 2, 3, 8, 9, 99)]
    assert found == [FIRST_DELAY, FIRST_DELAY * 2, FIRST_DELAY * 4, 1920, LONGEST_DELAY, LONGEST_DELAY]


def test_those_who_failed_together_are_spread() -> None:
    """A receiver that comes back is not asked by all at once."""
    assert len({delay(5) for _ in range(20)}) > 10


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 0 ", 0),
        ("Fri, 15 Jan 2027 08:01:00 GMT", 60),
        ("Fri, 15 Jan 2027 07:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("Mon, 1 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 1 Jan 2020 00:00:00 +99999999999999999999", None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    """RFC 9110, section 10.2.3."""
    assert read_retry_after(value, NOW) == seconds


def test_a_receiver_decides_within_a_day() -> None:
    """It may ask for more time, but not for ever."""
    assert delay(1, 1800.0) == 1800
    assert delay(1, 1e9) == LONGEST_WAIT
    assert delay(9, 1.0) > 1000
