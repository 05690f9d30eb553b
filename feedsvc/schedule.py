"""When a round is due: at once, at an interval, at a moment. The only home of APScheduler.

The schedule runs no round itself. It calls ``wake`` with the reason, from a thread of its own, and whoever
runs the rounds takes them one at a time. So no wish is lost while a round is busy.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

_MOMENT = "moment"


class Schedule:
    """A timer that calls ``wake(reason)``."""

    def __init__(self, wake: Callable[[str], None]) -> None:
        self._wake = wake
        # A late call is still wanted (APScheduler drops it in silence after one second by default), and one
        # call stands for all that were missed.
        self._timer = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def every(self, seconds: float) -> None:
        """Call ``wake`` every so many ``seconds``, the first time one interval from now."""
        self._timer.add_job(self._wake, "interval", seconds=seconds, args=["interval"], id="interval")

    def at(self, moment: datetime | None) -> None:
        """Call ``wake`` once at an aware ``moment``, in place of any moment set before; None sets none."""
        if moment is not None:
            self._timer.add_job(
                self._wake, "date", run_date=moment, args=[_MOMENT], id=_MOMENT, replace_existing=True
            )
        elif self._timer.get_job(_MOMENT):
            self._timer.remove_job(_MOMENT)

    def start(self) -> None:
        """Begin to count."""
        self._timer.start()

    def stop(self) -> None:
        """End without waiting for what is still to come."""
        # Also waits for a call that is being made, after which its timer would miss a job it wants to remove.
        self._timer.remove_all_jobs()
        self._timer.shutdown(wait=False)
