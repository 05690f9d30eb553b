"""What several commands take: the directory, the settings file, and consents."""

from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Self

import typer

from feedsvc.core.printable import printable
from feedsvc.core.settings.model import Settings


def about(setting: str) -> str:
    """A setting's description, for the option that sets it."""
    return Settings.model_fields[setting].description or ""


class OutputFormat(StrEnum):
    """How a command tells what it found."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(StrEnum):
    """How findings are told."""

    TABLE = "table"
    JSON = "json"
    GITHUB = "github"


Directory = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help=about("articles"), show_default="articles")
]
Config = Annotated[Path | None, typer.Option(metavar="FILE", help="Read settings from FILE, not feedsvc.toml.")]
Form = Annotated[OutputFormat, typer.Option("--format", help="How to tell it.")]
AcceptRemovals = Annotated[
    bool, typer.Option("--accept-removals", help="Let a large part of what is published go, this once.")
]
AcceptFlood = Annotated[
    bool, typer.Option("--accept-flood", help="Publish what looks published already, this once.")
]
AcceptHeaders = Annotated[
    bool, typer.Option("--accept-headers", help="Take files that lost their headers as they are, this once.")
]


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


def visible(text: str) -> str:
    """The text with what would steer a terminal written as an escape, as in a Python string."""
    return printable(text)
