"""What it costs to count answers: CPU time a request of a web worker that counts, beside one that does not.

    python tests/bench/counting.py [--rounds 15] [--seconds 1] [--connections 64]

Two workers with the same feed take turns, asked by wrk on another core. Their CPU time is compared and not their
speed, and the least of all rounds counts, so that what else the machine does matters little. Needs wrk, taskset
and two cores. It takes a minute.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from memory_store import MemoryStore, feed, missing

from feedsvc.responses.answer import Policy
from feedsvc.web import server
from feedsvc.web.fast_path import FastPathProtocol, RequestKey
from feedsvc.web.protocol import NEXT_REQUEST

FEED = "/atom.xml"
CASES = {"200 br": {"Accept-Encoding": "br"}, "304": {"Accept-Encoding": "br", "If-None-Match": "*"}}


class Uncounted(FastPathProtocol):
    """The fast path without a look at the clock and without counts."""

    def data_received(self, data: bytes) -> None:
        """As that of the fast path."""
        is_between_requests = self.receiving is NEXT_REQUEST
        key = self.cache.read.get(data)
        if key is not None and is_between_requests and self._send(key):
            return
        super().data_received(data)

    def _send(self, key: RequestKey) -> bool:
        if self.unanswered or self.flow.write_paused:
            return False
        finished = self.cache.finished(key)
        if finished is None:
            return False
        if finished.body:
            self.transport.writelines(finished.parts)
        else:
            self.transport.write(finished.head)
        self.server_state.total_requests += 1
        self.timer.note_active()
        return True


def serve(descriptor: int, *, counting: bool) -> None:
    """Serve one feed until the parent has ended; this runs in a process of its own."""
    if not counting:
        vars(server)["FastPathProtocol"] = Uncounted
    store, parent = MemoryStore(), os.getppid()
    store.publish(feed(" ".join(map(str, range(20_000)))), missing())
    with tempfile.TemporaryDirectory() as name, socket.socket(fileno=descriptor) as listener:
        policy = Policy()
        server.run_worker(store, store, listener, Path(name), policy, orphaned=lambda: os.getppid() != parent)


@contextmanager
def worker(core: int, *, counting: bool) -> Iterator[tuple[str, psutil.Process]]:
    """A worker on one core: its URL, and its process."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        arguments = [sys.executable, __file__, "--serve", str(descriptor), *(["--counting"] if counting else [])]
        process = subprocess.Popen(["taskset", "-c", str(core), *arguments], pass_fds=[descriptor])
        url = f"http://127.0.0.1:{port}{FEED}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60):
                yield url, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(10)


def cost(
    url: str, process: psutil.Process, core: int, headers: dict[str, str], options: argparse.Namespace
) -> float:
    """Microseconds of CPU time that a request takes."""
    command = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    before = process.cpu_times()
    output = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    after = process.cpu_times()
    found = re.search(r"(\d+) requests in", output)
    if found is None or "Non-2xx" in output:
        raise ValueError(output)
    return (after.user + after.system - before.user - before.system) / int(found[1]) * 1e6


def main() -> None:
    """Measure and print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="measurements of each, of which the least counts")
    parser.add_argument("--seconds", type=int, default=1, help="length of a measurement")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--counting", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve, counting=options.counting)
        return
    first, second = sorted(os.sched_getaffinity(0))[:2]
    with worker(first, counting=True) as counting, worker(first, counting=False) as not_counting:
        for name, headers in CASES.items():
            pairs = []
            for number in range(options.rounds + 1):
                turns = (counting, not_counting) if number % 2 else (not_counting, counting)
                found = {url: cost(url, process, second, headers, options) for url, process in turns}
                pairs.append((found[counting[0]], found[not_counting[0]]))
            with_, without = map(min, zip(*pairs[1:], strict=True))  # the first one warms up
            ratio = with_ / without
            print(f"{name}: {with_:.2f} µs counting, {without:.2f} µs not, ratio {ratio:.3f}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
