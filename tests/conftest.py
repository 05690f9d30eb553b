"""What tests of several stations share."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from postgres import Postgres, running

settings.register_profile("feedsvc", deadline=None)  # a busy machine is no fault
settings.load_profile("feedsvc")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server."""
    with running() as server:
        yield server
