"""Two senders on one PostgreSQL database, of one host or of two: one sends, the other stands by and takes over."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from other_host import can_be_another_host, on_host
from postgres import Postgres
from push_scene import SITE, PushScene, Subscriber, feed
from serving import command, environment, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def scene(tmp_path: Path, postgres: Postgres) -> Iterator[PushScene]:
    """A site with a hub in a database."""
    with PushScene(tmp_path, postgres.new_database()) as made:
        yield made


@pytest.fixture(params=["one host", "two hosts"])
def another_host(request: pytest.FixtureRequest) -> bool:
    """Whether each sender is on a host of its own."""
    is_another: bool = request.param == "two hosts"
    if is_another and not can_be_another_host():
        pytest.skip("a second host needs unshare and the superuser")
    return is_another


def start(home: Path, scene: PushScene, name: str, *, another_host: bool) -> "subprocess.Popen[bytes]":
    """Start a sender, perhaps on a host of this name."""
    line = command("serve", "--role", "sender")
    settings = environment(
        base_url=SITE,
        store__url=scene.url,
        push__interval="0",
        push__allowed_networks='["127.0.0.0/8"]',
        log__level="debug",
    )
    with (home / f"{name}.log").open("wb") as log:
        return subprocess.Popen(on_host(name, line) if another_host else line, cwd=home, env=settings, stderr=log)


def test_each_edition_is_sent_once_whoever_sends(tmp_path: Path, scene: PushScene, another_host: bool) -> None:
    """Also in the hands of another, once the first was killed."""
    (tmp_path / "articles").mkdir()
    with Subscriber() as subscriber:
        assert scene.subscribe(f"{subscriber.url}/cb", lease_seconds="86400").status == 202
        senders = {name: start(tmp_path, scene, name, another_host=another_host) for name in ("anna", "bert")}
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
                    _owner(lease.owner, senders).kill()
            assert [each.body for each in subscriber.deliveries] == [f"edition {n}".encode() for n in range(6)]
            assert len(set(owners)) == 2
        finally:
            for each in senders.values():
                each.kill()
                each.wait()


def _owner(owner: str, senders: "Mapping[str, subprocess.Popen[bytes]]") -> "subprocess.Popen[bytes]":
    """The sender that owns the lease: known by its host, or by its process id where both are of this one."""
    host, pid, _ = owner.rsplit(":", 2)
    return senders.get(host) or next(each for each in senders.values() if each.pid == int(pid))


def _told(scene: PushScene, words: str, subscriber: Subscriber) -> bool:
    """Whether the subscriber has got something, and the sender has recorded that."""
    (found,) = scene.destinations()
    newest = scene.store.editions.newest().number
    return found.told == newest and any(each.body == words.encode() for each in subscriber.deliveries)
