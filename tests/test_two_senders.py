"""Two senders on one PostgreSQL database, as on two hosts: one sends, the other stands by and takes over."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Postgres
from push_scene import SITE, PushScene, Subscriber, feed
from serving import command, environment, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def scene(tmp_path: Path, postgres: Postgres) -> Iterator[PushScene]:
    """A site with a hub in a database."""
    with PushScene(tmp_path, postgres.new_database()) as made:
        yield made


def start(home: Path, scene: PushScene, name: str) -> "subprocess.Popen[bytes]":
    """Start a sender."""
    settings = environment(
        base_url=SITE,
        store__url=scene.url,
        push__interval="0",
        push__allowed_networks='["127.0.0.0/8"]',
        log__level="debug",
    )
    with (home / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command("serve", "--role", "sender"), cwd=home, env=settings, stderr=log)


def test_each_edition_is_sent_once_whoever_sends(tmp_path: Path, scene: PushScene) -> None:
    """Also in the hands of another, once the first was killed."""
    (tmp_path / "articles").mkdir()
    with Subscriber() as subscriber:
        assert scene.subscribe(f"{subscriber.url}/cb", lease_seconds="86400").status == 202
        senders = [start(tmp_path, scene, name) for name in ("anna", "bert")]
        try:
            wait_for(scene.destinations, "the subscription")
            owners = []
            for number in range(6):
                words = f"edition {number}"
                scene.publish(feed("/atom.xml", words))
                wait_for(lambda words=words: _told(scene, words, subscriber), words)  # type: ignore[misc]
                lease = scene.store.push.lease()
                assert lease is not None
                owners.append(lease.owner)
                if number == 2:
                    pid = int(lease.owner.split(":")[1])
                    next(each for each in senders if each.pid == pid).kill()
            assert [each.body for each in subscriber.deliveries] == [f"edition {n}".encode() for n in range(6)]
            assert len(set(owners)) == 2
        finally:
            for each in senders:
                each.kill()
                each.wait()


def _told(scene: PushScene, words: str, subscriber: Subscriber) -> bool:
    """Whether the subscriber has got something, and the sender has recorded that."""
    (found,) = scene.destinations()
    newest = scene.store.editions.newest().number
    return found.told == newest and any(each.body == words.encode() for each in subscriber.deliveries)
