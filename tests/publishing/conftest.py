"""Fixtures of the tests of publishing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedsvc.store.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(f"sqlite:///{tmp_path}/feedsvc.db")
    yield opened
    opened.close()
