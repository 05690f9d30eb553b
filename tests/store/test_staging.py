"""The staging database: opened by the first thing that a round writes, and gone with the round."""

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine

from feedsvc.articles.record import Record
from feedsvc.core.errors import StoreError
from feedsvc.responses.edition import NO_EDITION, Edition
from feedsvc.store import staging
from feedsvc.store.store import Store


def no_room() -> sqlite3.Connection:
    """Fails as SQLite does where it can open no temporary file."""
    raise sqlite3.OperationalError("unable to open database file")


def publish(store: Store, record: Record) -> None:
    """Let the first round publish a record."""
    with store.publisher.round(NO_EDITION) as transaction:
        transaction.keep_body("b1", "<p>One</p>")
        transaction.save(record)
        transaction.publish(Edition(1, 0, None))


def test_a_round_that_writes_nothing_stages_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most rounds find nothing new, and cost as little as that."""
    monkeypatch.setattr(staging, "_ENGINE", create_engine("sqlite://", creator=no_room))
    with store.publisher.round(NO_EDITION):
        pass
    assert store.editions.newest().number == 0


def test_no_room_for_the_staging_database_ends_the_round_with_nothing_written(
    store: Store, record: Callable[..., Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot wait anywhere cannot be committed; the error names what is missing."""
    monkeypatch.setattr(staging, "_ENGINE", create_engine("sqlite://", creator=no_room))
    with pytest.raises(StoreError, match="temporary file"):
        publish(store, record("one"))
    assert store.editions.newest().number == 0
    assert not store.publisher.state().records
