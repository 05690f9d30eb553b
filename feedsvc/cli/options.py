"""The arguments, options and exit statuses that commands share, and their output: tables and a progress bar."""

import sys
import time
from collections.abc import Callable
from enum import IntEnum, StrEnum
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Self

import typer

from feedsvc.core.settings.model import SETTINGS

if TYPE_CHECKING:
    from rich.console import Console


def about(setting: str) -> str:
    """The description of a setting such as ``http.max_age``, as the help of the option that sets it."""
    return SETTINGS[setting].about


class OutputFormat(StrEnum):
    """The output format of a command."""

    TEXT = "text"
    JSON = "json"


def path(given: str) -> Path:
    """The path that an argument names; an empty one, as of a shell variable that is not set, names nothing."""
    if not given:
        raise typer.BadParameter("it must not be empty; write . for the working directory")
    return Path(given)


Directory = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", parser=path, help=about("articles"), show_default="articles")
]
Articles = Annotated[
    Path | None,
    typer.Option("--articles", metavar="DIR", parser=path, help=about("articles"), show_default="articles"),
]
BaseUrl = Annotated[str | None, typer.Option(metavar="URL", help=about("base_url"))]
ArticleUrl = Annotated[str | None, typer.Option(metavar="PATTERN", help=about("article_url"))]
StoreUrl = Annotated[str | None, typer.Option("--store", metavar="URL", help=about("store.url"))]
Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Read the settings from FILE instead of feedsvc.toml.")
]
Form = Annotated[OutputFormat, typer.Option("--format", help="The output format.")]


def _accept(safeguard: str, what: str) -> object:
    return typer.Option(f"--accept-{safeguard}", help=f"Override the {safeguard} safeguard: {what}.")


AcceptRemovals = Annotated[bool, _accept("removals", "let this round remove many articles")]
AcceptFlood = Annotated[bool, _accept("flood", "let this round publish many articles that look published already")]
AcceptHeaders = Annotated[bool, _accept("headers", "publish files that lost the header that held them back")]


class Exit(IntEnum):
    """The exit statuses of all commands, of which ``docs/reference/commands.md`` says what each means."""

    OK = 0
    PROBLEMS = 1
    FAILED = 2
    REFUSED = 3
    INTERRUPTED = 130
    BROKEN_PIPE = 141


_ONE_LINE = 10_000
"""Columns: wider than any row of a table, so that in a pipe each row stands on one line."""


def standard_output() -> "Console":
    """Standard output for tables: as wide as the terminal, and never broken into lines in a pipe."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else _ONE_LINE)


SHOW_AFTER = 1.0
"""Seconds of work before the bar appears."""


class ProgressBar:
    """A progress bar on standard error that appears after :data:`SHOW_AFTER`, and only on a terminal."""

    def __init__(
        self, what: str, console: "Console | None" = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin; ``what`` names the work in one word."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._console = console or Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, console=self._console, transient=True)
        self._task = self._bar.add_task(what, total=None)
        self._clock = clock
        self._begin = clock()
        self._fetched = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bar, if there is one."""
        if self._bar.live.is_started:
            self._bar.stop()

    def progress(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` steps are done."""
        self._show(done, total)

    def stage(self, what: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` steps of the stage ``what`` are done."""
        self._show(done, total or None, what.capitalize())

    def fetched(self, _address: str) -> None:
        """Show that one more document is being fetched; their total is unknown."""
        self._fetched += 1
        self._show(self._fetched, None)

    def _show(self, done: int, total: int | None, what: str | None = None) -> None:
        if not self._console.is_terminal or self._clock() - self._begin < SHOW_AFTER:
            return
        self._bar.update(self._task, completed=done, total=total, description=what)
        self._bar.start()
