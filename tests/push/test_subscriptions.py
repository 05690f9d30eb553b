"""Subscribers over the wire: they are asked, told of editions, and let go (W3C WebSub)."""

import hmac

import pytest
from http_stub import Answer
from push_scene import SITE, TOPIC, PushScene, Subscriber, feed

from feedsvc.push.hub import DEFAULT_LEASE


def subscribed(scene: PushScene, subscriber: Subscriber, **fields: str) -> None:
    """Subscribe, and let the sender ask the callback."""
    assert scene.subscribe(f"{subscriber.url}/cb", **fields).status == 202
    scene.settle()


NOT_CONFIRMED = [
    Answer(404, body=b"no"),
    Answer(200, body=b"another"),
    Answer(200),
    Answer(302, (("location", "/cb2"),)),
]


class TestVerification:
    def test_the_callback_is_asked_and_its_query_is_kept(self, scene: PushScene, subscriber: Subscriber) -> None:
        """The parameters are appended, also where some of them are there (5.1, 5.3)."""
        scene.subscribe(f"{subscriber.url}/cb?a=1&hub.mode=mine&b", topic=f"{SITE}/atom", verify_token="t o")
        scene.settle()
        (asked,) = subscriber.requests
        assert asked.path.startswith("/cb?a=1&hub.mode=mine&b&hub.mode=subscribe&")
        (query,) = subscriber.questions
        challenge = query.pop("hub.challenge")
        assert len(challenge[0]) >= 40
        assert query == {
            "a": ["1"],
            "hub.mode": ["mine", "subscribe"],
            "hub.topic": [f"{SITE}/atom"],
            "hub.lease_seconds": [str(DEFAULT_LEASE)],
            "hub.verify_token": ["t o"],
        }

    def test_a_confirmed_request_is_a_subscription(self, scene: PushScene, subscriber: Subscriber) -> None:
        """It lasts as long as the callback was told (5.3)."""
        subscribed(scene, subscriber, lease_seconds="7200", secret="s")
        (found,) = scene.destinations()
        assert (found.address, found.topic, found.topic_url, found.secret) == (
            f"{subscriber.url}/cb",
            "/atom.xml",
            TOPIC,
            "s",
        )
        assert found.expires == scene.now + 7200
        assert not scene.store.push.requests()

    @pytest.mark.parametrize("answer", NOT_CONFIRMED)
    def test_what_is_not_confirmed_is_dropped(
        self, scene: PushScene, subscriber: Subscriber, answer: Answer
    ) -> None:
        """Only a 2xx with the challenge itself confirms; a redirect is not followed (5.3)."""
        subscriber.confirms = lambda _: answer
        subscribed(scene, subscriber)
        assert (scene.destinations(), list(scene.store.push.requests())) == ([], [])
        assert len(subscriber.requests) == 1

    def test_the_challenge_must_come_back_alone(self, scene: PushScene, subscriber: Subscriber) -> None:
        """Not among other words."""
        subscriber.confirms = lambda challenge: Answer(200, body=f"{challenge}\n".encode())
        subscribed(scene, subscriber)
        assert scene.destinations() == []

    def test_a_callback_with_a_fault_is_asked_again(self, scene: PushScene, subscriber: Subscriber) -> None:
        """Three times in all; then the request is dropped."""
        subscriber.confirms = lambda _: Answer(503)
        subscribed(scene, subscriber)
        for attempts in (1, 2, 3):
            assert len(subscriber.requests) == attempts
            scene.let_pass(100)
            scene.settle()
        assert not scene.store.push.requests()
        assert len(subscriber.requests) == 3

    def test_a_failed_renewal_leaves_the_old_subscription(self, scene: PushScene, subscriber: Subscriber) -> None:
        """Anybody can ask for one in somebody's name (5.1)."""
        subscribed(scene, subscriber, secret="mine")
        before = scene.destinations()
        subscriber.confirms = lambda _: Answer(404)
        scene.let_pass(10)
        subscribed(scene, subscriber, secret="theirs")
        subscribed(scene, subscriber, mode="unsubscribe")
        assert scene.destinations() == before

    def test_a_renewal_replaces_secret_and_lease_and_tells_nothing_twice(
        self, scene: PushScene, subscriber: Subscriber
    ) -> None:
        """What was told before stays told."""
        subscribed(scene, subscriber, secret="old")
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        scene.let_pass(100)
        subscribed(scene, subscriber, secret="new")
        (found,) = scene.destinations()
        assert (found.secret, found.expires) == ("new", scene.now + DEFAULT_LEASE)
        assert len(subscriber.deliveries) == 1

    def test_what_is_published_before_the_confirmation_is_delivered(
        self, scene: PushScene, subscriber: Subscriber
    ) -> None:
        """The subscriber fetched the feed before it asked."""
        scene.subscribe(f"{subscriber.url}/cb")
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        assert [each.body for each in subscriber.deliveries] == [b"two"]


class TestDelivery:
    def test_the_feed_is_delivered_as_it_is_served(self, scene: PushScene, subscriber: Subscriber) -> None:
        """Its bytes in its media type, with links to the hub and to itself (7)."""
        subscribed(scene, subscriber, topic=f"{SITE}/atom")
        scene.publish(feed("/atom.xml", "two"), feed("/rss.xml", "other"))
        scene.settle()
        (delivery,) = subscriber.deliveries
        assert (delivery.path, delivery.body) == ("/cb", b"two")
        assert delivery.field("content-type") == "application/atom+xml; charset=utf-8"
        assert delivery.field("link") == f'<{SITE}/hub>; rel="hub", <{TOPIC}>; rel="self"'
        assert delivery.field("x-hub-signature") == ""

    def test_a_delivery_is_signed_with_the_secret(self, scene: PushScene, subscriber: Subscriber) -> None:
        """HMAC over the content; the header names the method (7.1)."""
        subscribed(scene, subscriber, secret="sécret")
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        (delivery,) = subscriber.deliveries
        digest = hmac.new("sécret".encode(), b"two", "sha256").hexdigest()
        assert delivery.field("x-hub-signature") == f"sha256={digest}"

    def test_an_edition_without_a_change_of_the_feed_is_none_of_its_business(
        self, scene: PushScene, subscriber: Subscriber
    ) -> None:
        """Only feeds whose bytes changed are delivered."""
        subscribed(scene, subscriber)
        scene.publish(feed("/rss.xml", "other"))
        scene.settle()
        assert subscriber.deliveries == []

    def test_editions_within_a_minute_are_delivered_together(
        self, scene: PushScene, subscriber: Subscriber
    ) -> None:
        """The first at once, since the subscriber was idle; the others a minute later, as one."""
        subscribed(scene, subscriber)
        for words in ("two", "three", "four"):
            scene.publish(feed("/atom.xml", words))
            scene.settle()
            scene.let_pass(5)
        scene.let_pass(45)
        scene.settle()
        assert [each.body for each in subscriber.deliveries] == [b"two", b"four"]

    @pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
    def test_any_2xx_is_success(self, scene: PushScene, subscriber: Subscriber, status: int) -> None:
        """(7)."""
        subscribed(scene, subscriber)
        subscriber.answers = [Answer(status, (("content-length", "0"),))]
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        assert scene.destinations()[0].delivered == scene.now

    @pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
    def test_anything_else_is_tried_again(self, scene: PushScene, subscriber: Subscriber, status: int) -> None:
        """Redirects too, which are not followed (7); what arrives in the end is the newest feed, once."""
        subscribed(scene, subscriber)
        subscriber.answers = [Answer(status, (("location", "/cb2"), ("content-length", "0")))]
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        (found,) = scene.destinations()
        assert (found.failures, found.error) == (1, f"status {status}")
        scene.publish(feed("/atom.xml", "three"))
        scene.let_pass(20)
        scene.settle()
        assert [each.body for each in subscriber.deliveries] == [b"two", b"three"]
        assert {each.path for each in subscriber.deliveries} == {"/cb"}
        assert scene.destinations()[0].failures == 0

    def test_retry_after_is_honoured(self, scene: PushScene, subscriber: Subscriber) -> None:
        """A subscriber that is overloaded says when to come again (RFC 9110, 10.2.3)."""
        subscribed(scene, subscriber)
        subscriber.answers = [Answer(503, (("retry-after", "3000"), ("content-length", "0")))]
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        scene.let_pass(2900)
        scene.settle()
        assert len(subscriber.deliveries) == 1
        scene.let_pass(200)
        scene.settle()
        assert len(subscriber.deliveries) == 2

    def test_a_subscriber_that_was_away_for_an_hour_hears_once(
        self, scene: PushScene, subscriber: Subscriber
    ) -> None:
        """Twelve editions came meanwhile; it gets the last one."""
        subscribed(scene, subscriber)
        away = Answer(500, (("content-length", "0"),))
        for number in range(12):
            subscriber.answers = [away]
            scene.publish(feed("/atom.xml", f"edition {number}"))
            scene.settle()
            scene.let_pass(300)
        subscriber.answers = []
        before = len(subscriber.deliveries)
        scene.let_pass(4500)
        scene.settle()
        scene.let_pass(4500)
        scene.settle()
        assert [each.body for each in subscriber.deliveries[before:]] == [b"edition 11"]
        assert before < 12

    def test_a_subscriber_that_cannot_be_reached_is_tried_again(
        self, scene: PushScene, subscriber: Subscriber
    ) -> None:
        """Whatever comes in place of an answer."""
        subscribed(scene, subscriber)
        subscriber.__exit__(None, None, None)
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        (found,) = scene.destinations()
        assert found.failures == 1
        assert found.error


class TestEnd:
    def test_410_ends_the_subscription(self, scene: PushScene, subscriber: Subscriber) -> None:
        """(7)."""
        subscribed(scene, subscriber)
        subscriber.answers = [Answer(410, (("content-length", "0"),))]
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        assert scene.destinations() == []

    def test_it_ends_when_the_subscriber_confirms_that(self, scene: PushScene, subscriber: Subscriber) -> None:
        """Whether or not there was one (5.1); no lease is told."""
        subscribed(scene, subscriber)
        subscribed(scene, subscriber, mode="unsubscribe")
        assert subscriber.questions[1]["hub.mode"] == ["unsubscribe"]
        assert "hub.lease_seconds" not in subscriber.questions[1]
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        subscribed(scene, subscriber, mode="unsubscribe")
        assert (scene.destinations(), subscriber.deliveries) == ([], [])

    def test_it_ends_with_its_lease(
        self, scene: PushScene, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No subscription lasts for ever (5.3)."""
        monkeypatch.setattr("feedsvc.push.sender.CLOCK_TRUST", 0.0)
        subscribed(scene, subscriber, lease_seconds="3600")
        scene.let_pass(3601)
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        scene.run(lambda: not scene.destinations())
        assert subscriber.deliveries == []

    def test_a_clock_that_is_ahead_for_a_while_ends_none(self, scene: PushScene, subscriber: Subscriber) -> None:
        """As that of a machine which has just been started: a subscription that was ended could not come back."""
        subscribed(scene, subscriber)
        scene.let_pass(9e7)
        scene.settle()
        scene.let_pass(-9e7)
        scene.publish(feed("/atom.xml", "two"))
        scene.settle()
        assert len(subscriber.deliveries) == 1

    def test_subscribers_of_a_feed_that_went_are_told_so(self, scene: PushScene, subscriber: Subscriber) -> None:
        """The hub denies the subscription, with its reason (5.2)."""
        subscribed(scene, subscriber, topic=f"{SITE}/atom")
        scene.publish(drop=("/atom.xml",))
        scene.settle()
        assert subscriber.questions[1] == {
            "hub.mode": ["denied"],
            "hub.topic": [f"{SITE}/atom"],
            "hub.reason": ["the feed is no longer published"],
        }
        assert (scene.destinations(), subscriber.deliveries) == ([], [])

    def test_a_request_for_a_feed_that_went_meanwhile_is_denied(
        self, scene: PushScene, subscriber: Subscriber
    ) -> None:
        """(5.2)."""
        scene.subscribe(f"{subscriber.url}/cb")
        scene.publish(drop=("/atom.xml",))
        scene.settle()
        assert [each["hub.mode"] for each in subscriber.questions] == [["denied"]]
        assert not scene.store.push.requests()


def test_the_table_has_a_size(scene: PushScene, subscriber: Subscriber) -> None:
    """Renewals go on; new subscribers have to wait for room."""
    scene.hub._most_subscriptions = 1
    subscribed(scene, subscriber)
    assert scene.subscribe(f"{subscriber.url}/cb").status == 202
    reply = scene.subscribe(f"{subscriber.url}/another")
    assert (reply.status, reply.retry_after) == (503, 60)
    assert scene.subscribe(f"{subscriber.url}/another", mode="unsubscribe").status == 202
