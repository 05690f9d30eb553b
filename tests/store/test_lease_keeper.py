"""A lease, kept by a thread, on a real store."""

from pathlib import Path

import pytest
from serving import wait_for
from structlog.testing import capture_logs

from feedsvc.core.errors import LeaseLostError
from feedsvc.responses.edition import NO_EDITION, Edition
from feedsvc.store import lease
from feedsvc.store.lease import LeaseKeeper, LeaseOwner
from feedsvc.store.store import Store


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A file that can be moved away."""
    return f"sqlite:///{tmp_path}/feedsvc.db"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewals without a wait worth the name."""
    monkeypatch.setattr(lease, "RENEWAL", 0.02)


def test_it_takes_and_gives_back(store: Store) -> None:
    """Nobody has to wait after an orderly end."""
    mine = LeaseKeeper(store.publisher)
    assert mine.hold() == 1
    assert mine.held
    mine.end()
    assert store.publisher.lease() is None


def test_it_stands_by_and_then_publishes(store: Store) -> None:
    """Both are told, once, with who it is."""
    first, second = LeaseKeeper(store.publisher), LeaseKeeper(store.publisher)
    first.hold()
    with capture_logs() as log:
        assert [second.hold(), second.hold()] == [None, None]
        first.end()
        assert second.hold() == 2
    second.end()
    assert [line["event"] for line in log] == [
        "standing by while another process has the lease",
        "took over the lease",
    ]


def test_a_loss_is_noticed_and_the_next_term_is_another(store: Store) -> None:
    """A command took its turn; what was begun before it does not count, and afterwards all begins anew."""
    mine = LeaseKeeper(store.publisher)
    mine.hold()
    with capture_logs() as log, store.publisher.exclusive():
        wait_for(lambda: not mine.held, "the loss")
        with pytest.raises(LeaseLostError):
            mine.lease()
    assert [line["event"] for line in log] == ["lost the lease"]
    assert mine.hold() == 3
    with store.publisher.round(NO_EDITION, mine.lease()) as transaction:
        transaction.publish(Edition(1, 5))
    assert store.editions.newest().number == 1
    mine.end()


def test_a_store_that_fails_is_told_once(store: Store, tmp_path: Path) -> None:
    """The right lasts until the store says that it is lost."""
    mine = LeaseKeeper(store.publisher)
    mine.hold()
    file, away = tmp_path / "feedsvc.db", tmp_path / "away.db"
    with capture_logs() as log:
        file.rename(away)
        wait_for(lambda: log, "the failure")
        away.rename(file)
        before = store.publisher.lease()
        assert before is not None
        wait_for(lambda: (now := store.publisher.lease()) is not None and now.left > before.left, "a renewal")
    assert mine.held
    assert [line["event"] for line in log] == ["could not renew the lease"]
    mine.end()


def test_an_end_without_a_store_is_an_end(store: Store, tmp_path: Path) -> None:
    """What cannot be given back lapses."""
    mine = LeaseKeeper(store.publisher)
    mine.hold()
    (tmp_path / "feedsvc.db").rename(tmp_path / "away.db")
    with capture_logs() as log:
        mine.end()
    assert "could not release the lease, which now has to expire" in [line["event"] for line in log]
    assert not mine.held
    (tmp_path / "away.db").rename(tmp_path / "feedsvc.db")
    assert store.publisher.acquire(LeaseOwner.this()) is None
