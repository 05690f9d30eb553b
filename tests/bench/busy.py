"""Serving while the publisher works: one web worker, asked by wrk, beside a full round over 10,000 articles.

    python tests/bench/busy.py [--articles 10000] [--rounds 5] [--seconds 3]

The worker has one core. The other one is shared by wrk and the publisher, which yields to wrk (nice 19), since two
cores are all that is needed; so what is seen is what the round takes from the worker: memory bandwidth, caches,
the disk, the store. The publisher is stopped and let go on in turns, and each measurement beside it is compared
with the one before without it. In the end, when the worker holds the edition of all articles, its memory is
measured. It takes about four minutes, most of which is the round.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil
from corpus import write_corpus
from wrk import Speed, middle, wrk

FEED = "/atom.xml"


def main() -> None:
    """Measure and print a table."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        for line in _report(Path(name), options):
            print(line, flush=True)  # noqa: T201 - the table is what one runs this for


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each, of which the median counts")
    parser.add_argument("--seconds", type=int, default=3, help="length of a measurement")
    parser.add_argument("--connections", type=int, default=64)
    return parser.parse_args()


def _report(root: Path, options: argparse.Namespace) -> Iterator[str]:
    server_core, client_core = sorted(os.sched_getaffinity(0))[:2]
    write_corpus(root / "articles", 60)
    subprocess.run(_command(root, "publish"), cwd=root, check=True, capture_output=True)
    with _running(["taskset", "-c", str(server_core), *_command(root, "serve"), "--role", "web"], root) as worker:
        url = _address(root / "output.log")
        write_corpus(root / "articles", options.articles)
        beside = ["taskset", "-c", str(client_core), "nice", "-n", "19", *_command(root, "publish")]
        with _running(beside, root) as publisher:
            yield from _turns(url, client_core, publisher, options)
            publisher.wait()
        _await_edition(url, 2)
        memory = psutil.Process(worker.pid).memory_full_info()
        yield f"memory of the worker with {options.articles:,} articles: USS {memory.uss / 1e6:.0f} MB, RSS "
        yield f"{memory.rss / 1e6:.0f} MB"


def _turns(url: str, core: int, publisher: subprocess.Popen[bytes], options: argparse.Namespace) -> Iterator[str]:
    pairs: list[tuple[Speed, Speed]] = []
    for _ in range(options.rounds):
        speeds = []
        for number in (signal.SIGSTOP, signal.SIGCONT):
            if publisher.poll() is not None:
                raise AssertionError("the round ended before it was measured: take more articles")
            publisher.send_signal(number)
            speeds.append(
                wrk(url + FEED, {"Accept-Encoding": "br"}, str(core), (options.connections, options.seconds))
            )
        pairs.append((speeds[0], speeds[1]))
    alone, beside = (middle(several) for several in zip(*pairs, strict=True))
    yield "| 200 br | requests | p99 |"
    yield "|---|---:|---:|"
    yield f"| alone | {alone.requests:,.0f}/s | {alone.p99:.1f} ms |"
    yield f"| beside a round | {beside.requests:,.0f}/s | {beside.p99:.1f} ms |"
    requests = median(other.requests / one.requests for one, other in pairs)
    yield f"| ratio | **{requests:.2f}** | **{median(other.p99 / one.p99 for one, other in pairs):.2f}** |"


def _command(root: Path, name: str) -> list[str]:
    program = str(Path(sys.executable).parent / "feedsvc")
    command = [program, name, str(root / "articles"), "--store", f"sqlite:///{root}/bench.db"]
    return [*command, "--port", "0"] if name == "serve" else command


@contextlib.contextmanager
def _running(command: list[str], directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the block ends."""
    environment = os.environ | {"FEEDSVC_LOG__FORMAT": "logfmt"}
    with (directory / "output.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=directory, stdout=log, stderr=log, env=environment)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            process.wait(30)


def _address(log: Path) -> str:
    """Where the worker listens, once it serves.

    Raises:
        TimeoutError: It did not, within two minutes.
    """
    end = time.monotonic() + 120
    while time.monotonic() < end:
        for part in log.read_text("utf-8").split():
            if part.startswith("at=http://"):
                _await_edition(part[3:], 1)
                return part[3:]
        time.sleep(0.1)
    raise TimeoutError(log.read_text("utf-8"))


def _await_edition(url: str, number: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=60) as answer:  # noqa: S310
            if f'"edition":{number}' in answer.read().decode():
                return
        time.sleep(0.1)
    raise TimeoutError(f"edition {number} is not served at {url}")


if __name__ == "__main__":
    main()
