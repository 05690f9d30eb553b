"""Requests a second of several web workers, beside nginx with as many, and what two gain over one.

    python tests/bench/workers.py [--workers 1 2] [--connections 64 512] [--rounds 5] [--seconds 2]

All share the cores there are with wrk, which has a thread for each; the servers take turns. So with two cores wrk
takes half of both, from both servers alike. Told as well: the share of the connections that was held by the worker
with the fewest. Needs what ``serve.py`` needs, and takes about two minutes.
"""

import argparse
import contextlib
import itertools
import os
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil
from serve import CASES, FEED, Case, feedsvc, headers_of, missing, nginx_beside
from wrk import Speed, middle, wrk


def main() -> None:
    """Measure and print a table."""
    for line in _report(_options()):
        print(line, flush=True)  # noqa: T201 - the table is what one runs this for


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--connections", type=int, nargs="+", default=[64, 512])
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each, of which the median counts")
    parser.add_argument("--seconds", type=int, default=2, help="length of a measurement")
    return parser.parse_args()


def _report(options: argparse.Namespace) -> Iterator[str]:
    if reason := missing():
        yield f"skipped: {reason}"
        return
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    yield "| workers | connections | case | feedsvc | nginx | ratio | p99 to nginx | fewest of the connections |"
    yield "|---:|---:|---|---:|---:|---:|---:|---:|"
    for workers in options.workers:
        with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as running:
            ours = running.enter_context(feedsvc(Path(name), cores, workers))
            nginx = running.enter_context(nginx_beside(ours, Path(name), cores, workers))
            for connections, case in itertools.product(options.connections, (CASES[0], CASES[2])):
                load = (connections, options.seconds)
                yield _row(case, workers, load, _turns(case, (ours, nginx), cores, load, options.rounds))


def _turns(
    case: Case, ports: tuple[int, int], cores: str, load: tuple[int, int], rounds: int
) -> list[tuple[Speed, Speed, float]]:
    """What each turn gave: ours, theirs, and the smallest share of the connections that a worker of ours had."""
    turns = []
    threads = cores.count(",") + 1
    for _ in range(rounds):
        shares: list[float] = []
        look = threading.Timer(load[1] * 0.7, lambda shares=shares: shares.append(_fewest(ports[0])))
        look.start()
        ours, theirs = (
            wrk(f"http://127.0.0.1:{port}{FEED}", headers_of(case, port), cores, load, threads=threads)
            for port in ports
        )
        look.join()
        turns.append((ours, theirs, shares[0]))
    return turns


def _fewest(port: int) -> float:
    """The smallest share of the open connections to ``port`` that a process has which has any."""
    held = Counter(
        each.pid
        for each in psutil.net_connections("tcp")
        if each.laddr and each.laddr.port == port and each.status == psutil.CONN_ESTABLISHED
    )
    return min(held.values()) / sum(held.values())


def _row(case: Case, workers: int, load: tuple[int, int], turns: list[tuple[Speed, Speed, float]]) -> str:
    ours, theirs = middle([turn[0] for turn in turns]), middle([turn[1] for turn in turns])
    faster = median(one.requests / other.requests for one, other, _ in turns)
    later = median(one.p99 / other.p99 for one, other, _ in turns)
    return (
        f"| {workers} | {load[0]} | {case.name} | {ours.requests:,.0f}/s | {theirs.requests:,.0f}/s "
        f"| **{faster:.2f}** | {later:.1f} | {median(turn[2] for turn in turns):.0%} |"
    )


if __name__ == "__main__":
    main()
