"""What a web worker's process does beside the serving."""

import gc
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Postgres
from push_scene import PushScene, Subscriber
from serving import wait_for

from feedsvc.core.errors import StoreError
from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve import worker
from feedsvc.store.lease import LeaseOwner
from feedsvc.store.push_store import PushStore
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


def test_another_host_sends_once_the_one_that_sent_is_gone(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a sender works none is started; neither is one for nobody, nor while the store cannot say."""
    monkeypatch.setattr(worker, "SENDER_CHECK", 0.001)
    monkeypatch.setattr("feedsvc.store.lease.LENGTH", 3600.0)  # however slow this machine is
    looks: list[str] = []
    lease, needs_sender = PushStore.lease, PushStore.needs_sender

    def look_for_lease(store: PushStore) -> object:
        looks.append("lease")
        if len(looks) == 1:
            raise StoreError("the store is down", "wait")
        return lease(store)

    def look_for_subscribers(store: PushStore) -> bool:
        looks.append("subscribers")
        return needs_sender(store)

    monkeypatch.setattr(PushStore, "lease", look_for_lease)
    monkeypatch.setattr(PushStore, "needs_sender", look_for_subscribers)
    woken, ended = threading.Event(), threading.Event()
    with PushScene(tmp_path, postgres.new_database()) as scene, Subscriber() as subscriber:
        thread = threading.Thread(target=worker.watch_for_subscribers, args=(scene.store, woken.set, ended))
        thread.start()
        wait_for(lambda: looks.count("subscribers") > 2, "looks while nobody is subscribed")
        assert not woken.is_set()
        other = scene.store.push.acquire(LeaseOwner("far.example.org", 1, "0-a"))
        assert other is not None
        assert scene.subscribe(f"{subscriber.url}/cb").status == 202
        seen = len(looks)
        wait_for(lambda: len(looks) > seen + 3, "looks while another host sends")
        assert not woken.is_set()
        scene.store.push.release(other)
        wait_for(woken.is_set, "the start of a sender")
        ended.set()
        thread.join()
