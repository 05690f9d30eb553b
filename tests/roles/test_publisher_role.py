"""What the publisher's process does beside the rounds."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from feedsvc.roles.publisher import settle


class Knot:
    """Holds itself, so that only the collector can tell that nobody else does."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """The tests' own process goes on as it was."""
    yield
    gc.unfreeze()


def test_what_stays_is_passed_over_and_what_is_left_is_cleared() -> None:
    """Also what was passed over the last time, and is garbage since."""
    stays, goes = Knot(), weakref.ref(Knot())
    settle()
    assert gc.get_freeze_count() > 0
    assert goes() is None
    later = weakref.ref(stays)
    del stays
    settle()
    assert later() is None
