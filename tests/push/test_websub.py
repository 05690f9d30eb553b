"""Outside hubs: pinged for what changed, and named for as long as they push."""

import itertools
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from http_stub import Answer, Asked
from push_scene import SITE, TOPIC, PushScene, SlowSubscriber, Subscriber, feed, run_sender
from serving import PATIENCE as STUB_PATIENCE

from feedsvc.push.client import PushClient
from feedsvc.push.hub import HubWatch
from feedsvc.push.websub import PATIENCE, HubPings
from feedsvc.store.hub_watch_store import WatchedHub
from feedsvc.store.push_store import Attempt
from feedsvc.store.store import open_store


class OutsideHub:
    """A hub elsewhere, which the site names."""

    def __init__(self, scene: PushScene, server: Subscriber) -> None:
        self.scene = scene
        self.server = server
        self.rounds_asked = 0
        self.watch = HubWatch(scene.store.hub_watch, lambda: scene.now)

    def settle(self) -> None:
        """Let a sender work until all is told."""
        self.scene.settle(self.server.url, hub=self.delivery)

    def delivery(self, client: PushClient) -> HubPings:
        """What sends to it."""
        scene, hubs = self.scene, [self.server.url]
        return HubPings(
            scene.store.push, scene.store.hub_watch, client, SITE, hubs, self._ask_round, lambda: scene.now
        )

    def _ask_round(self) -> None:
        self.rounds_asked += 1

    def publish(self, words: str) -> None:
        """Publish an edition in which both feeds changed, and let it be pinged a while later."""
        self.scene.let_pass(61)
        self.scene.publish(feed("/atom.xml", words), feed("/rss.xml", words))
        self.settle()

    def confirm(self, **query: str) -> str | None:
        """Confirm the subscription, as the hub does."""
        told = {"mode": "subscribe", "challenge": "c", "lease": "864000"} | query
        return self.watch.confirm(self.known.token, **told)

    @property
    def known(self) -> WatchedHub:
        """What is known of it."""
        (found,) = self.scene.store.hub_watch.hubs()
        return found

    def forms(self, mode: str) -> list[dict[str, list[str]]]:
        """What it was sent."""
        found = [parse_qs(each.body.decode()) for each in self.server.deliveries]
        return [each for each in found if each["hub.mode"] == [mode]]


@pytest.fixture
def outside(scene: PushScene, subscriber: Subscriber) -> OutsideHub:
    """A hub that has been subscribed to."""
    made = OutsideHub(scene, subscriber)
    made.settle()
    return made


def test_a_hub_is_told_which_feeds_changed(outside: OutsideHub) -> None:
    """In both spellings that hubs take, several in one request."""
    outside.publish("two")
    urls = [TOPIC, f"{SITE}/rss.xml"]
    assert outside.forms("publish") == [{"hub.mode": ["publish"], "hub.topic": urls, "hub.url": urls}]
    outside.scene.let_pass(61)
    outside.scene.publish(feed("/rss.xml", "three"))
    outside.settle()
    assert outside.forms("publish")[1]["hub.topic"] == [f"{SITE}/rss.xml"]


def test_a_ping_that_fails_is_sent_again(outside: OutsideHub) -> None:
    """As to every destination."""
    outside.confirm()  # so that nothing but the ping is sent
    outside.server.answers = [Answer(500, (("content-length", "0"),))]
    outside.publish("two")
    outside.scene.let_pass(20)
    outside.settle()
    assert len(outside.forms("publish")) == 2
    assert outside.scene.destinations()[0].failures == 0


def test_the_watchdog_subscribes_as_a_reader_would(outside: OutsideHub) -> None:
    """Its callback is a secret address of this site."""
    (form,) = outside.forms("subscribe")
    assert form["hub.topic"] == [TOPIC]
    assert form["hub.callback"] == [f"{SITE}/hub/{outside.known.token}"]
    assert len(outside.known.token) >= 32


def test_a_hub_that_could_not_verify_is_asked_again_soon(outside: OutsideHub) -> None:
    """It may have come before the web workers could answer; one that never confirms is asked by the hour."""
    outside.scene.let_pass(61)
    outside.settle()
    assert len(outside.forms("subscribe")) == 2
    outside.scene.let_pass(PATIENCE)
    outside.settle()
    asked = len(outside.forms("subscribe"))
    outside.scene.let_pass(3000)
    outside.settle()
    assert len(outside.forms("subscribe")) == asked
    outside.scene.let_pass(601)
    outside.settle()
    assert len(outside.forms("subscribe")) == asked + 1


@pytest.mark.parametrize("query", [{"mode": "unsubscribe"}, {"mode": "denied"}, {"challenge": ""}])
def test_what_the_watchdog_did_not_ask_for_is_not_confirmed(outside: OutsideHub, query: dict[str, str]) -> None:
    """Nor is anything for another address."""
    assert outside.confirm(**query) is None
    assert outside.watch.confirm("another", "subscribe", "c", "") is None
    assert not outside.watch.receive("another")
    assert outside.confirm() == "c"


def test_a_hub_is_a_destination_before_it_is_subscribed_to(tmp_path: Path, subscriber: Subscriber) -> None:
    """Otherwise an edition that comes right after its confirmation would never be pinged."""
    with closing(open_store(f"sqlite:///{tmp_path}/empty.db")) as store:
        now = itertools.count(1_800_000_000, 10)  # so that each step looks at the hubs

        def delivery(client: PushClient) -> HubPings:
            watched, hubs = store.hub_watch, [subscriber.url]
            return HubPings(store.push, watched, client, SITE, hubs, lambda: None, lambda: float(next(now)))

        run_sender(store, lambda: next(now) > 1_800_000_500, lambda: float(next(now)), hub=delivery)
        assert not store.hub_watch.hubs()
        assert not subscriber.requests


def test_feeds_stop_naming_a_hub_that_never_confirms(outside: OutsideHub) -> None:
    """Nobody can subscribe there."""
    outside.scene.let_pass(PATIENCE + 1)
    outside.settle()
    assert outside.scene.store.hub_watch.silent() == {outside.server.url}
    assert outside.rounds_asked == 1


def test_feeds_stop_naming_a_hub_that_does_not_push_until_it_does(outside: OutsideHub) -> None:
    """Readers that subscribed there poll less, and would hear of nothing."""
    outside.confirm()
    outside.publish("two")
    outside.watch.receive(outside.known.token)
    outside.scene.let_pass(PATIENCE + 1)
    outside.settle()
    assert not outside.scene.store.hub_watch.silent()
    outside.publish("three")
    outside.scene.let_pass(PATIENCE + 1)
    outside.settle()
    assert outside.scene.store.hub_watch.silent() == {outside.server.url}
    outside.confirm()
    outside.publish("four")
    assert outside.scene.store.hub_watch.silent()
    outside.watch.receive(outside.known.token)
    outside.scene.let_pass(5)
    outside.settle()
    assert not outside.scene.store.hub_watch.silent()
    assert outside.rounds_asked == 2


@pytest.mark.parametrize("passed", [60, 900_000], ids=["in force", "lapsed"])
def test_a_hub_that_confirms_still_owes_its_push(outside: OutsideHub, passed: int) -> None:
    """Also where the subscription had ended by then: it was in force when the hub was pinged."""
    outside.confirm()
    outside.publish("two")
    owed = outside.known.owing
    assert owed is not None
    outside.scene.let_pass(passed)
    outside.confirm()
    assert outside.known.owing == owed
    outside.scene.let_pass(PATIENCE + 1)
    outside.settle()
    assert outside.scene.store.hub_watch.silent() == {outside.server.url}


def test_a_hub_may_push_before_it_answers_the_ping(outside: OutsideHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it owes nothing any more."""
    answer = Subscriber.answer

    def push_first(server: Subscriber, asked: Asked) -> Answer:
        outside.watch.receive(outside.known.token)
        return answer(server, asked)

    outside.confirm()
    monkeypatch.setattr(Subscriber, "answer", push_first)
    outside.publish("two")
    outside.scene.let_pass(PATIENCE + 1)
    outside.settle()
    assert not outside.scene.store.hub_watch.silent()


def test_a_hub_that_is_pinged_twice_for_an_edition_owes_one_push(outside: OutsideHub) -> None:
    """As after kill -9 before the ping was recorded; the feed is the same, so the hub sends nothing more."""
    outside.confirm()
    outside.publish("two")
    outside.scene.let_pass(5)
    outside.watch.receive(outside.known.token)
    (hub,) = outside.scene.destinations()
    outside.scene.store.push.record([Attempt(hub.id, 0, told=hub.told - 1)])
    outside.settle()
    assert len(outside.forms("publish")) == 2
    outside.scene.let_pass(PATIENCE + 1)
    outside.settle()
    assert not outside.scene.store.hub_watch.silent()


def test_a_hub_that_cannot_be_pinged_is_named_no_more(outside: OutsideHub) -> None:
    """Its subscribers hear of nothing either."""
    outside.confirm()
    outside.server.answers = [Answer(500, (("content-length", "0"),))] * 2
    outside.publish("two")
    outside.scene.let_pass(PATIENCE + 1)
    outside.settle()
    assert outside.scene.store.hub_watch.silent() == {outside.server.url}


def test_a_hub_that_does_not_answer_delays_nobody(
    scene: PushScene, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To subscribe to it takes its time, and others are told meanwhile."""
    monkeypatch.setattr("feedsvc.push.client.TIMEOUT", STUB_PATIENCE)
    scene.subscribe(f"{subscriber.url}/cb")
    scene.settle()
    scene.publish(feed("/atom.xml", "two"))
    with SlowSubscriber() as hub:

        def delivery(client: PushClient) -> HubPings:
            watched = scene.store.hub_watch
            return HubPings(scene.store.push, watched, client, SITE, [hub.url], lambda: None, lambda: scene.now)

        scene.run(lambda: hub.requests and subscriber.deliveries, hub.url, hub=delivery)
        hub.go.set()


def test_pings_that_a_hub_took_are_not_sent_again(outside: OutsideHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a hub that takes some requests a minute would never hear of what changed beyond them."""
    monkeypatch.setattr("feedsvc.push.websub._PAUSE", 0)
    outside.confirm()
    outside.scene.publish(*(feed(f"/tags/{number:02}/rss.xml", "one") for number in range(35)))
    busy = Answer(429, (("content-length", "0"),))
    outside.server.answers = [Answer(204), Answer(204), busy, Answer(204), busy]
    scene = outside.scene

    def is_told() -> bool:
        scene.let_pass(10)
        return all(each.told == 2 for each in scene.destinations())

    scene.run(is_told, outside.server.url, hub=outside.delivery)
    begun = [form["hub.url"][0].rpartition("/tags/")[2] for form in outside.forms("publish")]
    assert begun == [f"{number:02}/rss.xml" for number in (0, 10, 20, 20, 30, 30)]


def test_a_subscription_is_renewed_before_it_ends(outside: OutsideHub) -> None:
    """A day before."""
    outside.confirm()
    outside.scene.let_pass(864_000 - 80_000)
    outside.settle()
    assert len(outside.forms("subscribe")) == 2
    assert not outside.scene.store.hub_watch.silent()
