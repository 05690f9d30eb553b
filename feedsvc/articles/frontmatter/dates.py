"""Dates as people write them, in headers and in file names."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ABBREVIATIONS = """
    z=0 ut=0 utc=0 gmt=0 est=-5 edt=-4 cst=-6 cdt=-5 mst=-7 mdt=-6 pst=-8 pdt=-7
    wet=0 west=1 bst=1 cet=1 cest=2 met=1 mest=2 eet=2 eest=3 msk=3 akst=-9 akdt=-8 hst=-10 sast=2
    jst=9 kst=9 aest=10 aedt=11 acst=9.5 acdt=10.5 awst=8 nzst=12 nzdt=13
"""
"""First those of RFC 5322, section 4.3, then others that mean one zone each; IST would mean three."""
_HOURS = {name: float(hours) for name, hours in (each.split("=") for each in _ABBREVIATIONS.split())}


def zone_named(name: str) -> tzinfo | None:
    """The zone of an offset (``+0200``, ``UTC-03:00``), an abbreviation or a place; None if it is not known.

    Raises:
        ValueError: The offset is a day or more.
    """
    offset = name.upper().removeprefix("UTC").removeprefix("GMT")
    if offset[:1] in {"+", "-"}:
        digits = offset[1:].replace(":", "").ljust(4, "0")
        difference = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(-difference if offset[0] == "-" else difference)
    if "/" in name:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError):
            return None
    hours = _HOURS.get(name.lower())
    if hours is None:
        return None
    return timezone(timedelta(hours=hours)) if hours else UTC


_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_ZONE = (
    r"(?:\s*(?P<zone>(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?|[A-Za-z]+(?:/[A-Za-z_]+){1,2}|[A-Za-z]{1,5})"
    r"(?:\s*[(\[][^()\[\]]*[)\]])?)?"
)
_TIME = rf"(?:(?:[Tt]|,?\s+(?:at\s+|-\s+)?){_CLOCK}{_ZONE})?"
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})"

_NUMBERS = tuple(
    re.compile(form + _TIME + r"\Z")
    for form in (
        # ISO 8601 and RFC 3339, one-digit months, slashes and dots let through
        r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        # Chinese and Japanese
        r"(?P<year>\d{4})\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日",
    )
)
_NAMES = tuple(
    re.compile(form + r"\Z")
    for form in (
        # RFC 5322, section 3.3, and its two-digit years (section 4.3)
        rf"{_DAY}(?:st|nd|rd|th|\.)?[\s-]+(?:of\s+)?{_MONTH},?[\s-]+(?P<year>\d{{4}}|\d{{2}}){_TIME}",
        rf"{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TIME}",
        # what C's asctime and the program date print
        rf"{_MONTH}\s+{_DAY}\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_EITHER_WAY = re.compile(
    r"(?P<one>\d{1,2})(?P<sign>[-/.])(?P<other>\d{1,2})(?P=sign)(?P<year>\d{4})" + _TIME + r"\Z"
)
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}\b")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})[Tt]?(\d{2})(\d{2})(\d{2})(Z|[+-]\d{4})?")
_EPOCH = re.compile(r"@?(\d{9,10})(\d{3})?(?:\.\d+)?")
_NAME = re.compile(
    r"(?P<date>\d{4}([-_.])\d{1,2}\2\d{1,2}|\d{1,2}-\d{1,2}-\d{4})(?:[-_ .T]+(?P<rest>.*))?"
    r"|(?P<digits>\d{8})[-_ ](?P<after>.+)",
    re.DOTALL,
)
_FROM_NOWHERE = re.compile(r"@?[0-9.]+|.*[0-9\s](?:Z|UTC|GMT|(?:UTC|GMT)?-00:?00)", re.IGNORECASE | re.DOTALL)
"""UTC in all its spellings, and seconds since 1970: they give the moment, and not the author's clock (RFC 9557,
section 2)."""
_PATH = re.compile(r"(?:^|/)(\d{4})/(\d{1,2})(?:/(\d{1,2}))?(?=/)")

_ZEROS = frozenset({datetime(1970, 1, 1, tzinfo=UTC), datetime(1980, 1, 1, tzinfo=UTC)})

_YEAR = "january february march april may june july august september october november december"
_MONTHS = {spelt: number for number, name in enumerate(_YEAR.split(), 1) for spelt in (name, name[:3], name[:4])}
"""Month names and their usual abbreviations to numbers."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The conventions by which the site's people write dates."""

    zone: ZoneInfo
    """The zone of times that name none."""
    default_time: time = time(0)
    """The time of day of a date without one."""
    first: Literal["day", "month"] | None = None
    """Which of the two stands first in ``11-9-2017``; None where no setting says so; then the day does."""


class DateError(ValueError):
    """A date cannot be read; ``remedy`` says how to write it."""

    def __init__(self, what: str, remedy: str = "write it like 2024-05-31 or 2024-05-31 18:30:00 +0200") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


class Dated(NamedTuple):
    """A date as a text gives it."""

    moment: datetime
    """Aware, in UTC, whole seconds."""
    utc_offset: int | None
    """Seconds by which the zone in the text is ahead of UTC; None for UTC, the site's own zone, or no zone."""


def parse_date(text: str, calendar: Calendar) -> datetime:
    """The moment of :func:`read_date`."""
    return read_date(text, calendar).moment


def read_date(text: str, calendar: Calendar) -> Dated:
    """The moment that ``text`` gives, and the offset of its zone.

    ISO 8601 in its usual spellings, RFC 5322, month names, and seconds since 1970 are read. A date without a time
    means the calendar's default time; a time without a zone is in the calendar's zone, and the earlier of the two
    where a clock is put back. :func:`doubt` tells the author where the text could be read in two ways.

    Raises:
        DateError: The text is no date, an impossible date, or one of which nothing shows which number is the year.
    """
    text = " ".join(text.split())
    try:
        local = _read(text, calendar)
        return Dated(local.astimezone(UTC), _own_offset(text, local, calendar))
    except DateError:
        raise
    except (ValueError, OverflowError) as error:
        raise DateError(f'"{text[:60]}" is not a date that exists') from error


def is_zero(text: str, moment: datetime) -> bool:
    """Whether ``text``, which was read as ``moment``, is what programs write where there is no date.

    That is the year 1 (Go), or the first second of 1970 (Unix) or 1980 (DOS), with its time. The day without a
    time may well be meant, as where only the year is known.
    """
    return moment.year <= 1 or (moment.year in {1970, 1980} and ":" in text and moment in _ZEROS)


def doubt(text: str, calendar: Calendar) -> str | None:
    """A text that says how the date ``text`` was understood, where it has another meaning; else None.

    Day and month can change places where neither is above twelve, they differ, and no setting says which stands
    first. With dots between them the day stands first everywhere.
    """
    found = _EITHER_WAY.match(text.strip())
    if found is None or calendar.first or found["sign"] == ".":
        return None
    one, other = int(found["one"]), int(found["other"])
    return None if one == other or max(one, other) > 12 else f'"{text}" is read with the day first'


def date_in_name(stem: str, calendar: Calendar) -> tuple[datetime | None, str]:
    """Split a file's name without suffix into the date at its beginning and the rest.

    ``2024-05-01-slug``, ``2024_05_01_slug``, ``20240501-slug`` and ``1-5-2024-slug`` begin with a date; a name
    that is only a date keeps it as its name too.

    Raises:
        DateError: The name begins with an impossible date, such as ``2024-02-31-``.
    """
    found = _NAME.fullmatch(stem) if stem[:1].isdigit() else None
    if found is None:
        return None, stem
    if found["date"]:
        return parse_date(found["date"].replace("_", "-"), calendar), found["rest"] or stem
    try:
        return parse_date(found["digits"], calendar), found["after"]
    except DateError:
        return None, stem  # eight digits may well be a number


def date_in_path(path: str, calendar: Calendar) -> datetime | None:
    """The date that folders such as ``2024/05/01/`` give, or the first of the month for ``2024/05/``.

    Numbers that make no date are folders like any other.
    """
    found = None
    for found in _PATH.finditer(path):  # noqa: B007  the innermost is the article's own
        pass
    if found is None:
        return None
    try:
        return parse_date(f"{found[1]}-{found[2]}-{found[3] or 1}", calendar)
    except DateError:
        return None


def _own_offset(text: str, local: datetime, calendar: Calendar) -> int | None:
    """See :attr:`Dated.utc_offset`."""
    offset = local.utcoffset()
    if local.tzinfo is calendar.zone or offset is None or _FROM_NOWHERE.fullmatch(text):
        return None
    return int(offset.total_seconds())


def _read(text: str, calendar: Calendar) -> datetime:
    if text[10:11] in {"T", " "} and (moment := _iso(text)):
        return moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)
    if text[:1].isalpha() and (weekday := _WEEKDAY.match(text)):
        text = text[weekday.end() :]
    for form in _NUMBERS if text[:1].isdigit() else _NAMES:
        if found := form.match(text):
            return _moment(found.groupdict(), calendar)
    if found := _EPOCH.fullmatch(text):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(found[1]))
    if found := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = map(int, found.groups()[:6])
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(found[7], calendar.zone))
    if found := _EITHER_WAY.match(text):
        return _moment(_ordered(found, calendar), calendar)
    if found := _NAMES[0].match(text):
        return _moment(found.groupdict(), calendar)
    if _SHORT_YEAR.match(text):
        raise DateError(f'"{text[:60]}" can be read in several ways, since nothing shows which number is the year')
    raise DateError(f'"{text[:60]}" is no date')


def _iso(text: str) -> datetime | None:
    """The strict forms of ISO 8601, which most dates have; forty times as fast as the patterns."""
    try:
        return datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError:
        return None


def _ordered(found: re.Match[str], calendar: Calendar) -> dict[str, str | None]:
    """The parts of ``11-9-2017``; a number above twelve can only be the day, and dots put the day first."""
    one, other = found["one"], found["other"]
    month_first = calendar.first == "month" and found["sign"] != "."
    if int(other) > 12 or (month_first and int(one) <= 12):
        one, other = other, one
    return {**found.groupdict(), "day": one, "month": other}


def _moment(parts: dict[str, str | None], calendar: Calendar) -> datetime:
    year, month, day = _year(parts["year"] or ""), _month(parts), int(parts["day"] or 0)
    if parts["hour"] is None:
        return datetime.combine(datetime(year, month, day), calendar.default_time, calendar.zone)  # noqa: DTZ001  the zone follows
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    half = parts["half"]
    if half is not None:
        if not 1 <= hour <= 12:
            raise ValueError(half)
        hour = hour % 12 + (12 if half in "Pp" else 0)
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(parts["zone"], calendar.zone))


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < 50 else 1900)


def _month(parts: dict[str, str | None]) -> int:
    name = parts.get("name")
    if name is None:
        return int(parts["month"] or 0)
    month = _MONTHS.get(name.lower())
    if month is None:
        raise ValueError(name)
    return month


def _zone(name: str | None, zone: ZoneInfo) -> tzinfo:
    if name is None:
        return zone
    found = zone_named(name)
    if found is None:
        raise DateError(f'the time zone "{name}" is not known', "write it as an offset, like +0200")
    return found
