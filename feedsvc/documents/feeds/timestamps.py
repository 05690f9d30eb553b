"""How the formats write a moment. No function here asks the process for its locale or time zone."""

from datetime import UTC, datetime
from email.utils import format_datetime


def whole(moment: datetime) -> datetime:
    """The same moment in UTC, cut to the second."""
    return moment.astimezone(UTC).replace(microsecond=0)


def rfc3339(moment: datetime) -> str:
    """Such as ``2026-05-01T08:00:00Z`` (RFC 3339, section 5.6)."""
    return whole(moment).replace(tzinfo=None).isoformat() + "Z"


def rfc822(moment: datetime) -> str:
    """Such as ``Fri, 01 May 2026 08:00:00 +0000`` (RFC 822 with the year in four digits, as RSS 2.0 asks)."""
    return format_datetime(whole(moment))
