"""Time zones by the names and offsets that dates carry."""

from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS: dict[str, float] = {
    "z": 0,
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    # RFC 5322, section 4.3
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    # What else is met, and means one thing; IST would mean three.
    "wet": 0,
    "west": 1,
    "bst": 1,
    "cet": 1,
    "cest": 2,
    "met": 1,
    "mest": 2,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "akst": -9,
    "akdt": -8,
    "hst": -10,
    "sast": 2,
    "jst": 9,
    "kst": 9,
    "aest": 10,
    "aedt": 11,
    "acst": 9.5,
    "acdt": 10.5,
    "awst": 8,
    "nzst": 12,
    "nzdt": 13,
}


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
