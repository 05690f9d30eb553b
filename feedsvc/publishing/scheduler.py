"""The scheduler: requests a round at an interval and at the next moment at which an article appears or expires.

It is the only home of APScheduler. It runs no round itself: it calls ``wake`` with the reason, from its own
thread. The publisher takes these requests one at a time, so none is lost while a round runs.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

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
