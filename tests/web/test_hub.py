"""The address of the hub in a web worker: what reaches the hub, and what does not."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from memory_store import MemoryStore, feed
from serving import PATIENCE
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message
from worker import Worker

from feedsvc.core.errors import StoreError
from feedsvc.web.connections import ConnectionLimits
from feedsvc.web.hub import Reply, hub_endpoint, watch_endpoint


class AnyHub:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, str, str]] = []
        self.go = threading.Event()
        self.go.set()
        self.fault: StoreError | None = None

    def __call__(self, content: bytes, media_type: str, source: str) -> Reply:
        """Answer 429."""
        self.go.wait(60)
        if self.fault is not None:
            raise self.fault
        self.asked.append((content, media_type, source))
        return 429, "Too much.", 60


@pytest.fixture
def hub() -> Iterator[AnyHub]:
    """A hub."""
    made = AnyHub()
    yield made
    made.go.set()


Answered = tuple[int, dict[str, str], bytes]


async def ask(
    app: Starlette,
    path: str = "/hub",
    peer: str = "192.0.2.1",
    content: asyncio.Event | None = None,
    **more: str,
) -> Answered:
    """POST a form, whose ``content`` comes when it is set; by default at once."""
    sent: list[Message] = []
    fields = {"content-type": "application/x-www-form-urlencoded", **more}
    method, _, query = path.partition(" ") if " " in path else ("POST", "", path)
    route, _, query = query.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": route,
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()],
        "client": (peer, 1),
    }

    async def receive() -> Message:
        if content is not None:
            await content.wait()
        return {"type": "http.request", "body": b"a=b", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


def app_of(hub: AnyHub) -> Starlette:
    """An application with a hub."""
    return Starlette(routes=[Route("/hub", hub_endpoint(hub), methods=["POST"])])


def test_the_answer_is_that_of_the_hub(hub: AnyHub) -> None:
    """In plain text, with the time to wait, and kept by no cache."""
    status, headers, body = asyncio.run(ask(app_of(hub)))
    assert (status, body, headers["retry-after"]) == (429, b"Too much.\n", "60")
    assert headers["content-type"].startswith("text/plain")
    assert headers["cache-control"] == "no-store"
    assert hub.asked == [(b"a=b", "application/x-www-form-urlencoded", "192.0.2.1")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "source"),
    [
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("172.18.0.3", "198.51.100.7", "198.51.100.7"),
        ("fd00::3", "198.51.100.7", "198.51.100.7"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("172.18.0.3", "", "172.18.0.3"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("172.32.0.1", "198.51.100.7", "172.32.0.1"),
    ],
)
def test_a_client_is_known_behind_a_proxy_of_a_private_network(
    hub: AnyHub, peer: str, forwarded: str, source: str
) -> None:
    """By the address that the proxy adds, which may be another container; nobody else can name another."""
    asyncio.run(ask(app_of(hub), peer=peer, x_forwarded_for=forwarded))
    assert hub.asked[0][2] == source


def test_a_store_that_fails_is_an_error_of_the_server(hub: AnyHub) -> None:
    """The client may come again."""
    hub.fault = StoreError("the store is locked", "wait")
    status, headers, _ = asyncio.run(ask(app_of(hub)))
    assert (status, headers["retry-after"]) == (503, "10")


def test_a_flood_of_requests_waits_elsewhere(hub: AnyHub) -> None:
    """More than a hundred that wait for their turn are sent away at once."""
    hub.go.clear()

    async def flood() -> list[int]:
        app = app_of(hub)
        tasks = [asyncio.create_task(ask(app)) for _ in range(130)]
        for _ in range(5):
            await asyncio.sleep(0)
        refused = [task.result()[0] for task in tasks if task.done()]
        hub.go.set()
        await asyncio.gather(*tasks)
        return refused

    assert asyncio.run(flood()) == [503] * 30


def test_who_sends_slowly_holds_up_nobody(hub: AnyHub) -> None:
    """A request that is not here as a whole does not wait for its turn."""

    async def serve() -> int:
        app = app_of(hub)
        slow = [asyncio.create_task(ask(app, content=asyncio.Event())) for _ in range(130)]
        for _ in range(5):
            await asyncio.sleep(0)
        status, _, _ = await ask(app)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return status

    assert asyncio.run(serve()) == 429


class AnyWatch:
    """Knows one token."""

    def confirm(self, token: str, mode: str, challenge: str, lease: str) -> str | None:
        """Echo."""
        return challenge if (token, mode, lease) == ("known", "subscribe", "9") else None

    def receive(self, token: str) -> bool:
        """Know it."""
        return token == "known"


QUERY = "hub.mode=subscribe&hub.challenge=c1&hub.lease_seconds=9"


@pytest.mark.parametrize(
    ("request_line", "status", "body"),
    [
        (f"GET /hub/known?{QUERY}", 200, b"c1"),
        (f"GET /hub/other?{QUERY}", 404, b""),
        ("GET /hub/known?hub.mode=denied", 404, b""),
        ("POST /hub/known", 204, b""),
        ("POST /hub/other", 410, b""),
    ],
)
def test_outside_hubs_are_answered_at_their_own_addresses(request_line: str, status: int, body: bytes) -> None:
    """A hub that is watched no more is told to end."""
    app = Starlette(routes=[Route("/hub/{token}", watch_endpoint(AnyWatch()), methods=["GET", "POST"])])
    found = asyncio.run(ask(app, request_line))
    assert (found[0], found[2]) == (status, body)
    assert found[1]["x-content-type-options"] == "nosniff"  # it echoes what was sent


@pytest.mark.parametrize(("path", "status"), [("/hub/known", 204), ("/hub/other", 410)])
def test_an_outside_hub_may_push_a_large_feed(tmp_path: Path, path: str, status: int) -> None:
    """WebSub, 7: a subscriber confirms by a 2xx; another status would be a failure to the hub."""
    store = MemoryStore()
    store.publish(feed())
    limits = ConnectionLimits(content_bytes=65_536, pushed_to=(b"/hub/",))
    with closing(Worker(store, tmp_path, limits=limits, watch=AnyWatch())) as worker:
        assert httpx2.post(f"{worker.url}{path}", content=b"x" * 3_000_000, timeout=PATIENCE).status_code == status


def test_what_is_pushed_has_an_end_too() -> None:
    """Nobody fills the line for ever; other addresses take no more than before."""
    limits = ConnectionLimits(content_bytes=10, pushed_bytes=1000, pushed_to=(b"/hub/", b"/blog/hub/"))
    found = [limits.content_allowed(target) for target in (b"/hub/x", b"/blog/hub/x", b"/hub", b"/atom.xml")]
    assert found == [1000, 1000, 10, 10]
    assert ConnectionLimits(content_bytes=10).content_allowed(b"/hub/x") == 10
