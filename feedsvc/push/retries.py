"""When to try again: after a delay that doubles with each failure, with jitter, and not before a Retry-After."""

import random
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

FIRST_DELAY = 15.0
"""Seconds until the second attempt, about."""
LONGEST_DELAY = 3600.0
"""Seconds between two attempts at the most, about: a receiver that was away hears within the hour."""
LONGEST_WAIT = 86_400.0
"""Seconds that a Retry-After may demand."""


def delay(
    failures: int, retry_after: float | None = None, chance: Callable[[float, float], float] = random.uniform
) -> float:
    """Seconds until the next attempt.

    Args:
        failures: How many attempts in a row have failed, this one included.
        retry_after: Seconds that the receiver has asked for, if it has.
        chance: Gives a number between two others; spreads those who failed at one moment.
    """
    backoff = min(FIRST_DELAY * 2.0 ** min(failures - 1, 20), LONGEST_DELAY)
    jittered = chance(backoff * 0.75, backoff * 1.25)
    return max(jittered, min(retry_after or 0.0, LONGEST_WAIT))


def read_retry_after(value: str | None, now: float) -> float | None:
    """The seconds that a Retry-After field demands (RFC 9110, section 10.2.3); None for none, or one in the past.

    Args:
        value: The value of the field; None where there is none.
        now: Seconds since 1970.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the latter for numbers that no machine word holds
        return None
    left = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    return left if left > 0 else None
