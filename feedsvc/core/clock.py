"""The clock of rounds and commands. What they call takes the moment as a value, and asks no clock of its own."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
