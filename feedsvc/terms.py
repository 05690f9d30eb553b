"""From settings to the terms on which a worker serves, as plain values."""

from feedsvc.responses.freshness import Policy
from feedsvc.settings.settings import Settings
from feedsvc.web.limits import Limits
from feedsvc.web.throttle import Throttle

_LONGEST = 60
"""Seconds for which a cache may use a copy where the operator has not said: what is published shows within
a minute, however seldom the directory is scanned."""


def policy_of(settings: Settings) -> Policy:
    """The freshness that caches are told."""
    return Policy(
        max_age=settings.max_age or min(settings.interval, _LONGEST),
        shared_max_age=settings.shared_max_age,
        stale_while_revalidate=settings.stale_while_revalidate,
        stale_if_error=settings.stale_if_error,
        private=settings.access == "private",
    )


def limits_of(settings: Settings) -> Limits:
    """What one client may take of a worker."""
    return Limits(
        connections=settings.max_connections,
        patience=settings.patience,
        header_bytes=settings.max_header_bytes,
        content_bytes=settings.max_content_bytes,
        backlog=settings.backlog,
    )


def throttle_of(settings: Settings) -> Throttle | None:
    """Who fetches too often; None where everybody may."""
    if not settings.poll_limit:
        return None
    return Throttle(settings.poll_limit, policy_of(settings).max_age, settings.proxies)
