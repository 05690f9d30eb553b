"""A worker on the wire."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from memory_store import MemoryStore, feed, page
from repository import SUPPORT
from serving import PATIENCE
from worker import Worker, exchange, take

from feedsvc.web.fast_path import ResponseCache

ALONE = """
import socket, sys
from pathlib import Path
from memory_store import MemoryStore, feed, missing
from feedsvc.responses.answer import Policy
from feedsvc.web.server import run_worker
store = MemoryStore()
store.publish(feed(), missing())
listener = socket.socket(fileno=int(sys.argv[1]))
run_worker(store, store, listener, Path(), Policy(), orphaned=lambda: False)
"""


@pytest.fixture
def worker(store: MemoryStore, tmp_path: Path) -> Iterator[Worker]:
    """A worker that serves the store."""
    worker = Worker(store, tmp_path)
    yield worker
    worker.stop()


def test_a_client_decodes_what_it_gets(worker: Worker) -> None:
    """Every coding arrives as the same feed."""
    contents = {
        coding: httpx2.get(f"{worker.url}/atom.xml", headers={"accept-encoding": coding}, timeout=PATIENCE)
        for coding in ("br", "gzip", "")
    }
    assert [response.headers.get("content-encoding") for response in contents.values()] == ["br", "gzip", None]
    assert {response.content for response in contents.values()} == {feed().content}


def test_answers_without_content_leave_the_connection_in_step(worker: Worker, store: MemoryStore) -> None:
    """RFC 9112, 6.3: after HEAD and 304 the next byte is that of the next answer."""
    etag = next(each.etag for each in store.changes().pinned[0].representations if each.coding == "identity")
    asked = (
        "HEAD /atom.xml HTTP/1.1",
        f"GET /atom.xml HTTP/1.1\r\nIf-None-Match: {etag}",
        "GET /atom.xml HTTP/1.1",
    )
    head, _, rest = take(exchange(worker.wire, *asked), content=False)
    unchanged, _, rest = take(rest, content=False)
    whole, content, rest = take(rest, content=True)
    assert [each.split(b"\r\n")[0] for each in (head, unchanged, whole)] == [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 304 Not Modified",
        b"HTTP/1.1 200 OK",
    ]
    assert (content, rest) == (feed().content, b"")
    assert f"content-length: {len(content)}".encode() in head
    assert b"content-length" not in unchanged
    assert b"transfer-encoding" not in unchanged


def test_requests_sent_ahead_are_answered_in_order(worker: Worker) -> None:
    """RFC 9112, 9.3.2: what is pinned, rendered or unknown keeps its turn."""
    rest = exchange(
        worker.wire, *(f"GET {path} HTTP/1.1" for path in ("/news/story", "/atom.xml", "/x", "/readyz"))
    )
    statuses = []
    while rest:
        head, content, rest = take(rest, content=True)
        statuses.append((head[9:12], len(content) > 0))
    assert statuses == [(b"200", True), (b"200", True), (b"404", True), (b"200", True)]


def test_the_server_says_nothing_about_itself(worker: Worker) -> None:
    """One Date, no Server: nothing of uvicorn's own."""
    head, _, _ = take(exchange(worker.wire, "GET /atom.xml HTTP/1.0"), content=True)
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
    assert names.count(b"date") == 1
    assert b"server" not in names


def test_a_swap_shows_nobody_a_mixture(worker: Worker, store: MemoryStore) -> None:
    """Fifty clients read feed and page in turn while editions change: nobody ever goes back a step."""

    def read(_client: int) -> list[int]:
        with httpx2.Client(base_url=worker.url, timeout=PATIENCE) as client:
            seen: list[int] = []
            while len(seen) < 30 or len(set(seen)) < 3:
                for path in ("/atom.xml", "/news/story"):
                    answer = client.get(path)
                    assert answer.status_code == 200
                    title = re.search(r"<title>(\d+)</title>", answer.text)
                    seen.append(int(title[1]) if title else 0)
            return seen

    done = threading.Event()

    def publish() -> None:
        while not done.wait(0.05):
            number = str(store.edition.number + 1)
            store.publish(feed(number), page(number))

    with ThreadPoolExecutor(51) as pool:
        publishing = pool.submit(publish)
        seen = list(pool.map(read, range(50)))
        done.set()
        publishing.result(PATIENCE)
    assert all(numbers == sorted(numbers) for numbers in seen)


def test_an_orphan_ends_within_about_a_second(store: MemoryStore, tmp_path: Path) -> None:
    """Nobody would ever end it otherwise."""
    worker = Worker(store, tmp_path)
    assert httpx2.get(f"{worker.url}/healthz", timeout=PATIENCE).status_code == 200
    assert worker.stop() < 20  # a busy machine takes as long
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{worker.url}/healthz", timeout=PATIENCE)


def test_a_former_edition_is_let_go_when_the_next_is_served(
    store: MemoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fast path has it at hand, and hears of each one although nobody asks."""
    heard = threading.Semaphore(0)
    monkeypatch.setattr(ResponseCache, "follow", lambda _: heard.release())
    worker = Worker(store, tmp_path)
    assert heard.acquire(timeout=PATIENCE)
    store.publish(feed("second"))
    assert heard.acquire(timeout=PATIENCE)
    worker.stop()


def test_a_worker_that_cannot_follow_ends_with_the_fault(store: MemoryStore, tmp_path: Path) -> None:
    """Its supervisor starts another; silence would serve an old edition for ever."""
    worker = Worker(store, tmp_path)
    assert httpx2.get(f"{worker.url}/healthz", timeout=PATIENCE).status_code == 200
    store.error = ZeroDivisionError("a fault")
    worker.thread.join(PATIENCE)
    assert worker.error is store.error


@pytest.mark.parametrize("numbers", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGINT, signal.SIGTERM]])
def test_a_signal_ends_a_worker_in_order(tmp_path: Path, numbers: list[signal.Signals]) -> None:
    """Exit status 0, no traceback, and not for want of time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = "http://{}:{}".format(*listener.getsockname())
        process = subprocess.Popen(
            [sys.executable, "-c", ALONE, str(listener.fileno())],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(SUPPORT), *sys.path])},
            pass_fds=[listener.fileno()],
            stderr=subprocess.PIPE,
        )
        with process, httpx2.Client(base_url=url, timeout=PATIENCE) as client:
            assert client.get("/atom.xml").status_code == 200
            for number in numbers:
                process.send_signal(number)
            _, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaints) == (0, b"")
