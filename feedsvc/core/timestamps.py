"""Times in UTC and whole seconds, and how feed formats and HTTP write them, whatever the locale and time zone."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formatdate
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


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_FORMATS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DAY}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT",  # IMF-fixdate
        rf"{_LONG_DAY}, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT",  # RFC 850
        rf"{_DAY} {_MONTH} (?P<day>[0-9]{{2}}| [0-9]) {_TIME} (?P<year>[0-9]{{4}})",  # asctime
    )
)
_LONGEST = 40
"""The most characters of a date that is parsed; the longest of the three formats takes 33."""


@lru_cache(maxsize=1024)
def http_date(seconds: int) -> bytes:
    """Write seconds since 1970 as an IMF-fixdate."""
    return formatdate(seconds, usegmt=True).encode("ascii")


def parse_http_date(value: bytes, now: int) -> int | None:
    """Read a date in any of the three formats that a recipient has to accept.

    Args:
        value: The field's value.
        now: Seconds since 1970; tells the century of a year with two digits.

    Returns:
        Seconds since 1970, or None for anything that is no HTTP-date.
    """
    text = value.strip()
    if len(text) > _LONGEST:
        return None
    return _parse(text.decode("latin-1"), datetime.fromtimestamp(now, UTC).year)


@lru_cache(maxsize=1024)
def _parse(text: str, this_year: int) -> int | None:
    for pattern in _FORMATS:
        if found := pattern.fullmatch(text):
            return _seconds(found, this_year)
    return None


def _seconds(found: re.Match[str], this_year: int) -> int | None:
    part = found.groupdict()
    # A leap second is allowed; this calendar counts it as the one before.
    hour, minute, second = int(part["hour"]), int(part["minute"]), int(part["second"].replace("60", "59"))
    year, month = _year(part["year"], this_year), _MONTHS.index(part["month"]) + 1
    try:
        return unix_time(datetime(year, month, int(part["day"]), hour, minute, second, tzinfo=UTC))
    except ValueError:  # such as 30 February
        return None


def _year(digits: str, this_year: int) -> int:
    """A year in two digits; one that seems to be more than 50 years ahead is the latest such year in the past."""
    if len(digits) == 4:
        return int(digits)
    year = this_year - this_year % 100 + int(digits)
    return year - 100 if year > this_year + 50 else year
