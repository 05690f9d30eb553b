"""Editions to export, made by hand."""

import pytest
from memory_editions import Editions, small_site


@pytest.fixture
def editions() -> Editions:
    """A store that holds one edition of a small site."""
    return Editions(small_site())
