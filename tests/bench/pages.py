"""Pages and archives rendered on demand: how long one takes, and what a crawler takes from feed polls.

    python tests/bench/pages.py [--articles 10000] [--pages 500] [--rounds 5] [--seconds 3]

First so many article pages and archive feeds are asked for, one after another, each for the first time. Then wrk
polls a feed, in turns without and beside a crawler that asks for every page as fast as it is answered, each time
for pages that nobody has asked for. Service, wrk and crawler share two cores; wrk gets one at once, which takes
root, since those who poll have machines of their own. Ratios are those of each pair; the medians count.
"""

import argparse
import http.client
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

from busy import FEED, _address, _command, _running
from corpus import write_corpus
from wrk import Speed, middle, wrk

from feedsvc.documents import on_demand
from feedsvc.store.store import open_store

_TAIL = 100
"""The quantiles by which a p99 is told."""


def main() -> None:
    """Measure and print two tables."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        for line in _report(Path(name), options):
            print(line, flush=True)  # noqa: T201 - the tables are what one runs this for


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=500, help="how many of each kind are timed")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each, of which the median counts")
    parser.add_argument("--seconds", type=int, default=3, help="length of a measurement")
    parser.add_argument("--connections", type=int, default=16)
    return parser.parse_args()


def _report(root: Path, options: argparse.Namespace) -> Iterator[str]:
    write_corpus(root / "articles", options.articles)
    subprocess.run(_command(root, "publish"), cwd=root, check=True, capture_output=True)
    with _running([*_command(root, "serve"), "--role", "web"], root):
        url = _address(root / "output.log")
        pages, archives = _paths(root)
        yield "| rendered on demand | p50 | p99 |"
        yield "|---|---:|---:|"
        for name, paths in (("article page", pages), ("archive feed", archives)):
            times = _times(url, paths[: options.pages])
            yield f"| {name} | {median(times):.1f} ms | {quantiles(times, n=_TAIL)[-1]:.1f} ms |"
        yield ""
        yield from _beside_a_crawler(url, pages[options.pages :], options)


def _paths(root: Path) -> tuple[list[str], list[str]]:
    """The pages of the articles, and the Atom feeds of the archives."""
    store = open_store(f"sqlite:///{root}/bench.db")
    try:
        with store.editions.snapshot(store.editions.newest()) as snapshot:
            paths = sorted(on_demand.candidates(snapshot))
    finally:
        store.close()
    return [path for path in paths if "/article-" in path], [path for path in paths if path.endswith("/atom.xml")]


def _times(url: str, paths: list[str]) -> list[float]:
    """The milliseconds that each path takes; what starts the renderer is not counted."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    _get(connection, "/no-such-page")
    times = []
    for path in paths:
        begin = time.perf_counter()
        _get(connection, path)
        times.append(1000 * (time.perf_counter() - begin))
    return times


def _get(connection: http.client.HTTPConnection, path: str) -> None:
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    connection.getresponse().read()


def _beside_a_crawler(url: str, pages: list[str], options: argparse.Namespace) -> Iterator[str]:
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))[:2]))
    crawler = _Crawler(url, pages)
    pairs: list[tuple[Speed, Speed]] = []
    for _ in range(options.rounds):
        load = (options.connections, options.seconds)
        alone = wrk(url + FEED, {"Accept-Encoding": "br"}, cores, load, at_once=True)
        with crawler:
            beside = wrk(url + FEED, {"Accept-Encoding": "br"}, cores, load, at_once=True)
        pairs.append((alone, beside))
    alone, beside = (middle(several) for several in zip(*pairs, strict=True))
    yield "| 200 br | requests | p99 |"
    yield "|---|---:|---:|"
    yield f"| alone | {alone.requests:,.0f}/s | {alone.p99:.1f} ms |"
    yield f"| beside a crawler ({crawler.rate:,.0f} pages/s) | {beside.requests:,.0f}/s | {beside.p99:.1f} ms |"
    requests = median(other.requests / one.requests for one, other in pairs)
    yield f"| ratio | **{requests:.2f}** | **{median(other.p99 / one.p99 for one, other in pairs):.2f}** |"


class _Crawler:
    """Asks for page after page while a ``with`` block runs."""

    def __init__(self, url: str, pages: list[str]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._pages = cycle(pages)
        self._done = threading.Event()
        self._thread = threading.Thread()
        self._count = 0
        self._seconds = 0.0

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self._count / self._seconds

    def __enter__(self) -> None:
        self._done.clear()
        self._begin = time.perf_counter()
        self._thread = threading.Thread(target=self._crawl)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._seconds += time.perf_counter() - self._begin

    def _crawl(self) -> None:
        while not self._done.is_set():
            _get(self._connection, next(self._pages))
            self._count += 1


if __name__ == "__main__":
    main()
