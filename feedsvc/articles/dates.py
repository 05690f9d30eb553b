"""Dates as people write them, in headers and in file names."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_ZONE = r"(?:\s*(?P<zone>[+-]\d{2}(?::?\d{2})?|[A-Za-z]{1,4})(?:\s*\([^()]*\))?)?"
_TIME = rf"(?:(?:[Tt]|,?\s+(?:at\s+)?){_CLOCK}{_ZONE})?"

_FORMS = tuple(
    re.compile(form + _TIME + r"\Z")
    for form in (
        # ISO 8601 and RFC 3339, one-digit months and slashes let through
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        # RFC 5322, section 3.3, and its two-digit years (section 4.3)
        r"(?:[A-Za-z]{3,9}\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?P<name>[A-Za-z]{3,9})\.?,?[\s-]+(?P<year>\d{4}|\d{2})",
        r"(?:[A-Za-z]{3,9}\.?,?\s+)?(?P<name>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
    )
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})[Tt]?(\d{2})(\d{2})(\d{2})(Z|[+-]\d{4})?")
_EPOCH = re.compile(r"@?(\d{9,10})(\d{3})?(?:\.\d+)?")
_AMBIGUOUS = re.compile(r"\d{1,2}([-/.])\d{1,2}\1(\d{4}|\d{2})\b")
_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[-_ .T]+(.*))?|(\d{4})(\d{2})(\d{2})[-_ ](.+)", re.DOTALL)

_YEAR = "january february march april may june july august september october november december"
_MONTHS = {spelt: number for number, name in enumerate(_YEAR.split(), 1) for spelt in (name, name[:3], name[:4])}
"""Month names and their usual abbreviations to numbers."""
_HOURS = {
    "z": 0,
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
"""The zone names that RFC 5322, section 4.3, gives a meaning."""


class DateError(ValueError):
    """A date cannot be read; ``remedy`` says how to write it."""

    def __init__(self, what: str, remedy: str = "write it like 2024-05-31 or 2024-05-31 18:30:00 +0200") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def parse_date(text: str, zone: ZoneInfo) -> datetime:
    """The moment that ``text`` names: aware, in UTC, whole seconds.

    ISO 8601 in its usual spellings, RFC 5322, month names, and seconds since 1970 are read. A date alone
    means its midnight; a time without a zone is in ``zone``, the first of the two where a clock is put back.

    Raises:
        DateError: It is no date, an impossible one, or one that can be read two ways.
    """
    text = " ".join(text.split())
    try:
        moment = _read(text, zone).astimezone(UTC)
    except DateError:
        raise
    except (ValueError, OverflowError) as error:
        raise DateError(f'"{text[:60]}" is no possible date') from error
    return moment


def date_in_name(stem: str, zone: ZoneInfo) -> tuple[datetime | None, str]:
    """Part a file's name without suffix into the date before it and the name proper.

    ``2024-05-01-slug``, ``2024-05-01_slug`` and ``20240501-slug`` begin with a date; a name that is nothing
    but a date keeps it as its name too.

    Raises:
        DateError: The name begins like ``2024-02-31-``, a date that never was.
    """
    found = _NAME.fullmatch(stem)
    if found is None:
        return None, stem
    dashed = found[1] is not None
    year, month, day, rest = found.group(1, 2, 3, 4) if dashed else found.group(5, 6, 7, 8)
    try:
        return parse_date(f"{year}-{month}-{day}", zone), rest or stem
    except DateError:
        if dashed:
            raise
        return None, stem  # eight digits may well be a number


def _read(text: str, zone: ZoneInfo) -> datetime:
    if found := _EPOCH.fullmatch(text):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(found[1]))
    if found := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = map(int, found.groups()[:6])
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(found[7], zone))
    for form in _FORMS:
        if found := form.match(text):
            return _moment(found.groupdict(), zone)
    if _AMBIGUOUS.match(text):
        raise DateError(f'"{text[:60]}" can be read two ways, day or month first')
    raise DateError(f'"{text[:60]}" is no date')


def _moment(parts: dict[str, str | None], zone: ZoneInfo) -> datetime:
    hour, minute, second, day = (int(parts[name] or 0) for name in ("hour", "minute", "second", "day"))
    half = parts["half"]
    if half is not None:
        if not 1 <= hour <= 12:
            raise ValueError(half)
        hour = hour % 12 + (12 if half in "Pp" else 0)
    year, month = _year(parts["year"] or ""), _month(parts)
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(parts["zone"], zone))


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
    if name[0] in "+-":
        digits = name[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(-offset if name[0] == "-" else offset)
    hours = _HOURS.get(name.lower())
    if hours is None:
        raise DateError(f'the time zone "{name}" is not known', "write it as an offset, like +0200")
    return timezone(timedelta(hours=hours))
