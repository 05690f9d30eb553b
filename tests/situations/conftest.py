from collections.abc import Iterator
from pathlib import Path

import pytest
from site_rounds import Rounds

from feedsvc.store.store import open_store


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store; copying it is faster than making one."""
    file = tmp_path_factory.mktemp("template") / "store.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def rounds(tmp_path: Path, template: Path) -> Iterator[Rounds]:
    """No articles yet, and an empty store."""
    room = Rounds(tmp_path, template)
    yield room
    room.close()
