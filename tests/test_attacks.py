"""A real service under attack: good clients are answered all the while, and its memory has an end."""

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from typing import Self

import httpx2
import psutil
import pytest
from serving import PATIENCE, Service, wait_for, write

GET = b"GET /atom.xml HTTP/1.1\r\nHost: x\r\n"
PAGE = b"GET /story HTTP/1.1\r\nHost: x\r\n\r\n"
MOST = 200_000_000
"""Bytes that a worker may take, whatever is done to it: about 72 MB at rest, 125 MB with 10,000 connections."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a feed of half a megabyte and a page."""
    home = tmp_path_factory.mktemp("attacks")
    stories = {f"s{number}.txt": f"Story {number}\n\n{'All of it. ' * 900}\n" for number in range(50)}
    write(home / "stories", {"story.txt": "The story\n\nNothing more is known.\n", **stories})
    with Service(home, "stories", "--port", 0, "--interval", 3600) as running:
        yield running.ready()


class Watcher:
    """A good client that asks again and again, and one that looks at the worker's memory."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._worker = service.children("web")[0]
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.answers: list[int] = []
        self.peak = 0

    def _run(self) -> None:
        while not self._end.is_set():
            with httpx2.Client(timeout=PATIENCE) as client:
                for path in ("/atom.xml", "/story"):
                    self.answers.append(client.get(self._service.url + path).status_code)
            self.peak = max(self.peak, self._worker.memory_full_info().uss)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        wait_for(lambda: len(self.answers) >= 2, "the first answers")
        return self

    def __exit__(self, *_: object) -> None:
        """See that it was answered each time, by the same worker."""
        asked = len(self.answers)
        wait_for(lambda: len(self.answers) >= asked + 4 or not self._thread.is_alive(), "more answers")
        self._end.set()
        self._thread.join(PATIENCE)
        assert set(self.answers) == {200}
        assert self._worker.is_running()
        assert self.peak < MOST


@contextmanager
def connections(service: Service, count: int, sent: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections, over which something was sent."""
    host, _, port = service.url.removeprefix("http://").partition(":")
    with ExitStack() as stack:
        made = []
        for _ in range(count):
            made.append(stack.enter_context(socket.create_connection((host, int(port)), PATIENCE)))
            made[-1].sendall(sent)
        yield made


def pour(connection: socket.socket, piece: bytes) -> None:
    """Send a piece again and again until the other side has had enough."""
    deadline = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < deadline:
        try:
            connection.sendall(piece)
        except (ConnectionResetError, BrokenPipeError):
            return
    raise AssertionError("it was taken in without an end")


@pytest.mark.parametrize(
    "attack",
    [
        ("-H", "-i", "1"),
        ("-B", "-i", "1", "-s", "100000"),
        ("-X", "-n", "1", "-w", "10", "-y", "20", "-z", "32", "-k", "3"),
    ],
    ids=["slow headers", "slow bodies", "slow reading"],
)
def test_slow_clients_harm_nobody(service: Service, attack: tuple[str, ...]) -> None:
    """A thousand of them, for some seconds; the probes of slowhttptest itself find the service available."""
    if shutil.which("slowhttptest") is None:
        pytest.skip("slowhttptest is not installed")
    command = ["slowhttptest", *attack, "-c", "1000", "-r", "500", "-l", "4", "-p", "30", "-v", "1"]
    command += ["-u", f"{service.url}/atom.xml"]
    with Watcher(service):
        done = subprocess.run(
            [*command, "-u", f"{service.url}/atom.xml"], capture_output=True, check=False, timeout=300
        )
    told = re.findall(rb"service available:\s+(\w+)", re.sub(rb"\x1b\[[0-9;]*\w", b"", done.stdout))
    assert set(told) == {b"YES"}, done.stdout


def test_ten_thousand_idle_connections_harm_nobody(service: Service) -> None:
    """They cost some kilobytes each; half of them have begun a request that never ends."""
    soft, hard = getrlimit(RLIMIT_NOFILE)
    count = min(10_000, (hard - 1000) // 2)
    if count < 1000:
        pytest.skip(f"this process may open {hard} files")
    setrlimit(RLIMIT_NOFILE, (max(soft, count + 1000), hard))
    with Watcher(service) as watcher, connections(service, count // 2), connections(service, count // 2, GET):
        before = len(watcher.answers)
        wait_for(lambda: len(watcher.answers) >= before + 20, "answers beside them")
    setrlimit(RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (GET, b"X: y\r\n" * 1000),
        (GET + b"X: ", b"y" * 65536),
        (b"GET /", b"y" * 65536),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"y" * 1024 + b"\r\n"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"y" * 65536),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 1000),
    ],
    ids=["header lines", "a header", "a target", "a content", "a chunk's extension", "trailers"],
)
def test_what_never_ends_is_not_listened_to(service: Service, begin: bytes, piece: bytes) -> None:
    """On ten connections at once."""
    with Watcher(service), connections(service, 10, begin) as made:
        threads = [threading.Thread(target=pour, args=(connection, piece)) for connection in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2 * PATIENCE)
        assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize("asked", [PAGE, GET + b"\r\n"], ids=["pages", "feeds"])
def test_who_asks_ahead_and_takes_nothing_in_harms_nobody(service: Service, asked: bytes) -> None:
    """A hundred clients ask for ten thousand answers each, and read none of them."""
    with Watcher(service), connections(service, 100) as made:
        for connection in made:
            connection.setblocking(False)
            try:
                connection.sendall(asked * 10_000)
            except BlockingIOError:
                continue


def test_the_memory_is_given_back(service: Service) -> None:
    """After all of it the worker is about as large as before; nothing was logged as an error."""
    worker = service.children("web")[0]
    with Watcher(service), connections(service, 2000, GET):
        pass
    wait_for(lambda: len(_connections(worker)) < 20, "the end of the connections")
    assert "level=error" not in service.log


def _connections(worker: psutil.Process) -> list[object]:
    return [each for each in worker.net_connections("tcp") if each.status == psutil.CONN_ESTABLISHED]
