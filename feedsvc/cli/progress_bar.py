"""A progress bar on a terminal, shown once the work takes longer than a second."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

SHOW_AFTER = 1.0
"""Seconds of work before the bar appears."""


class ProgressBar:
    """A progress bar on standard error that appears after :data:`SHOW_AFTER`, and only on a terminal."""

    def __init__(
        self, what: str, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin; ``what`` names the work in one word."""
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
