"""How much memory a publisher and a web worker take: with few articles, many channels, and many articles.

    python tests/bench/memory.py [--channels 3500] [--articles 100000] [--asked 3000]

Each site is published, which tells the peak memory (RSS) of a first round, then served by one worker. The worker's
own memory (USS) is measured when it has begun to serve, when so many feeds were asked for, and when so many pages
were, each once. Publishing many articles takes minutes.
"""

import argparse
import http.client
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
from busy import _address, _command, _running
from corpus import write_corpus
from whole import run_whole

from feedsvc.store.store import open_store

_WORDS = 100
"""Of each article: what a worker has of it is a page, if anything."""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--channels", type=int, default=3_500)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=3_000, help="how many feeds, and how many pages")
    options = parser.parse_args()
    print("| site | publisher | worker | feeds asked for | pages asked for, too |\n|---|---:|---:|---:|---:|")  # noqa: T201 - the table
    for name, articles, channels in (
        ("small", 60, 0),
        (f"{options.channels:,} channels", options.channels, options.channels),
        (f"{options.articles:,} articles", options.articles, 0),
    ):
        with tempfile.TemporaryDirectory() as folder:
            found = _measure(Path(folder), articles, channels, options.asked)
            print(f"| {name} | {' | '.join(f'{each:.0f} MB' for each in found)} |", flush=True)  # noqa: T201


def _measure(root: Path, articles: int, channels: int, asked: int) -> Iterator[float]:
    """Megabytes of the publisher; then of the worker at first, after feeds, and after pages."""
    write_corpus(root / "articles", articles, _WORDS)
    for number in range(channels):
        file = root / f"articles/channels/c{number}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"---\ndate: 2020-01-01\ntags: [one{number}]\n---\n\nOf one channel.\n", "utf-8")
    yield run_whole(_command(root, "publish"), root).megabytes
    with _running([*_command(root, "serve"), "--role", "web"], root) as process:
        url = _address(root / "output.log")
        with closing(open_store(f"sqlite:///{root}/bench.db")) as store:
            changes = store.editions.changes()
            with store.editions.snapshot(changes.edition) as snapshot:
                pages = [*islice(snapshot.pages(), asked)]
        worker = _worker(psutil.Process(process.pid))
        for paths in ((), changes.stored[:asked], pages):
            _ask(url, paths)
            yield worker.memory_full_info().uss / 1e6


def _worker(started: psutil.Process) -> psutil.Process:
    """The one process that serves, of those that were started; nobody has asked for a page yet."""
    return max((started, *started.children(recursive=True)), key=lambda each: each.memory_full_info().uss)


def _ask(url: str, paths: Iterable[str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    for path in paths:
        connection.request("GET", quote(path), headers={"Accept-Encoding": "gzip"})
        connection.getresponse().read()


if __name__ == "__main__":
    main()
