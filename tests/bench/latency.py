"""How long it takes until an edited article stands in the feed, in real processes.

    python tests/bench/latency.py [--articles 1000 10000] [--edits 9]

`feedsvc serve` runs with its publisher, its watcher and one web worker. The newest article is written anew with
one more word, and the feed is asked for until it holds that word. The time counts from the write to the answer,
the watcher's debounce included; medians are told.
"""

import argparse
import contextlib
import http.client
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from corpus import SECTIONS, write_corpus

FEED = "/atom.xml"
DEBOUNCE = 100
"""The watcher's, in milliseconds."""
_PAUSE = 0.005
_PATIENCE = 600


def main() -> None:
    """Measure and print a table."""
    options = _options()
    _print("| articles | until it is in the feed | without the debounce | slowest |")
    _print("|---:|---:|---:|---:|")
    for count in options.articles:
        with tempfile.TemporaryDirectory() as name:
            times = _times(Path(name), count, options.edits)
            middle = statistics.median(times)
            _print(f"| {count:,} | {middle:.0f} ms | {middle - DEBOUNCE:.0f} ms | {max(times):.0f} ms |")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10000], help="how many")
    parser.add_argument("--edits", type=int, default=9, help="edits, of which the median counts")
    return parser.parse_args()


def _times(root: Path, count: int, edits: int) -> list[float]:
    """Milliseconds from each edit of the newest article to the feed that holds it."""
    write_corpus(root / "articles", count)
    newest = root / "articles" / SECTIONS[(count - 1) % len(SECTIONS)] / f"article-{count - 1:05}.md"
    text = newest.read_text("utf-8")
    times = []
    with _serving(root) as port:
        _await(port, b"<entry>")
        for number in range(edits):
            word = f"Edited{number}again"
            time.sleep(1)  # what the last edit began has come to rest
            begin = time.perf_counter()
            newest.write_text(f"{text}\n{word}.\n", "utf-8")
            _await(port, word.encode())
            times.append((time.perf_counter() - begin) * 1000)
    return times


@contextlib.contextmanager
def _serving(root: Path) -> Iterator[int]:
    """A running feedsvc that looks at files only when it hears of them; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    program = str(Path(sys.executable).parent / "feedsvc")
    command = [program, "serve", str(root / "articles"), "--port", str(port), "--interval", "3600"]
    command += ["--store", f"sqlite:///{root}/bench.db"]
    with (root / "output.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log)
        try:
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _await(port: int, word: bytes) -> None:
    """Return once the feed holds ``word``.

    Raises:
        TimeoutError: It did not in ten minutes.
    """
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if word in _feed(port):
                return
        time.sleep(_PAUSE)
    raise TimeoutError(f"the feed never held {word!r}")


def _feed(port: int) -> bytes:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", FEED)
        return connection.getresponse().read()


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the table is what one runs this for


if __name__ == "__main__":
    main()
