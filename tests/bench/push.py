"""How fast an edition reaches the subscribers of the hub, and what that costs those who poll.

    python tests/bench/push.py [--subscribers 1000] [--editions 5]

`feedsvc serve` runs with all its processes. The subscribers of one feed are a server in a process of its own, with
a callback for each. An article is written, and the time counts from the publisher's log line to the last delivery.
Another process polls the feed all the while, over one connection; the 99th percentile of its times while an
edition is delivered is compared with that of some seconds before. Medians over the editions are told.
"""

import argparse
import json
import multiprocessing
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.synchronize import Event
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from serving import Service, wait_for, write

from feedsvc.push.hub import subscription_id
from feedsvc.store.destinations import SubscriptionRequest
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
    with tempfile.TemporaryDirectory() as name, _subscribers() as (port, arrivals):
        _measure(Path(name), options.subscribers, options.editions, port, arrivals)


def _measure(
    home: Path, count: int, editions: int, port: int, arrivals: "multiprocessing.Queue[tuple[int, float]]"
) -> None:
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
            write(home / "articles", {"new.md": f"# New {number}\n\nWords.\n"})
            with _polls(service.url) as busy:
                service.scan()
                times: list[float] = []
                while len(times) < count:
                    edition, moment = arrivals.get(timeout=300)
                    times += [moment] * (edition == number)
            cpu.append(_cpu(service) - before)
            delays.append(max(times) - _published(service.log))
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
def _subscribers() -> Iterator[tuple[int, "multiprocessing.Queue[tuple[int, float]]"]]:
    """A process that takes deliveries; gives its port, and the moments at which they came."""
    arrivals: multiprocessing.Queue[tuple[int, float]] = multiprocessing.Queue()
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_take, args=(ports, arrivals), daemon=True)
    process.start()
    yield ports.get(), arrivals
    process.terminate()
    process.join()


def _take(ports: "multiprocessing.Queue[int]", arrivals: "multiprocessing.Queue[tuple[int, float]]") -> None:
    os.nice(10)  # subscribers have machines of their own

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            words = re.search(rb"New ([0-9]+)", content)
            arrivals.put((-1 if words is None else int(words[1]), time.time()))
            self.send_response_only(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 1024

    server = Server(("127.0.0.1", 0), Handler)
    ports.put(server.server_port)
    server.serve_forever()


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


def _poll(address: str, end: Event, sending: "multiprocessing.connection.Connection") -> None:
    connection = HTTPConnection(address)
    times = []
    while not end.is_set():
        begin = time.perf_counter()
        connection.request("GET", TOPIC, headers={"accept-encoding": "gzip"})
        connection.getresponse().read()
        times.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.002)
    sending.send_bytes(json.dumps(times).encode())


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
