"""What a web worker's process does beside the serving."""

import gc
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve import worker
from feedsvc.store.store import Store


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """The tests' own process goes on as it was."""
    yield
    gc.unfreeze()


def test_what_is_loaded_before_the_first_request_is_not_looked_through_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Serving would stop for as long."""
    passed_over = []

    def serve(_store: Store, _renderer: object, listener: socket.socket, *_: object, **__: object) -> None:
        passed_over.append(gc.get_freeze_count())
        listener.close()

    monkeypatch.setattr(worker, "run_worker", serve)
    settings = Settings.model_validate(
        {"articles": tmp_path, "store": {"url": f"sqlite:///{tmp_path}/feedsvc.db"}, "port": 0}
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        worker.run_web(settings, lambda: False, os.dup(listener.fileno()))
    assert passed_over[0] > 10_000
