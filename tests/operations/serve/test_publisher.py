"""What the publisher's process does beside the rounds."""

import gc
import weakref
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from signals import restored_signals

from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve import publisher as role
from feedsvc.operations.serve.publisher import collect_garbage
from feedsvc.store.store import open_store


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
    collect_garbage()
    assert gc.get_freeze_count() > 0
    assert goes() is None
    later = weakref.ref(stays)
    del stays
    collect_garbage()
    assert later() is None


def test_a_publisher_settles_when_it_is_at_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each round that made something."""
    settled = []
    monkeypatch.setattr(role, "collect_garbage", lambda: settled.append(1))
    (tmp_path / "one.txt").write_text("One\n\nFirst.\n", "utf-8")
    store = f"sqlite:///{tmp_path}/feedsvc.db"
    with closing(open_store(store)) as watched, restored_signals():
        role.run_publisher(
            Settings.model_validate({"articles": tmp_path, "store": {"url": store}}),
            lambda: watched.editions.newest().number > 0,
        )
    assert settled == [1]
