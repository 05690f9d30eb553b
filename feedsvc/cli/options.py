"""What several commands take: the directory, the settings file, and consents."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

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
