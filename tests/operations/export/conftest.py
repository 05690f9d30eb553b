"""Editions to export: made by hand, and of a small site in a store."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from commands import run_command
from memory_editions import Editions, small_site
from serving import write

from feedsvc.operations.export.writer import StoredEdition
from feedsvc.store.store import open_store

STORIES = {f"news/{number}.md": f"---\ndate: 2026-05-0{number}\n---\nWords {number}.\n" for number in range(1, 8)}


@pytest.fixture
def editions() -> Editions:
    """A store that holds one edition of a small site."""
    return Editions(small_site())


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with a small site in it."""
    write(tmp_path / "articles", STORIES)
    assert run_command(tmp_path, "publish").returncode == 0
    return f"sqlite:///{next(tmp_path.glob('*.db'))}"


@pytest.fixture
def source(url: str) -> Iterator[StoredEdition]:
    """The same, opened."""
    with closing(open_store(url)) as store, closing(StoredEdition(store.editions)) as source:
        yield source
