"""The clock of rounds and commands. What they call takes the moment as a value, and asks no clock of its own."""

from datetime import UTC, datetime

from feedsvc.core.timestamps import whole_seconds


def now() -> datetime:
    """This moment, aware, in whole seconds."""
    return whole_seconds(datetime.now(UTC))
