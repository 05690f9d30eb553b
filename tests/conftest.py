"""What tests of several stations share."""

import os
import sys
from collections import Counter
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
    """What takes the longest begins first, then files that start the service: all cores should end together.

    Of tests with one name, a run in several processes takes only the first, and says nothing of the others.
    """
    if twice := [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]:
        raise pytest.UsageError(f"several tests have the name {twice[0]}")
    items.sort(key=lambda item: (not _is_first(item), not hasattr(getattr(item, "module", None), "Service")))


def _is_first(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("slow")
    return marker is not None and bool(marker.kwargs.get("first"))


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
