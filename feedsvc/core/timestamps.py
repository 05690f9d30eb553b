"""Times in UTC and whole seconds, and how feed formats write them, whatever the process's locale and time zone."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def whole_seconds(moment: datetime) -> datetime:
    """The aware ``moment`` in UTC, cut to the second."""
    return moment.astimezone(UTC).replace(microsecond=0)


def now() -> datetime:
    """This moment, aware, in whole seconds.

    Only commands and the publisher read the clock. The functions that they call take the moment as a value.
    """
    return whole_seconds(datetime.now(UTC))


def unix_time(moment: datetime) -> int:
    """The whole seconds from 1970 to the aware ``moment``, UTC."""
    return (moment - _EPOCH) // timedelta(seconds=1)


@lru_cache(maxsize=64)
def from_unix_time(seconds: int) -> datetime:
    """The aware moment in UTC that is ``seconds`` after the beginning of 1970.

    The standard library's ``fromtimestamp`` asks the platform, and not every platform knows the year 1. The latest
    moments are kept: the dates of an article are often one and the same, and then one object.
    """
    return _EPOCH + timedelta(seconds=seconds)


def rfc3339(moment: datetime) -> str:
    """Such as ``2026-05-01T08:00:00Z`` (RFC 3339, section 5.6)."""
    return whole_seconds(moment).replace(tzinfo=None).isoformat() + "Z"


def rfc822(moment: datetime) -> str:
    """Such as ``Fri, 01 May 2026 08:00:00 +0000`` (RFC 822 with the year in four digits, as RSS 2.0 asks)."""
    return format_datetime(whole_seconds(moment))
