"""The client of the sender: it connects to checked addresses alone, and every request has an end."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Sequence

import pytest
from http_stub import Answer
from push_scene import LOOPBACK, SITE, Subscriber
from serving import PATIENCE

from feedsvc.core.urls import NetworkRules
from feedsvc.push import client as module
from feedsvc.push.client import HttpAnswer, PushClient, SendError

PUBLIC = NetworkRules()


def send(url: str, rules: NetworkRules = LOOPBACK, method: str = "POST") -> HttpAnswer:
    """Send one request."""

    async def run() -> HttpAnswer:
        async with PushClient(rules, SITE) as client:
            return await client.send(method, url, {"content-type": "text/plain"}, b"words")

    return asyncio.run(run())


def resolving(*addresses: str) -> Callable[..., list[tuple[object, ...]]]:
    """A resolver that gives these addresses, one after another look-up, and the last one for ever."""
    left = list(addresses)

    def look_up(_host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return look_up


def test_a_request_goes_to_the_address_that_was_checked(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its Host field stays the name; the name is not looked up again (DNS rebinding)."""
    looked_up = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    answer = send(f"http://reader.example.com:{subscriber.port}/cb")
    assert (answer.status, looked_up) == (204, ["reader.example.com"])
    (asked,) = subscriber.requests
    assert (asked.field("host"), asked.body) == (f"reader.example.com:{subscriber.port}", b"words")
    assert asked.field("user-agent").startswith("feedsvc/")


def test_name_servers_that_do_not_answer_delay_no_known_host(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many strangers' hosts are looked up meanwhile."""
    begun: list[str] = []
    all_wait, go = threading.Event(), threading.Event()

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host.startswith("slow"):
            begun.append(host)
            if len(begun) == module._LOOKUPS:
                all_wait.set()
            go.wait(PATIENCE)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async def run() -> HttpAnswer:
        async with PushClient(LOOPBACK, SITE) as client:
            await client.send("POST", f"http://reader.example.com:{subscriber.port}/")
            slow = [asyncio.create_task(client.send("POST", f"http://slow{n}.example/")) for n in range(99)]
            await asyncio.to_thread(all_wait.wait, PATIENCE)
            answer = await client.send("POST", f"http://reader.example.com:{subscriber.port}/")
            go.set()
            for each in slow:
                each.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
            return answer

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(module, "TIMEOUT", PATIENCE)
    assert asyncio.run(run()).status == 204


INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "100.64.0.1",
    "192.168.0.1",
    "224.0.0.1",
    "0.0.0.0",
    "::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:1::1",
    "fd00::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "3fff::1",
    "5f00::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_connected_to(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Whatever it resolved to when its owner subscribed."""
    monkeypatch.setattr(socket, "getaddrinfo", resolving(address))
    with pytest.raises(SendError, match="not on the public internet"):
        send(f"http://reader.example.com:{subscriber.port}/cb", PUBLIC)
    assert subscriber.requests == []


def test_all_addresses_of_a_name_have_to_be_public(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is not makes the name suspect."""

    def look_up(_host: str, port: int, **_: object) -> Sequence[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in ("203.0.114.1", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(SendError, match="not on the public internet"):
        send(f"http://reader.example.com:{subscriber.port}/cb", PUBLIC)


def test_the_next_address_is_tried_where_one_does_not_answer(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with hosts of which one is down, or that have IPv6 where this machine has none."""

    def look_up(_host: str, port: int, **_: object) -> Sequence[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert send(f"http://reader.example.com:{subscriber.port}/cb").status == 204


NOT_SENT = ["http://localhost:25/", "http://ann:pw@reader.example.com/", "file:///etc/passwd", "http:///x", "x"]


@pytest.mark.parametrize("url", NOT_SENT)
def test_a_url_is_checked_again_when_something_is_sent(url: str) -> None:
    """The rules may have become stricter since somebody subscribed."""
    with pytest.raises(SendError, match="the URL"):
        send(url)


def test_a_redirect_is_an_answer_like_any_other(subscriber: Subscriber) -> None:
    """It is not followed, wherever it leads."""
    subscriber.answers = [Answer(302, (("location", "http://169.254.169.254/"), ("content-length", "0")))]
    assert send(f"{subscriber.url}/cb").status == 302
    assert len(subscriber.requests) == 1


def test_a_cookie_is_not_kept(subscriber: Subscriber) -> None:
    """Nobody here has a use for it."""

    async def run() -> None:
        async with PushClient(LOOPBACK, SITE) as client:
            subscriber.answers = [Answer(204, (("set-cookie", "a=b; Path=/"), ("content-length", "0")))]
            for _ in range(2):
                await client.send("POST", f"{subscriber.url}/cb")

    asyncio.run(run())
    assert [asked.field("cookie") for asked in subscriber.requests] == ["", ""]


def test_a_long_answer_is_not_read_to_its_end(subscriber: Subscriber) -> None:
    """A receiver has little to say."""
    subscriber.answers = [Answer(200, body=b"x" * 1_000_000)]
    assert len(send(f"{subscriber.url}/cb").body) == 65_536


def fails_with(answer: bytes, *, is_silent: bool) -> None:
    """Send to a server that gives some bytes, and then says nothing more, or ends the connection."""
    handlers: list[asyncio.Task[None] | None] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.append(asyncio.current_task())
        with contextlib.suppress(OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            if is_silent:
                await reader.read()
            writer.close()
            await writer.wait_closed()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        async with server, PushClient(LOOPBACK, SITE) as client:
            with pytest.raises(SendError):
                await client.send("POST", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
            await asyncio.gather(*filter(None, handlers))

    asyncio.run(run())


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"])
def test_an_answer_that_does_not_come_is_not_waited_for(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow receiver costs some seconds, and nobody else anything."""
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    fails_with(begun, is_silent=True)


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"])
def test_what_is_no_http_is_an_error(answer: bytes) -> None:
    """Whatever listens there."""
    fails_with(answer, is_silent=False)


@pytest.mark.parametrize("token", ["sesame\n", "ses\0ame", "sesame\x7f", "sésame"])
def test_a_secret_that_no_header_field_can_have_is_not_told(subscriber: Subscriber, token: str) -> None:
    """The error is kept in the store, logged, and shown by the status; the HTTP library would quote the field."""

    async def run() -> None:
        async with PushClient(LOOPBACK, SITE) as client:
            await client.send("POST", f"http://127.0.0.1:{subscriber.port}/", {"authorization": f"Bearer {token}"})

    with pytest.raises(SendError, match="the header field authorization") as raised:
        asyncio.run(run())
    assert "ame" not in str(raised.value)
    assert subscriber.requests == []
