"""A hub and a sender on a real store, with subscribers that are asked and told over the wire."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from http_stub import Answer, Asked, HttpStub
from serving import PATIENCE

from feedsvc.core.urls import NetworkRules
from feedsvc.documents.model import FEED, REDIRECT, Document
from feedsvc.push.client import PushClient
from feedsvc.push.delivery import Delivery
from feedsvc.push.hub import Hub, Reply
from feedsvc.push.sender import Sender
from feedsvc.push.websub import Subscribers
from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import Edition, new_identity
from feedsvc.responses.response import Response
from feedsvc.store.push_store import Destination, DestinationKind
from feedsvc.store.store import Store, open_store

SITE = "https://news.example.org"
TOPIC = f"{SITE}/atom.xml"
LOOPBACK = NetworkRules.allowing(["127.0.0.0/8"])
FORM = "application/x-www-form-urlencoded"


class Subscriber(HttpStub):
    """Confirms each request for a subscription and takes what it is sent, unless it is told to do otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answer] = []
        """Answers to the next deliveries; after them each is a 204."""
        self.confirms: Callable[[str], Answer] = lambda challenge: Answer(200, body=challenge.encode())

    def answer(self, asked: Asked) -> Answer:
        """Echo a challenge, or take a delivery."""
        if asked.method == "GET":
            query = parse_qs(urlsplit(asked.path).query)
            return self.confirms(query.get("hub.challenge", [""])[-1])
        return self.answers.pop(0) if self.answers else Answer(204, (("content-length", "0"),))

    @property
    def questions(self) -> list[dict[str, list[str]]]:
        """The queries of all GET requests."""
        return [parse_qs(urlsplit(asked.path).query) for asked in self.requests if asked.method == "GET"]

    @property
    def deliveries(self) -> list[Asked]:
        """All POST requests."""
        return [asked for asked in self.requests if asked.method == "POST"]


class SlowSubscriber(Subscriber):
    """Answers deliveries only once it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def answer(self, asked: Asked) -> Answer:
        """Wait before an answer to a delivery."""
        if asked.method == "POST":
            self.go.wait(PATIENCE)
        return super().answer(asked)


def feed(path: str, content: str) -> Response:
    """The response of a feed."""
    document = Document(path, FEED, "application/atom+xml; charset=utf-8", content.encode())
    return prepare(document, key=content, last_modified=1)


def redirect(path: str, target: str) -> Response:
    """The response of a redirect."""
    return prepare(Document(path, REDIRECT, "", b"", location=target), key=target, last_modified=1)


MakeDelivery = Callable[[PushClient], Delivery]
"""Makes what tells the one destination of its kind."""


def due(store: Store, now: float) -> list[object]:
    """Whoever is to be asked or told now."""
    requests = [each for each in store.push.requests() if each.due <= now * 1000]
    pending = [each for each in store.push.pending(int(now)) if each.destination.due <= now * 1000]
    return [*requests, *pending]


def _checks(sender: Sender) -> bool:
    """Whether what is due beside deliveries is being done."""
    return any(key.startswith("check ") for key in sender._slots._hosts)


def run_sender(
    store: Store,
    condition: Callable[[], object],
    now: Callable[[], float],
    *,
    rules: NetworkRules = LOOPBACK,
    name: str = "it",
    is_checking: bool = True,
    **deliveries: MakeDelivery,
) -> None:
    """Let a sender work until ``condition()`` is true; each of ``deliveries`` has one destination by name.

    ``is_checking`` lets it do what is due beside deliveries as well.
    """

    async def run() -> None:
        async with PushClient(rules, SITE) as client, asyncio.timeout(PATIENCE):
            made = {cast("DestinationKind", kind): make(client) for kind, make in deliveries.items()}
            named = [Destination(f"{kind}:{name}", kind, name, 0, int(now())) for kind in made]
            subscribers = Subscribers(store.push, client, SITE, now)
            sender = Sender(store.push, subscribers, made, configured=named, clock=now)
            try:
                await sender.step()  # takes in the destinations
                while not condition() or (
                    is_checking and any(key.startswith("check ") for key in sender._slots._hosts)
                ):
                    await sender.step()
                    await asyncio.sleep(0.005)
            finally:
                await sender.end()

    asyncio.run(run())


class PushScene:
    """A site with two feeds and a redirect to one of them. Time passes only where a test says so."""

    def __init__(
        self, home: Path, url: str | None = None, *, rules: NetworkRules = LOOPBACK, most: int = 100
    ) -> None:
        self.url = url or f"sqlite:///{home}/push.db"
        self.store = open_store(self.url)
        self.now = 1_800_000_000.0
        self.woken = 0
        self.rules = rules
        self.hub = Hub(self.store.push, SITE, rules, most, self._wake)
        self.publish(feed("/atom.xml", "one"), feed("/rss.xml", "one"), redirect("/atom", TOPIC))

    def _wake(self) -> None:
        self.woken += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()

    def publish(self, *responses: Response, drop: tuple[str, ...] = ()) -> int:
        """Publish an edition, and give its number."""
        newest = self.store.editions.newest()
        edition = Edition(newest.number + 1, int(self.now), None, new_identity())
        with self.store.publisher.round(newest) as transaction:
            for each in responses:
                transaction.put(each)
            for path in drop:
                transaction.drop(path)
            transaction.publish(edition)
        return edition.number

    def ask(self, fields: Mapping[str, str] | bytes, source: str = "192.0.2.1", media_type: str = FORM) -> Reply:
        """POST a form to the hub."""
        content = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        return self.hub.reply(content, media_type, source)

    def subscribe(self, callback: str, **fields: str) -> Reply:
        """Ask for a subscription to the Atom feed; names of fields without their ``hub.``."""
        plain = {"mode": "subscribe", "callback": callback, "topic": TOPIC} | fields
        return self.ask({f"hub.{name}": value for name, value in plain.items()})

    def destinations(self) -> list[Destination]:
        """Whoever is told."""
        return list(self.store.push.destinations())

    def run(self, condition: Callable[[], object], name: str = "it", **deliveries: MakeDelivery) -> None:
        """Let a sender work until ``condition()`` is true, whatever else is under way."""
        self._work(condition, name, deliveries, is_checking=False)

    def settle(self, name: str = "it", **deliveries: MakeDelivery) -> None:
        """Let a sender work until nobody is to be told anything now."""
        self._work(lambda: not due(self.store, self.now), name, deliveries, is_checking=True)

    def _work(
        self,
        condition: Callable[[], object],
        name: str,
        deliveries: Mapping[str, MakeDelivery],
        *,
        is_checking: bool,
    ) -> None:
        run_sender(
            self.store,
            condition,
            lambda: self.now,
            rules=self.rules,
            name=name,
            is_checking=is_checking,
            **deliveries,
        )

    def let_pass(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
