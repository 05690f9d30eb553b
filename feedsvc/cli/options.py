"""Arguments, options and exit statuses that commands share, and how commands write to a terminal."""

import sys
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

from feedsvc.core.settings.names import SETTINGS

if TYPE_CHECKING:
    from rich.console import Console


def about(setting: str) -> str:
    """The description of a setting such as ``http.max_age``, as the help of the option that sets it."""
    return SETTINGS[setting].field.description or ""


class OutputFormat(StrEnum):
    """The output format of a command."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(StrEnum):
    """The output format of ``feedsvc check``."""

    TABLE = "table"
    JSON = "json"
    GITHUB = "github"


Directory = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help=about("articles"), show_default="articles")
]
Articles = Annotated[
    Path | None, typer.Option("--articles", metavar="DIR", help=about("articles"), show_default="articles")
]
BaseUrl = Annotated[str | None, typer.Option(metavar="URL", help=about("base_url"))]
ArticleUrl = Annotated[str | None, typer.Option(metavar="PATTERN", help=about("article_url"))]
StoreUrl = Annotated[str | None, typer.Option("--store", metavar="URL", help=about("store.url"))]
Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Read the settings from FILE instead of feedsvc.toml.")
]
Form = Annotated[OutputFormat, typer.Option("--format", help="The output format.")]
AcceptRemovals = Annotated[
    bool,
    typer.Option(
        "--accept-removals", help="Override the removals safeguard: let this round remove many articles."
    ),
]
AcceptFlood = Annotated[
    bool,
    typer.Option(
        "--accept-flood",
        help="Override the flood safeguard: let this round publish many articles that look published already.",
    ),
]
AcceptHeaders = Annotated[
    bool,
    typer.Option(
        "--accept-headers",
        help="Override the headers safeguard: publish files that lost the header that held them back.",
    ),
]


class Exit(IntEnum):
    """The exit statuses of all commands; ``about`` gives the meaning, for ``docs/reference/commands.md``."""

    about: str

    def __new__(cls, status: int, about: str) -> Self:
        """Make a status with its meaning."""
        made = int.__new__(cls, status)
        made._value_ = status
        made.about = about
        return made

    OK = 0, "Success."
    PROBLEMS = 1, "The command is done, and names problems that a person has to mend."
    FAILED = 2, "The command was wrong, or could not be carried out: one line says what to do."
    REFUSED = 3, "A safeguard refused the round; the last edition stays published."
    INTERRUPTED = 130, "Interrupted by Ctrl-C."
    BROKEN_PIPE = 141, "The program that read the output closed it, as `head` does."


_ONE_LINE = 10_000
"""Columns: wider than any row of a table, so that in a pipe each row stands on one line."""


def standard_output() -> "Console":
    """Standard output for tables: as wide as the terminal, and never broken into lines in a pipe."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else _ONE_LINE)
