"""Exit statuses: what a script is told. Every command ends with one of these, and with no other."""

from enum import IntEnum
from typing import Self


class Exit(IntEnum):
    """An exit status; what it means stands in its ``about``, and in ``docs/commands.md``."""

    about: str

    def __new__(cls, status: int, about: str) -> Self:
        """A status with what it means."""
        made = int.__new__(cls, status)
        made._value_ = status
        made.about = about
        return made

    DONE = 0, "All is well."
    FOUND = 1, "The work is done, and something was found that has to be mended: it is named."
    FAILED = 2, "The work could not be begun or finished, or the command was wrong: one line says what to do."
    REFUSED = 3, "A rail refused the round; the last edition stays."
    INTERRUPTED = 130, "Ctrl-C."
    CUT_OFF = 141, "Whoever read the output has closed it, as `head` does."
