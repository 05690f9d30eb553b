"""Patience: a progress bar for whoever watches, once the wait has become one."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

PATIENCE = 1.0
"""Seconds of work that nobody minds waiting for."""


class Patience:
    """A progress bar on standard error that appears after :data:`PATIENCE`, and only on a terminal."""

    def __init__(
        self, what: str, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take what is being done, in one word."""
        self._console = console or Console(stderr=True)
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, console=self._console, transient=True)
        self._task = self._bar.add_task(what, total=None)
        self._clock = clock
        self._begin = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bar, if there is one."""
        if self._bar.live.is_started:
            self._bar.stop()

    def progress(self, done: int, total: int) -> None:
        """Hear that ``done`` of ``total`` are done."""
        if not self._console.is_terminal or self._clock() - self._begin < PATIENCE:
            return
        self._bar.update(self._task, completed=done, total=total)
        self._bar.start()
