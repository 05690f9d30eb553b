"""Webhooks: changes of articles, sent to receivers that the operator names (https://www.standardwebhooks.com).

An article comes as its item of JSON Feed. An event that is sent again keeps its id.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Literal

from feedsvc.documents.feeds import jsonfeed
from feedsvc.documents.feeds.entries import build_entries, decorate
from feedsvc.push.client import HttpAnswer, PushClient
from feedsvc.push.delivery import Result, SequentialDelivery
from feedsvc.store.editions import ArticleChange, Changed
from feedsvc.store.editions import Event as ArticleEvent
from feedsvc.store.push_store import Pending, PushStore
from feedsvc.store.snapshot import StoredSnapshot

EventType = Literal["article.published", "article.updated", "article.removed", "edition.published", "webhook.test"]

_PORTION = 100
"""Events that are in memory at a time."""

_TYPES: Mapping[ArticleEvent, EventType] = {
    "published": "article.published",
    "updated": "article.updated",
    "removed": "article.removed",
}


@dataclass(frozen=True, slots=True)
class Webhook:
    """A receiver."""

    name: str
    url: str = field(repr=False)
    """Its address; those of chat services are secrets."""
    key: bytes | None = field(repr=False)
    """The key of its signatures; None leaves messages unsigned."""
    events: Sequence[EventType]
    """The events that it wants."""
    format: Literal["standard", "text"] = "standard"
    """``text`` sends one line of text, as Slack, Mattermost and others show it."""


@dataclass(frozen=True, slots=True)
class Event:
    """The message to a receiver."""

    type: EventType
    key: str
    """The same for the same event, and for no other."""
    data: Mapping[str, object]


def signing_key(secret: str) -> bytes:
    """The key of a secret as Standard Webhooks writes it: base64, perhaps behind ``whsec_``.

    Raises:
        ValueError: It is none.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    if len(key) < 16:
        raise ValueError("the key is too short")
    return key


class Webhooks(SequentialDelivery):
    """Tells webhooks. It belongs to one event loop."""

    def __init__(
        self, store: PushStore, client: PushClient, webhooks: Sequence[Webhook], clock: Callable[[], float]
    ) -> None:
        """Take where changes are, what sends, the receivers, and a clock that tells seconds since 1970."""
        super().__init__(store, client, clock)
        self._webhooks = {each.name: each for each in webhooks}

    def url(self, pending: Pending) -> str:
        """See :class:`.Delivery`."""
        return self._webhooks[pending.destination.address].url

    async def deliver(self, pending: Pending) -> Result:
        """Send all events since the destination was told, in their order; see :class:`.Delivery`."""
        webhook = self._webhooks[pending.destination.address]
        told, taken = pending.destination.told, self.taken(pending)
        while True:
            edition, events = await asyncio.to_thread(self._events, webhook, told, taken)
            if not events:
                return self.complete(pending, edition, was_sent=bool(taken))
            requests = {event.key: partial(self.send, webhook, event) for event in events}
            if failure := await self.send_each(pending, requests):
                return failure

    async def send(self, webhook: Webhook, event: Event) -> HttpAnswer:
        """Send one event.

        Raises:
            SendError: There was no answer.
        """
        now = self._clock()
        content = _content(webhook, event, now)
        digest = hashlib.sha256(f"{webhook.name} {event.key}".encode()).hexdigest()
        message_id = f"msg_{digest[:32]}"
        headers = {"content-type": "application/json"}
        if webhook.format == "standard":
            headers |= {"webhook-id": message_id, "webhook-timestamp": str(int(now))}
        if webhook.key is not None:
            signed = f"{message_id}.{int(now)}.".encode() + content
            signature = base64.b64encode(hmac.digest(webhook.key, signed, "sha256")).decode()
            headers["webhook-signature"] = f"v1,{signature}"
        return await self._client.send("POST", webhook.url, headers, content)

    def _events(self, webhook: Webhook, told: int, taken: AbstractSet[str]) -> tuple[int, Sequence[Event]]:
        """The newest edition, and the first events that a webhook has not taken yet."""
        with self._store.snapshot(told) as (changed, snapshot):
            return changed.edition, list(islice(_events(webhook, snapshot, changed, taken), _PORTION))


def _events(
    webhook: Webhook, snapshot: StoredSnapshot, changed: Changed, taken: AbstractSet[str]
) -> Iterator[Event]:
    for change in changed.articles:
        key, type_ = f"{change.event} {change.record_id} {change.edition}", _TYPES[change.event]
        if type_ in webhook.events and key not in taken and (data := _data(snapshot, change)) is not None:
            yield Event(type_, key, data)
    feeds = [snapshot.site.url(path) for path in changed.feeds]
    key = f"edition {changed.edition}"
    if "edition.published" in webhook.events and key not in taken and (feeds or changed.articles):
        told: dict[str, object] = {"edition": changed.edition, "url": snapshot.site.url("/"), "feeds": feeds}
        yield Event("edition.published", key, told)


def _data(snapshot: StoredSnapshot, change: ArticleChange) -> Mapping[str, object] | None:
    """The item of an article as the site's JSON Feed has it; of one that was removed, by what it was known.

    That has no title: the store has the one that the article's file says now, and it may be a draft by now.
    """
    site = snapshot.site
    record = next(iter(snapshot.records_with_ids([change.record_id])), None)
    channel = snapshot.channel("/")
    if record is None:
        return None
    if change.event == "removed" or channel is None:
        return {"id": record.id, "url": site.page_url(record.page)}
    (entry,) = build_entries(snapshot, [record])
    shown = decorate(entry, site, channel)
    item: dict[str, object] = json.loads(jsonfeed.item(shown))
    return item


def _content(webhook: Webhook, event: Event, now: float) -> bytes:
    if webhook.format == "text":
        told: Mapping[str, object] = {"text": _text(event)}
    else:
        moment = datetime.fromtimestamp(int(now), UTC).isoformat().replace("+00:00", "Z")
        told = {"type": event.type, "timestamp": moment, "data": event.data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _text(event: Event) -> str:
    """What a chat shows: title and address, and what happened where that is not the usual."""
    url = event.data.get("url", "")
    if event.type == "article.removed":
        return f"Removed: {url}"
    title = event.data.get("title") or event.type
    mark = "Updated: " if event.type == "article.updated" else ""
    return f"{mark}{title}\n{url}".rstrip()
