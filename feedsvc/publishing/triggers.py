"""What requests a round: the interval, the next moment at which an article appears or expires, and file events.

Nothing here runs a round: ``wake`` is called with the reason, from any thread. The publisher takes these
requests one at a time, so none is lost while a round runs. File events only make publishing faster; the scan at
an interval finds every change without them. Where there are none (too many folders for inotify, a network file
system), one log line says so. The only home of APScheduler and watchfiles.
"""

import os
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from watchfiles import Change, watch

from feedsvc.articles.body.media import media_type
from feedsvc.articles.source.names import IGNORE_FILE, article_format, is_data_file, is_ignored_name

CLOCK_TOLERANCE = timedelta(seconds=3)
"""How much the clock may differ from a steady one between two checks before it counts as having been set."""
_MOMENT = "due"
_INTERVAL = "interval"


class Schedule:
    """A timer that calls ``wake(reason)``.

    The timer waits by a steady clock, which does not notice that the machine slept or that the system clock was
    set. Its owner therefore calls :meth:`check_clock` about once a second.
    """

    def __init__(self, wake: Callable[[str], None]) -> None:
        self._wake = wake
        # A late call is still made (by default APScheduler silently drops it after one second), and one call
        # stands for all that were missed.
        self._timer = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._seconds: float | None = None
        self._moment: datetime | None = None
        self._lead: timedelta | None = None

    def every(self, seconds: float) -> None:
        """Call ``wake`` at an interval of ``seconds``, the first time one interval from now."""
        self._seconds = seconds
        self._timer.add_job(
            self._wake, "interval", seconds=seconds, args=[_INTERVAL], id=_INTERVAL, replace_existing=True
        )

    def at(self, moment: datetime | None) -> None:
        """Call ``wake`` once at an aware ``moment``, in place of any moment set before; None sets none."""
        self._moment = moment
        if moment is not None:
            self._timer.add_job(self._moment_reached, "date", run_date=moment, id=_MOMENT, replace_existing=True)
        else:
            with suppress(JobLookupError):  # the timer may be running the job at this moment
                self._timer.remove_job(_MOMENT)

    def check_clock(self, now: datetime, steady: float) -> None:
        """Notice that the clock was set or that the machine slept, and call ``wake`` for what is due by now.

        Args:
            now: The time by the system clock, aware.
            steady: Seconds by a monotonic clock, which cannot be set.
        """
        lead = (now - datetime.fromtimestamp(0, UTC)) - timedelta(seconds=steady)
        before, self._lead = self._lead, lead
        if before is not None and abs(lead - before) > CLOCK_TOLERANCE:
            if self._seconds is not None:
                self.every(self._seconds)  # set back by an hour, the timer would wait for an hour
            self._wake("clock")
        if self._moment is not None and self._moment <= now:
            self.at(None)
            self._wake(_MOMENT)

    def _moment_reached(self) -> None:
        self._moment = None
        self._wake(_MOMENT)

    def start(self) -> None:
        """Start the timer."""
        self._timer.start()

    def stop(self) -> None:
        """Stop the timer and drop the calls that are still to come."""
        # This also waits for a call that is being made; its job would otherwise be removed twice.
        self._timer.remove_all_jobs()
        self._timer.shutdown(wait=False)


def is_relevant(path: str, *, folder: bool) -> bool:
    """Whether a scan of the articles directory would notice a change at ``path``.

    Args:
        path: The path that changed, relative to the articles directory, with ``/``.
        folder: Whether it is a folder, or may have been one.
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
"""Seconds between two attempts to watch a directory for which there are no events."""
CHECK_INTERVAL = 1000
"""Milliseconds between two checks of whether the path still leads to the watched directory."""
_STEPS = 2
"""The steps of a debounce. watchfiles looks once a step, and reports when a step has brought no other change; so a
change waits for one step at least and for the debounce at most."""
_MOST_DEBOUNCES = 10
"""Files that change all the time delay a round by at most this many times the debounce."""

log = structlog.get_logger()


FILES = "files"
"""The reason of a round that file events request."""
Wake = Callable[[str, AbstractSet[str] | None], None]
"""Takes the reason of a round, and the paths that changed, relative to the articles directory, with ``/``; None
where they are not known."""


class IsRelevant(Protocol):
    """Whether a change at a path, relative to the watched directory, concerns anybody."""

    def __call__(self, path: str, *, folder: bool) -> bool:
        """``folder``: whether it is a folder, or may have been one."""


class FolderWatch:
    """A context manager in which ``wake`` is called shortly after files in a directory changed."""

    def __init__(self, directory: Path, debounce: int, wake: Wake, relevant: IsRelevant = is_relevant) -> None:
        """Prepare to watch.

        Args:
            directory: The articles directory, or that of the theme.
            debounce: Milliseconds that a change waits at most for others, which ``wake`` gets in one call; as long
                as others come, it waits on.
            wake: Called in another thread.
            relevant: Whether a change concerns anybody; called as :func:`is_relevant`.
        """
        self._relevant = relevant
        self._directory = directory
        self._debounce = debounce
        self._wake = wake
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._logged = False

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
                self._log_unavailable(error)
                self._stop.wait(RETRY)
            first = False

    def _follow(self, *, again: bool) -> None:
        """Watch the directory until its path leads to another one, because it was replaced or a link was changed.

        The directory behind all links is watched, because the system reports no changes behind a link.

        Raises:
            OSError: The directory does not exist, or the system has no events for it.
            RuntimeError: As OSError; watchfiles raises either.
        """
        identity = self._identity()
        top = identity[0]
        if again:
            self._wake(FILES, None)  # changes in between were not reported
        for changes in watch(
            top,
            watch_filter=partial(self._concerns, top),
            step=max(1, self._debounce // _STEPS),
            debounce=max(1, self._debounce) * _MOST_DEBOUNCES,
            rust_timeout=CHECK_INTERVAL,
            yield_on_timeout=True,
            stop_event=self._stop,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            self._logged = False
            if changes:
                self._wake(FILES, {_relative(top, path) for _, path in changes})
            if self._identity() != identity:
                return

    def _concerns(self, top: str, change: Change, path: str) -> bool:
        """Whether a change is relevant; the store, which is written often, may lie in the directory too."""
        return self._relevant(_relative(top, path), folder=change is Change.deleted or Path(path).is_dir())

    def _identity(self) -> tuple[str, int, int]:
        """The real path of the directory, and the device and inode that identify it."""
        top = os.path.realpath(self._directory)
        status = os.stat(top)  # noqa: PTH116 - a text already
        return top, status.st_dev, status.st_ino

    def _log_unavailable(self, error: Exception) -> None:
        if not self._logged:
            reason = getattr(error, "strerror", None) or str(error)
            mended = "raise fs.inotify.max_user_watches if it is too low"
            if isinstance(error, FileNotFoundError | NotADirectoryError):
                mended = "put the directory back"
            remedy = f"{mended}; scans at the interval go on"
            log.warning("file events unavailable", articles=str(self._directory), error=reason, remedy=remedy)
        self._logged = True


def _relative(top: str, path: str) -> str:
    return os.path.relpath(path, top)


FIRST_DELAY = 1.0
"""Seconds before the first new attempt."""
LONGEST_DELAY = 60.0
"""The most seconds before a new attempt; until then the delay doubles with each failure."""


class Backoff:
    """Exponential back-off: when to try again after failures. All times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._delay = 0.0
        self._due: float | None = None

    def fail(self, now: float) -> float:
        """Note that an attempt failed at ``now``; return the seconds until the next one."""
        self._delay = min(self._delay * 2, LONGEST_DELAY) or FIRST_DELAY
        self._due = now + self._delay
        return self._delay

    def succeed(self) -> None:
        """Note that an attempt succeeded, which ends the waiting."""
        self._delay = 0.0
        self._due = None

    def left(self, now: float) -> float | None:
        """Seconds until the next attempt, 0 when it is due; None if the last one succeeded."""
        return None if self._due is None else max(0.0, self._due - now)
