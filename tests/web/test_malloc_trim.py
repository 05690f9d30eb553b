"""Memory that goes back to the system."""

import psutil
import pytest

from feedsvc.web import follower

BLOCK = 64_000
"""Bytes; small enough that glibc takes them from its heap."""


def own() -> int:
    """Bytes of memory that only this process has."""
    return int(psutil.Process().memory_full_info().uss)


@pytest.mark.skipif(follower._trim is None, reason="the C library has no malloc_trim")
def test_what_is_free_between_what_is_in_use_goes_back() -> None:
    """As the feeds of the former edition are between those of the newest."""
    blocks = [bytes([number % 256]) * BLOCK for number in range(600)]
    kept = blocks[::2]
    del blocks
    before = own()
    follower.give_back()
    assert before - own() > len(kept) * BLOCK / 2
    assert all(block == block[:1] * BLOCK for block in kept)


def test_where_the_c_library_cannot_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on musl, and on other systems than Linux."""
    monkeypatch.setattr(follower, "_trim", None)
    follower.give_back()
