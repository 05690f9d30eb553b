"""How fast an edition reaches the subscribers of the hub, and what that costs those who poll.

    python tests/bench/push.py [--subscribers 1000] [--editions 5]

`feedsvc serve` runs with all its processes. The subscribers of one feed are a server in a process of its own, with
a callback for each. An article is written, and the time counts from the publisher's log line to the last delivery.
Another process polls the feed all the while, over one connection; the 99th percentile of its times from the scan
to the last delivery is compared with that of some seconds before. Medians over the editions are told.

Subscribers and those who poll have machines of their own. So here the subscribers get the time that nobody else
wants (SCHED_IDLE), and who polls gets it at once (SCHED_FIFO, which takes root; else its own waiting counts, too).
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from serving import Service, wait_for, write

from feedsvc.push.hub import subscription_id
from feedsvc.store.push_store import SubscriptionRequest
from feedsvc.store.store import open_store

TOPIC = "/atom.xml"
QUIET = 3.0
"""Seconds of polls before each edition."""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--editions", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, _subscribers() as (port, subscribers):
        _measure(Path(name), options.subscribers, options.editions, port, subscribers)


def _measure(home: Path, count: int, editions: int, port: int, subscribers: Connection) -> None:
    write(home / "articles", {f"a{n}.md": f"# Article {n}\n\n{'Words. ' * 100}\n" for n in range(50)})
    settings = {"push__hub": "true", "push__interval": "0", "push__allowed_networks": '["127.0.0.0/8"]'}
    with Service(home, "--port", 0, settings=settings) as service:
        service.ready()
        _subscribe(home, count, port)
    delays, ratios, cpu = [], [], []
    with Service(home, "--port", 0, settings=settings) as service:
        service.ready()
        wait_for(lambda: service.children("sender"), "the sender")
        for number in range(editions):
            with _polls(service.url) as quiet:
                time.sleep(QUIET)
            before = _cpu(service)
            subscribers.send((f"New {number}".encode(), count))
            write(home / "articles", {"new.md": f"# New {number}\n\nWords.\n"})
            with _polls(service.url) as busy:
                service.process.send_signal(signal.SIGHUP)
                last: float = subscribers.recv()
            cpu.append(_cpu(service) - before)
            delays.append(last - _published(service.log))
            ratios.append(_p99(busy) / _p99(quiet))
            _print(f"{delays[-1]:.2f} s, p99 of polls {_p99(quiet):.2f} ms before, {_p99(busy):.2f} ms meanwhile")
    _print("| subscribers | from commit to the last delivery | CPU of the sender | p99 of polls, by that before |")
    _print("|---:|---:|---:|---:|")
    told = (statistics.median(delays), statistics.median(cpu), statistics.median(ratios))
    _print(f"| {count:,} | {told[0]:.2f} s | {told[1]:.2f} s | {told[2]:.2f} |")


def _cpu(service: Service) -> float:
    """Seconds of CPU that the sender has taken."""
    (sender,) = service.children("sender")
    times = sender.cpu_times()
    return float(times.user + times.system)


def _subscribe(home: Path, count: int, port: int) -> None:
    store = open_store(f"sqlite:///{home}/feedsvc.db")
    edition = store.editions.newest().number
    for number in range(count):
        callback = f"http://127.0.0.1:{port}/{number}"
        request = SubscriptionRequest(
            id=subscription_id(callback, TOPIC),
            number="",
            mode="subscribe",
            callback=callback,
            host="127.0.0.1",
            source="",
            topic=TOPIC,
            topic_url=TOPIC,
            lease_seconds=86400,
            secret="secret",
            verify_token=None,
            edition=edition,
            due=0,
        )
        store.push.confirm(request, int(time.time()))
    store.close()


def _published(log: str) -> float:
    """When the publisher logged its last edition, in seconds since 1970."""
    stamp = re.findall(r"timestamp=(\S+) .*event=published", log)[-1]
    return datetime.fromisoformat(stamp).timestamp()


@contextmanager
def _subscribers() -> Iterator[tuple[int, Connection]]:
    """A process that takes deliveries; gives its port, and the connection by which :func:`_take` is asked."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_take, args=(theirs,), daemon=True)
    process.start()
    yield ours.recv(), ours
    process.terminate()
    process.join()


def _take(connection: Connection) -> None:
    """Take deliveries. Told some words and a number, tell when so many deliveries with the words had come."""
    os.setsid()
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(OSError):  # where Linux shares out the time among sessions first
        Path("/proc/self/autogroup").write_text("19", "ascii")
    asyncio.run(_serve(connection))


async def _serve(connection: Connection) -> None:
    words, left = b"", 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: ([0-9]+)", head, re.IGNORECASE)
        content = await reader.readexactly(int(length[1]) if length else 0)
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        if words and words in content:
            left -= 1
            if not left:
                connection.send(time.time())

    def ask() -> None:
        nonlocal words, left
        words, left = connection.recv()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    asyncio.get_running_loop().add_reader(connection.fileno(), ask)
    connection.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


@contextmanager
def _polls(url: str) -> Iterator[list[float]]:
    """Poll the feed while the block runs; afterwards the list holds the milliseconds of each poll."""
    receiving, sending = multiprocessing.Pipe(duplex=False)
    end = multiprocessing.Event()
    process = multiprocessing.Process(target=_poll, args=(url.removeprefix("http://"), end, sending), daemon=True)
    process.start()
    times: list[float] = []
    yield times
    end.set()
    times += json.loads(receiving.recv_bytes())
    process.join()


def _poll(address: str, end: Event, sending: Connection) -> None:
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    connection = HTTPConnection(address)
    connection.connect()
    times = []
    while not end.is_set():
        begin = time.perf_counter()
        connection.request("GET", TOPIC, headers={"accept-encoding": "gzip"})
        connection.getresponse().read()
        times.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.002)
    sending.send_bytes(json.dumps(times[1:]).encode())  # the worker has yet to accept the connection at the first


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
