"""A store for the web worker to follow."""

import pytest
from memory_store import MemoryStore, feed, missing, page


@pytest.fixture
def empty() -> MemoryStore:
    """A store without an edition."""
    return MemoryStore()


@pytest.fixture
def store() -> MemoryStore:
    """A store with one edition: a feed, a page, and the page for everything unknown."""
    store = MemoryStore()
    store.publish(feed(), page(), missing())
    return store
