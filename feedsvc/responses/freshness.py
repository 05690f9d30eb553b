"""Freshness: how long caches may reuse a response without asking (RFC 9111, section 5.2.2; RFC 5861)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from feedsvc.documents.model import Caching

MISSING_MAX_AGE = 10
"""The most seconds that a 404 may be cached, so that it does not hide an article which is published meanwhile."""
IMMUTABLE = "max-age=31536000, immutable"
"""Cache-Control of a URL that contains the digest of its bytes (RFC 8246)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The freshness that the operator has chosen for responses, in seconds."""

    max_age: int = 60
    """Seconds for which a cache may use a copy without asking."""
    stale_while_revalidate: int = 60
    """Seconds after max_age for which a cache may answer at once and ask meanwhile."""
    stale_if_error: int = 86_400
    """Seconds after max_age for which a cache may answer while feedsvc does not."""
    shared_max_age: int | None = None
    """The max_age of caches that several clients share; None if it is the same."""
    private: bool = False
    """Whether only the client's own cache may store responses (RFC 9111, section 5.2.2.7)."""

    @property
    def audience(self) -> str:
        """The directive of Cache-Control that says which caches may store a response."""
        return "private" if self.private else "public"


def cache_control(policy: Policy, now: int, next_moment: int | None) -> str:
    """The Cache-Control field of a document.

    None of its lifetimes reaches past the next moment at which something appears or expires, so that no
    cache shows what must be gone. Only max-age keeps one second when that moment is there or overdue: shared
    caches drop the conditions of a request for what is never fresh, and would fetch whole feeds.

    Args:
        policy: The wanted lifetimes.
        now: Seconds since 1970.
        next_moment: Seconds since 1970, or None if nothing is scheduled.
    """
    fresh, stale, error = policy.max_age, policy.stale_while_revalidate, policy.stale_if_error
    shared = None if policy.private else policy.shared_max_age
    if next_moment is not None:
        left = max(1, next_moment - now)
        fresh = min(fresh, left)
        shared = None if shared is None else min(shared, left)
        rest = left - max(fresh, shared or 0)  # a copy may be old only after it was fresh
        stale, error = min(stale, rest), min(error, rest)
    parts = [policy.audience, f"max-age={fresh}"]
    if shared is not None:
        parts.append(f"s-maxage={shared}")
    if stale:
        parts.append(f"stale-while-revalidate={stale}")
    if error:
        parts.append(f"stale-if-error={error}")
    return ", ".join(parts)


def brief_cache_control(policy: Policy, now: int, next_moment: int | None) -> str:
    """The Cache-Control field of a 404: at most ten seconds, and not longer than for a document."""
    shared = None if policy.shared_max_age is None else min(policy.shared_max_age, MISSING_MAX_AGE)
    brief = Policy(min(policy.max_age, MISSING_MAX_AGE), 0, 0, shared, policy.private)
    return cache_control(brief, now, next_moment)


@lru_cache(maxsize=8)
def lifetimes(policy: Policy, now: int, next_moment: int | None) -> Mapping[Caching, bytes]:
    """The Cache-Control field of every kind of response at one second, in bytes."""
    return {
        "usual": cache_control(policy, now, next_moment).encode("ascii"),
        "brief": brief_cache_control(policy, now, next_moment).encode("ascii"),
        "immutable": f"{policy.audience}, {IMMUTABLE}".encode("ascii"),
    }
