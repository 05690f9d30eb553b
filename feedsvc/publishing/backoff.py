"""Back-off: what failed is tried again soon, and then ever less often."""

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
