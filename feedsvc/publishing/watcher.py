"""File events: a change begins a round at once. An accelerator only; the scan at an interval is the truth.

The only home of watchfiles. Where there are no events (too many folders for inotify, network file systems), one
log line says so, and the interval goes on alone.
"""

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog
from watchfiles import Change, watch

from feedsvc.articles.body.media import media_type
from feedsvc.articles.frontmatter.data_files import is_data_file
from feedsvc.articles.source.formats import article_format
from feedsvc.articles.source.ignore import IGNORE_FILE, is_ignored_name


def is_relevant(path: str, *, folder: bool) -> bool:
    """Whether a change at ``path``, relative to the articles directory, may be one of what a scan would list.

    Args:
        path: What changed; with ``/``.
        folder: Whether it is, or may have been, a folder.
    """
    folders, _, name = path.rpartition("/")
    if any(map(is_ignored_name, folders.split("/") if folders else ())):
        return False
    if name == IGNORE_FILE:
        return True
    return not is_ignored_name(name) and (
        folder or bool(article_format(name) or media_type(name) or is_data_file(name))
    )


RETRY = 30.0
"""Seconds between two attempts to get events where there are none."""
LOOK = 1000
"""Milliseconds between two looks at whether the directory is still the one that is watched."""
_PATIENCE = 10
"""By so many times the debounce a file that is written all the time puts off a round at most."""

log = structlog.get_logger()


class Watch:
    """Calls ``wake("files")`` a moment after files below a directory changed; wraps the work in a ``with``."""

    def __init__(self, directory: Path, debounce: int, wake: Callable[[str], None]) -> None:
        """Take the directory, the milliseconds of quiet after a change, and what to call (in another thread)."""
        self._directory = directory
        self._debounce = debounce
        self._wake = wake
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._told = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        first = True
        while not self._stop.is_set():
            try:
                self._follow(again=not first)
            except (OSError, RuntimeError) as error:
                self._tell(error)
                self._stop.wait(RETRY)
            first = False

    def _follow(self, *, again: bool) -> None:
        """Follow the directory until it is no longer the one that is watched, or a link leads to another.

        What the links resolve to is watched: the system tells of changes there, not of changes behind a link.

        Raises:
            OSError: It is not there, or the system has no events for it.
            RuntimeError: The same, where the library has no better word.
        """
        place = self._place()
        top = place[0]
        if again:
            self._wake("files")  # what happened in between was not seen
        for changes in watch(
            top,
            watch_filter=partial(_counts, top),
            step=max(1, self._debounce),
            debounce=max(1, self._debounce) * _PATIENCE,
            rust_timeout=LOOK,
            yield_on_timeout=True,
            stop_event=self._stop,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            self._told = False
            if changes:
                self._wake("files")
            if self._place() != place:
                return

    def _place(self) -> tuple[str, int, int]:
        """Where the directory lies, links resolved, and which one it is."""
        top = os.path.realpath(self._directory)
        status = os.stat(top)  # noqa: PTH116 - a text already
        return top, status.st_dev, status.st_ino

    def _tell(self, error: Exception) -> None:
        if not self._told:
            why = getattr(error, "strerror", None) or str(error)
            remedy = "raise fs.inotify.max_user_watches if it is too low; scans at the interval go on"
            log.warning("file events unavailable", articles=str(self._directory), error=why, remedy=remedy)
        self._told = True


def _counts(top: str, change: Change, path: str) -> bool:
    """Whether a change may matter: the store may lie in the directory too, and is written all the time."""
    return is_relevant(os.path.relpath(path, top), folder=change is Change.deleted or Path(path).is_dir())
