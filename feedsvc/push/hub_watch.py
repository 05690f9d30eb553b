"""The callback of the watchdog: outside hubs confirm our subscriptions there, and push (see :mod:`.hub_pings`)."""

from collections.abc import Callable

from feedsvc.store.hub_watch_store import HubWatchStore

_LEASE = 86_400
"""Seconds for which a subscription counts whose hub names no time."""


class HubWatch:
    """Answers outside hubs at the callback of the watchdog. Every method may be called from any thread."""

    def __init__(self, watched: HubWatchStore, clock: Callable[[], float]) -> None:
        """Take what is known of the hubs, and a clock that tells seconds since 1970."""
        self._watched = watched
        self._clock = clock

    def confirm(self, token: str, mode: str, challenge: str, lease: str) -> str | None:
        """The answer to the verification of a subscription; None if the subscription is not ours.

        Args:
            token: The last segment of the callback.
            mode: ``hub.mode``.
            challenge: ``hub.challenge``.
            lease: ``hub.lease_seconds``, as it came.
        """
        if mode != "subscribe" or not challenge or not _may_be_token(token):
            return None
        seconds = int(lease[:9]) if lease.isascii() and lease.isdigit() else _LEASE
        return challenge if self._watched.confirm(token, int(self._clock()) + seconds) else None

    def receive(self, token: str) -> bool:
        """Note that a hub pushed; False if it is none of ours."""
        return _may_be_token(token) and self._watched.receive(token, int(self._clock()))


def _may_be_token(text: str) -> bool:
    """Whether a database may be asked for a text: PostgreSQL takes no NUL."""
    return text.isascii() and text.isprintable()
