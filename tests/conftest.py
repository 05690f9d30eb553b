"""What tests of several stations share."""

from collections.abc import Iterator

import pytest
from postgres import Postgres, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server."""
    with running() as server:
        yield server
