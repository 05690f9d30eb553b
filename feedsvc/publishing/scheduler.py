"""When a round is due: at once, at an interval, at a moment. The only home of APScheduler.

The schedule runs no round itself. It calls ``wake`` with the reason, from a thread of its own, and whoever
runs the rounds takes them one at a time. So no request is lost while a round is busy.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

LEAP = timedelta(seconds=3)
"""By so much the clock may run off between two looks without being taken for set."""
_MOMENT = "due"
_INTERVAL = "interval"


class Schedule:
    """A timer that calls ``wake(reason)``.

    The timer computes how long to wait, and then waits by a clock that knows nothing of a machine that sleeps or a
    clock that is set. So whoever has a heartbeat calls :meth:`look` with it.
    """

    def __init__(self, wake: Callable[[str], None]) -> None:
        self._wake = wake
        # A late call is still wanted (APScheduler drops it in silence after one second by default), and one
        # call stands for all that were missed.
        self._timer = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._seconds: float | None = None
        self._moment: datetime | None = None
        self._lead: timedelta | None = None

    def every(self, seconds: float) -> None:
        """Call ``wake`` every so many ``seconds``, the first time one interval from now."""
        self._seconds = seconds
        self._timer.add_job(
            self._wake, "interval", seconds=seconds, args=[_INTERVAL], id=_INTERVAL, replace_existing=True
        )

    def at(self, moment: datetime | None) -> None:
        """Call ``wake`` once at an aware ``moment``, in place of any moment set before; None sets none."""
        self._moment = moment
        if moment is not None:
            self._timer.add_job(self._come, "date", run_date=moment, id=_MOMENT, replace_existing=True)
        else:
            with suppress(JobLookupError):  # it may come this very moment
                self._timer.remove_job(_MOMENT)

    def look(self, now: datetime, steady: float) -> None:
        """Make up for a clock that was set, and for the time that the machine slept.

        Args:
            now: Aware, by the clock that moments are told in.
            steady: Seconds by a clock that nobody sets.
        """
        lead = (now - datetime.fromtimestamp(0, UTC)) - timedelta(seconds=steady)
        before, self._lead = self._lead, lead
        if before is not None and abs(lead - before) > LEAP:
            if self._seconds is not None:
                self.every(self._seconds)  # set back by an hour, the timer would wait for an hour
            self._wake("clock")
        if self._moment is not None and self._moment <= now:
            self.at(None)
            self._wake(_MOMENT)

    def _come(self) -> None:
        self._moment = None
        self._wake(_MOMENT)

    def start(self) -> None:
        """Begin to count."""
        self._timer.start()

    def stop(self) -> None:
        """End without waiting for what is still to come."""
        # Also waits for a call that is being made, after which its timer would miss a job it wants to remove.
        self._timer.remove_all_jobs()
        self._timer.shutdown(wait=False)


FIRST = 1.0
"""Seconds before the first new attempt."""
LONGEST = 60.0
"""Seconds that the wait grows to, doubling."""


class Backoff:
    """When to try again. Moments are seconds of any clock that does not jump."""

    def __init__(self) -> None:
        self._delay = 0.0
        self._due: float | None = None

    def fail(self, now: float) -> float:
        """Note that an attempt failed at ``now``; give the seconds until the next one."""
        self._delay = min(self._delay * 2, LONGEST) or FIRST
        self._due = now + self._delay
        return self._delay

    def succeed(self) -> None:
        """Note that an attempt went well: nothing has to be waited for."""
        self._delay = 0.0
        self._due = None

    def left(self, now: float) -> float | None:
        """Seconds until the next attempt, 0 when it is due; None if the last one went well."""
        return None if self._due is None else max(0.0, self._due - now)
