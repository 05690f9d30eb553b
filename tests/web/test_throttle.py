"""Who fetches the same feed whole, again and again."""

import socket
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import cast

import pytest
from memory_store import CHANGED, MemoryStore, feed, missing, page
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from worker import PATIENCE, Wire, Worker, whole

from feedsvc.web import server
from feedsvc.web.throttle import Throttle

NOW = CHANGED + 1000
LOCAL = (ip_network("127.0.0.0/8"), ip_network("2001:db8::/32"))


class TestCounting:
    """Three fetches a minute."""

    def test_the_fourth_fetch_waits_until_the_feed_may_have_changed(self) -> None:
        """RFC 6585, 4; RFC 9110, 10.2.3: then it may come again, and is counted anew."""
        throttle = Throttle(3, 60)
        waits = [throttle.wait("192.0.2.1", None, b"/a", NOW + second) for second in (0, 10, 20, 30, 59, 60, 61)]
        assert waits == [0, 0, 0, 30, 1, 0, 0]

    @pytest.mark.parametrize(
        ("other", "target"),
        [
            pytest.param("192.0.2.2", b"/a", id="another client"),
            pytest.param("192.0.2.1", b"/b", id="another feed"),
            pytest.param("2001:db8::1", b"/a", id="another kind of address"),
        ],
    )
    def test_each_client_and_feed_is_counted_apart(self, other: str, target: bytes) -> None:
        """Nobody waits for what others do, or for the first fetch of anything."""
        throttle = Throttle(1, 60)
        assert throttle.wait("192.0.2.1", None, b"/a", NOW) == 0
        assert throttle.wait(other, None, target, NOW) == 0
        assert throttle.wait("192.0.2.1", None, b"/a", NOW) == 60

    @pytest.mark.parametrize("same", ["2001:db8::2", "2001:db8::ffff:1:2:3"])
    def test_the_addresses_of_one_household_are_one(self, same: str) -> None:
        """RFC 6177: whoever has one IPv6 address has 2 to the power of 64."""
        throttle = Throttle(1, 60)
        assert [throttle.wait(who, None, b"/a", NOW) for who in ("2001:db8::1", same)] == [0, 60]

    def test_a_clock_that_is_set_back_holds_nobody_up(self) -> None:
        """The window begins anew."""
        throttle = Throttle(1, 60)
        assert [throttle.wait("192.0.2.1", None, b"/a", now) for now in (NOW, NOW - 500, NOW - 499)] == [0, 0, 59]

    def test_what_is_remembered_is_bounded(self) -> None:
        """Who was silent for the longest is forgotten, and starts anew."""
        throttle = Throttle(1, 60, size=2)
        fetches = ("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.1", "192.0.2.1")
        assert [throttle.wait(who, None, b"/a", NOW) for who in fetches] == [0, 0, 0, 0, 60]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", b"198.51.100.1", "192.0.2.1"),
        ("127.0.0.1", b"198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", b"10.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", b"198.51.100.1, 127.0.0.2,127.0.0.3", "198.51.100.1"),
        ("2001:db8::5", b"198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", b"127.0.0.9", "127.0.0.9"),
        ("127.0.0.1", b"spoofed, nonsense", "nonsense"),
        ("", b"198.51.100.1", ""),
    ],
)
def test_only_a_trusted_proxy_says_who_asks(peer: str, forwarded: bytes | None, client: str) -> None:
    """Read from the end: what stands before the first address that is not trusted, anybody can have written."""
    assert Throttle(1, 60, LOCAL).client(peer, forwarded) == client


@pytest.fixture(params=["express", "plain"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    """Where a worker listens that allows two fetches a minute; with the express lane and without it."""
    store = MemoryStore()
    store.publish(feed(), page(), missing())
    with pytest.MonkeyPatch.context() as patch:
        if cast(str, request.param) == "plain":
            patch.setattr(server, "fast_path_protocol", lambda *_: HttpToolsProtocol)
        worker = Worker(store, tmp_path, clock=lambda: NOW + 0.5, throttle=Throttle(2, 60, LOCAL))
        yield worker.wire
        worker.stop()


def ask(wire: Wire, line: str, *fields: str) -> tuple[int, bytes]:
    """Status and whole answer."""
    lines = "".join(f"{field}\r\n" for field in fields)
    with socket.create_connection(wire, PATIENCE) as connection:
        connection.sendall(f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n".encode())
        received = whole(connection)
    return int(received[9:12]), received


def test_who_keeps_no_tag_is_told_to_wait_and_how_to_do_better(wire: Wire) -> None:
    """On both roads; what was not fetched whole does not count, and a condition is never refused."""
    asked = [ask(wire, "GET /atom.xml")[0] for _ in range(2)]
    refused, answer = ask(wire, "GET /atom.xml")
    assert (asked, refused) == ([200, 200], 429)
    assert {b"retry-after: 60", b"cache-control: no-store"} <= {*answer.split(b"\r\n")}
    assert b"If-None-Match" in answer.partition(b"\r\n\r\n")[2]
    for condition in ('If-None-Match: "old"', "If-Modified-Since: Sun, 09 Sep 1990 01:46:40 GMT"):
        assert ask(wire, "GET /atom.xml", condition)[0] == 200
    assert ask(wire, "HEAD /atom.xml")[0] == 200
    assert ask(wire, "GET /atom.xml", "X-Forwarded-For: 198.51.100.1")[0] == 200


@pytest.mark.parametrize("line", ["HEAD /atom.xml", "GET /news/story", "GET /nothing"])
def test_only_whole_feeds_count(wire: Wire, line: str) -> None:
    """A page is opened by many people behind one address."""
    assert 429 not in {ask(wire, line)[0] for _ in range(5)}
