"""What tests of several stations share."""

import os
import sys
from collections.abc import Iterator

import pytest
from commands import READERS
from hypothesis import settings
from postgres import Postgres, running

# The suite starts some hundred processes, and each would compile the package and its tests anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("feedsvc", deadline=None)  # a busy machine is no fault
settings.load_profile("feedsvc")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests start the service come first: they take the longest, and all cores should end together."""
    items.sort(key=lambda item: not hasattr(getattr(item, "module", None), "Service"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server."""
    with running() as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def readers_end() -> Iterator[None]:
    """The processes that read for the commands of a module's tests end with the last of them."""
    yield
    READERS.close()
