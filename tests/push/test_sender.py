"""The sender: nobody delays another, nothing is lost where the store fails, and it ends when nobody is left."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from http_stub import Answer
from push_scene import LOOPBACK, SITE, PushScene, SlowSubscriber, Subscriber, feed
from serving import PATIENCE
from structlog.testing import capture_logs

from feedsvc.core.errors import StoreError
from feedsvc.push.client import PushClient
from feedsvc.push.delivery import OF_HOST, Delivery, Result, Slots
from feedsvc.push.sender import LINGER, Sender
from feedsvc.push.websub import Subscribers
from feedsvc.store.lease import LeaseOwner
from feedsvc.store.push_store import Destination, Pending, PushStore, SubscriptionRequest


def subscribe_all(scene: PushScene, url: str, count: int) -> None:
    """Subscribe so many callbacks of a server, each of its own host name by its address."""
    for number in range(count):
        assert scene.subscribe(f"{url}/{number}").status == 202
    scene.settle()


def test_slow_subscribers_do_not_delay_others(scene: PushScene, subscriber: Subscriber) -> None:
    """They hold only the slots of their own host; this host is another name of the same machine."""
    with SlowSubscriber() as slow:
        subscribe_all(scene, slow.url.replace("127.0.0.1", "127.0.0.2"), 3 * OF_HOST)
        subscribe_all(scene, subscriber.url, 20)
        scene.publish(feed("/atom.xml", "two"))
        scene.run(lambda: len(subscriber.deliveries) == 20)
        assert len(slow.deliveries) <= OF_HOST
        slow.go.set()


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[list[str]]:
    """Let a method of the store fail; gives the calls that failed."""
    calls: list[str] = []

    def fail(*_: object) -> None:
        calls.append(name)
        raise StoreError("the store is locked", "wait")

    with monkeypatch.context() as patch:
        patch.setattr(PushStore, name, fail)
        yield calls


@pytest.mark.parametrize("method", ["pending", "feed", "record", "requests"])
def test_a_store_that_fails_loses_nothing(
    scene: PushScene, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """It is told once in the log, and what was to be done is done later."""
    subscribe_all(scene, subscriber.url, 3)
    scene.publish(feed("/atom.xml", "two"))
    with capture_logs() as log, failing(monkeypatch, method) as calls:
        scene.run(lambda: len(calls) > 2)
    assert [line["event"] for line in log if line["log_level"] == "warning"] == ["store unusable, pushing later"]
    scene.settle()
    assert {each.path for each in subscriber.deliveries} == {"/0", "/1", "/2"}
    assert all(each.told == 2 for each in scene.destinations())


def test_a_sender_ends_when_there_is_nobody_to_tell(scene: PushScene) -> None:
    """After a while, so that it is not started anew for each subscriber."""

    async def run() -> float:
        begin = scene.now

        def later() -> float:
            scene.now += 0.5
            return scene.now

        async with PushClient(LOOPBACK, SITE) as client:
            subscribers = Subscribers(scene.store.push, client, SITE, later)
            await Sender(scene.store.push, subscribers, clock=later).run(lambda: False)
        return scene.now - begin

    assert asyncio.run(run()) >= LINGER
    assert scene.store.push.lease() is None


def test_a_clock_that_jumps_does_not_end_a_sender(scene: PushScene, subscriber: Subscriber) -> None:
    """As that of a machine that slept: there are subscribers all the time."""
    subscribe_all(scene, subscriber.url, 1)
    looks = []

    def is_enough() -> bool:
        scene.now += 3600
        looks.append(scene.now)
        return len(looks) == 4

    async def run() -> None:
        async with PushClient(LOOPBACK, SITE) as client:
            subscribers = Subscribers(scene.store.push, client, SITE, lambda: scene.now)
            await Sender(scene.store.push, subscribers, clock=lambda: scene.now).run(is_enough)

    asyncio.run(run())
    assert len(looks) == 4


@pytest.mark.parametrize("seconds", [9e7, 7200.0], ids=["years", "a time zone"])
def test_a_clock_that_is_set_back_delays_nothing_for_long(
    scene: PushScene, subscriber: Subscriber, seconds: float
) -> None:
    """Here it was so far ahead when the subscriber was told."""
    subscribe_all(scene, subscriber.url, 1)
    scene.let_pass(seconds)
    scene.subscribe(f"{subscriber.url}/0")
    scene.settle()
    scene.publish(feed("/atom.xml", "two"))
    scene.settle()
    scene.let_pass(-seconds)
    scene.publish(feed("/atom.xml", "three"))
    scene.run(lambda: len(subscriber.deliveries) == 2)


def test_an_attempt_that_failed_is_logged_once(
    scene: PushScene, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the store cannot take it."""
    subscribe_all(scene, subscriber.url, 1)
    scene.publish(feed("/atom.xml", "two"))
    subscriber.answers = [Answer(500, (("content-length", "0"),))]

    async def run() -> None:
        async with PushClient(LOOPBACK, SITE) as client, asyncio.timeout(PATIENCE):
            subscribers = Subscribers(scene.store.push, client, SITE, lambda: scene.now)
            sender = Sender(scene.store.push, subscribers, clock=lambda: scene.now)
            with failing(monkeypatch, "record") as calls:
                while len(calls) < 3:
                    await sender.step()
                    await asyncio.sleep(0.005)
            await sender.step()
            await sender.end()

    with capture_logs() as log:
        asyncio.run(run())
    assert [line["error"] for line in log if line["event"] == "push failed"] == ["status 500"]


def test_what_another_host_has_in_its_settings_stops_nothing(scene: PushScene, subscriber: Subscriber) -> None:
    """It may be named by settings that this host has not got yet."""
    subscribe_all(scene, subscriber.url, 1)

    async def run() -> None:
        async with PushClient(LOOPBACK, SITE) as client, asyncio.timeout(PATIENCE):
            subscribers = Subscribers(scene.store.push, client, SITE, lambda: scene.now)
            sender = Sender(scene.store.push, subscribers, clock=lambda: scene.now)
            await sender.step()
            scene.store.push.configure([Destination("webhook:new", "webhook", "new", 0, int(scene.now))])
            scene.publish(feed("/atom.xml", "two"))
            while not subscriber.deliveries:
                await sender.step()
                await asyncio.sleep(0.005)
            await sender.end()

    asyncio.run(run())
    assert {each.id: each.told for each in scene.destinations() if each.kind == "webhook"} == {"webhook:new": 1}


def test_a_second_sender_stands_by(
    scene: PushScene, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It sends nothing while the first has the lease."""
    monkeypatch.setattr("feedsvc.store.lease.LENGTH", 3600.0)  # however busy the machine is
    subscribe_all(scene, subscriber.url, 1)
    scene.publish(feed("/atom.xml", "two"))

    async def run() -> None:
        async with PushClient(LOOPBACK, SITE) as client:
            subscribers = Subscribers(scene.store.push, client, SITE, lambda: scene.now)
            first = scene.store.push.acquire(LeaseOwner("far.example.org", 1, "0-a"))
            second = Sender(scene.store.push, subscribers, clock=lambda: scene.now)
            assert first is not None
            for _ in range(5):
                await second.step()
            assert subscriber.deliveries == []
            scene.store.push.release(first)
            while not subscriber.deliveries:
                await second.step()
                await asyncio.sleep(0.005)
            await second.end()

    asyncio.run(run())


def test_a_sender_that_lost_the_lease_begins_nothing_more(
    scene: PushScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after its host was paused: another tells those that still waited for their turn, and once is enough."""
    monkeypatch.setattr("feedsvc.store.lease.LENGTH", 3600.0)  # however busy the machine is
    monkeypatch.setattr("feedsvc.store.lease.RENEWAL", 0.01)

    async def run(slow: SlowSubscriber) -> None:
        async with PushClient(LOOPBACK, SITE) as client, asyncio.timeout(PATIENCE):
            subscribers = Subscribers(scene.store.push, client, SITE, lambda: scene.now)
            sender = Sender(scene.store.push, subscribers, clock=lambda: scene.now)
            while len(slow.deliveries) < OF_HOST:
                await sender.step(0.005)
            with scene.store._database.writing() as connection:
                scene.store.push._grant(connection, LeaseOwner("far.example.org", 1, "0-a"))
            while sender._keeper.held:
                await sender.step(0.005)
            slow.go.set()
            while len(sender._slots):
                await sender.step(0.005)
            await sender.end()

    with SlowSubscriber() as slow:
        subscribe_all(scene, slow.url, 2 * OF_HOST)
        scene.publish(feed("/atom.xml", "two"))
        asyncio.run(run(slow))
        assert len(slow.deliveries) == OF_HOST


def test_a_fault_of_the_program_ends_the_sender() -> None:
    """The supervisor starts another, and nothing is swallowed."""

    async def fail() -> None:
        raise ValueError("a fault")

    async def run() -> None:
        slots = Slots()
        slots.start("a", "host", fail, is_failing=False)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        slots.check()

    with pytest.raises(ValueError, match="a fault"):
        asyncio.run(run())


class Broken(Delivery):
    """Sends to a destination at which the program has a fault."""

    async def deliver(self, pending: Pending) -> Result:
        """Fail."""
        raise ZeroDivisionError(f"a secret of {pending.destination.address}")


def test_a_fault_at_one_request_costs_no_other(
    scene: PushScene, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is dropped; the sender goes on, and its log says where the fault is."""
    verify = Subscribers.verify

    async def fail_once(subscribers: Subscribers, request: SubscriptionRequest) -> None:
        if request.callback.endswith("/broken"):
            raise ZeroDivisionError("a secret")
        await verify(subscribers, request)

    monkeypatch.setattr(Subscribers, "verify", fail_once)
    scene.subscribe(f"{subscriber.url}/broken")
    scene.subscribe(f"{subscriber.url}/cb")
    with capture_logs() as log:
        scene.settle()
    assert [each.address for each in scene.destinations()] == [f"{subscriber.url}/cb"]
    assert [line["error"] for line in log if line["event"] == "push not possible"] == ["ZeroDivisionError"]
    assert "a secret" not in str(log)


def test_a_fault_at_one_destination_costs_no_other(scene: PushScene, subscriber: Subscriber) -> None:
    """It counts as an attempt that failed; the sender goes on, and its log says where the fault is."""
    scene.subscribe(subscriber.url)
    scene.settle(webhook=lambda _: Broken())
    scene.publish(feed("/atom.xml", "two"))
    with capture_logs() as log:
        scene.settle(webhook=lambda _: Broken())
    assert len(subscriber.deliveries) == 1
    (failed,) = [each for each in scene.destinations() if each.kind == "webhook"]
    assert (failed.failures, failed.error) == (1, "a fault of feedsvc, which is in its log")
    (line,) = [each for each in log if each["event"] == "push not possible"]
    assert (line["error"], line["at"].startswith("deliver line")) == ("ZeroDivisionError", True)
    assert "a secret" not in str(log)
