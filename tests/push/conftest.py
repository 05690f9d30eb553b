"""A scene of push, and a subscriber."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from push_scene import PushScene, Subscriber
from site_rounds import Rounds

from feedsvc.push import delivery
from feedsvc.store.store import open_store


@pytest.fixture(autouse=True)
def no_web_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing serves the site here, so nothing needs time to take over an edition."""
    monkeypatch.setattr(delivery, "SETTLING", 0.0)


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty store: to copy it takes less time than to make one."""
    file = tmp_path_factory.mktemp("store") / "push.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def scene(tmp_path: Path, new_store: Path) -> Iterator[PushScene]:
    """A site with a hub."""
    shutil.copy(new_store, tmp_path)
    with PushScene(tmp_path) as made:
        yield made


@pytest.fixture
def rounds(tmp_path: Path, new_store: Path) -> Iterator[Rounds]:
    """A site whose articles are files."""
    made = Rounds(tmp_path, new_store)
    yield made
    made.close()


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    """A subscriber that confirms and takes everything."""
    with Subscriber() as running:
        yield running
