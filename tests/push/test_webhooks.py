"""Webhooks: what happened to articles, as a receiver of Standard Webhooks verifies and reads it."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pytest
from http_stub import Answer, Asked
from push_scene import Subscriber, due, run_sender
from site_rounds import Rounds, removed, story, written
from sqlalchemy import Connection
from standardwebhooks import Webhook as Verifier

from feedsvc.push.client import PushClient
from feedsvc.push.webhooks import EventType, Webhook, Webhooks, signing_key
from feedsvc.store.editions import ArticleChange, article_changes_since

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ALL: Sequence[EventType] = ("article.published", "article.updated", "article.removed", "edition.published")
NOW = 1_800_000_000.0


class Receiver:
    """A webhook of the site, and what it was told."""

    def __init__(self, rounds: Rounds, server: Subscriber) -> None:
        self.rounds = rounds
        self.server = server
        self.now = NOW
        self.webhook = Webhook("it", f"{server.url}/hook", signing_key(SECRET), ALL)

    def settle(self) -> list[Asked]:
        """Let a sender work until all is told; gives what came meanwhile."""
        before = len(self.server.deliveries)
        store = self.rounds.store
        run_sender(store, lambda: not due(store, self.now), lambda: self.now, webhook=self.delivery)
        self.now += 60
        return self.server.deliveries[before:]

    def delivery(self, client: PushClient) -> Webhooks:
        """What sends to it."""
        return Webhooks(self.rounds.store.push, client, [self.webhook], lambda: self.now)


@pytest.fixture
def receiver(rounds: Rounds, subscriber: Subscriber) -> Receiver:
    """A webhook of a site with one article."""
    rounds.happen(written({"one.md": story("One")}))
    made = Receiver(rounds, subscriber)
    assert made.settle() == []  # what was there before is no news
    return made


def told(deliveries: Sequence[Asked]) -> list[tuple[str, object]]:
    """Type and title of each event, as the receiver reads them."""
    events = [json.loads(each.body) for each in deliveries]
    return [(each["type"], each["data"].get("title")) for each in events]


def test_a_receiver_hears_what_happened_to_articles(receiver: Receiver) -> None:
    """In the order of editions, each article once, and the edition at the end."""
    receiver.rounds.happen(written({"two.md": story("Two", "News.")}))
    first, edition = receiver.settle()
    event = json.loads(first.body)
    assert (event["type"], event["timestamp"]) == ("article.published", "2027-01-15T08:01:00Z")
    feed = json.loads(receiver.rounds.content("/feed.json"))
    (item,) = [each for each in feed["items"] if each["title"] == "Two"]
    assert event["data"] == item
    assert json.loads(edition.body)["data"]["feeds"][0] == "https://example.org/atom.xml"
    receiver.rounds.happen(written({"two.md": story("Two", "Other news."), "three.md": story("Three")}))
    receiver.rounds.happen(removed("one.md"))
    assert told(receiver.settle()) == [
        ("article.published", "Three"),
        ("article.updated", "Two"),
        ("article.removed", None),
        ("edition.published", None),
    ]


def test_a_message_is_signed_as_the_standard_says(receiver: Receiver) -> None:
    """The specification's own library verifies it."""
    receiver.now = NOW
    receiver.rounds.happen(written({"two.md": story("Two")}))
    (message, _) = receiver.settle()
    headers = {name.lower(): value for name, value in message.fields}
    verifier = Verifier(SECRET)
    assert headers["webhook-timestamp"] == str(int(NOW))
    signed = verifier.sign(headers["webhook-id"], datetime.fromtimestamp(NOW, UTC), message.body.decode())
    assert headers["webhook-signature"] == signed
    assert headers["content-type"] == "application/json"


def test_what_is_sent_again_has_the_same_id(receiver: Receiver) -> None:
    """A receiver that was told, and whose answer was lost, knows it again."""
    receiver.server.answers = [Answer(204), Answer(500, (("content-length", "0"),))]
    receiver.rounds.happen(written({"two.md": story("Two")}))
    before = receiver.settle()
    after = receiver.settle()
    assert [each.field("webhook-id") for each in after] == [each.field("webhook-id") for each in before]
    assert len({each.field("webhook-id") for each in after}) == 2


def test_a_receiver_hears_of_the_events_that_it_wants(receiver: Receiver) -> None:
    """And of drafts, or of articles that are in no feed, nobody does."""
    receiver.webhook = Webhook("it", f"{receiver.server.url}/hook", None, ("article.published",))
    files = {"two.md": story("Two", draft="true"), "three.md": story("Three", unlisted="true")}
    receiver.rounds.happen(written({**files, "one.md": story("One", "Other words.")}))
    assert receiver.settle() == []
    receiver.rounds.happen(written({"four.md": story("Four")}))
    (message,) = receiver.settle()
    assert told([message]) == [("article.published", "Four")]
    assert message.field("webhook-signature") == ""


@pytest.mark.parametrize("mark", ["draft", "unlisted"])
def test_of_an_article_that_is_withdrawn_only_the_address_is_told(receiver: Receiver, mark: str) -> None:
    """What a draft says now is nobody's to know, its title neither."""
    receiver.rounds.happen(written({"two.md": story("Two")}))
    receiver.settle()
    receiver.rounds.happen(written({"two.md": story("Takeover", "Secret.", **{mark: "true"})}))
    messages = receiver.settle()
    assert told(messages)[0] == ("article.removed", None)
    assert not any(word in each.body for each in messages for word in (b"Takeover", b"Secret"))


def test_a_chat_gets_a_line_of_text(receiver: Receiver) -> None:
    """As Slack and others read it."""
    receiver.webhook = Webhook("it", f"{receiver.server.url}/hook", None, ("article.published",), "text")
    receiver.rounds.happen(written({"two.md": story("« Two »")}))
    (message,) = receiver.settle()
    assert json.loads(message.body) == {"text": "« Two »\nhttps://example.org/two"}


def test_an_article_that_becomes_a_draft_meanwhile_is_not_told(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes and articles are of one edition: what the next one hides is not sent as that of the one before."""

    def then_hidden(connection: Connection, edition: int) -> Iterable[ArticleChange]:
        found = list(article_changes_since(connection, edition))
        if not hidden:
            hidden.append(True)
            receiver.rounds.happen(written({"two.md": story("Takeover", "Secret.", draft="true")}))
        return found

    hidden: list[bool] = []
    receiver.rounds.happen(written({"two.md": story("Two", "News.")}))
    monkeypatch.setattr("feedsvc.store.editions.article_changes_since", then_hidden)
    messages = receiver.settle()
    assert told(messages)[0] == ("article.published", "Two")
    assert not any(word in each.body for each in messages for word in (b"Takeover", b"Secret"))


def test_events_that_a_receiver_took_are_not_sent_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a receiver that takes some a minute would get the first ones for ever, and the others never."""
    monkeypatch.setattr("feedsvc.push.webhooks._PORTION", 3)
    receiver.rounds.happen(written({f"{number}.md": story(f"Title {number}") for number in range(8)}))
    busy = Answer(429, (("content-length", "0"),))
    receiver.server.answers = [*[Answer(204)] * 4, busy, *[Answer(204)] * 2, busy]
    store = receiver.rounds.store
    newest = store.editions.newest().number

    def is_told() -> bool:
        receiver.now += 10
        return store.push.destinations()[0].told == newest

    run_sender(store, is_told, lambda: receiver.now, webhook=receiver.delivery)
    ids = [each.field("webhook-id") for each in receiver.server.deliveries]
    assert (len(ids), len(set(ids))) == (8 + 1 + 2, 8 + 1)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "no base64!"])
def test_what_is_no_secret_is_refused(secret: str) -> None:
    """A key that everybody can guess protects nobody."""
    with pytest.raises(ValueError, match=r"too short|base64|padding"):
        signing_key(secret)
