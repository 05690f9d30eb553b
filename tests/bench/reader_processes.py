"""What reading through reader processes costs beside reading in this process: seconds of CPU, and of waiting.

    python tests/bench/reader_processes.py [--articles 10000] [--pairs 3] [--readers 1]

Both take turns over the same generated Markdown articles of about 600 words. Each turn is a process, whose
CPU is counted with that of the readers it started; the median of the ratios of the pairs counts.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from corpus import write_corpus

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from read_here import ReadHere  # isort: skip

from feedsvc.articles.collector import lint
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.pool import ReaderPool


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000, help="how many")
    parser.add_argument("--pairs", type=int, default=3, help="turns of each")
    parser.add_argument("--readers", type=int, default=1, help="how many reader processes")
    parser.add_argument("--one", nargs=2, metavar=("DIRECTORY", "READERS"), help="read in or from this process")
    options = parser.parse_args()
    if options.one:
        _read(Path(options.one[0]), int(options.one[1]))
        return
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        write_corpus(directory, options.articles)
        _print(
            "| inside: CPU | wall | through: CPU | wall | CPU ratio | of wall |\n|---:|---:|---:|---:|---:|---:|"
        )
        ratios: list[tuple[float, float]] = []
        for _ in range(options.pairs):
            inside, through = _turn(directory, 0), _turn(directory, options.readers)
            ratios.append((through[0] / inside[0], through[1] / inside[1]))
            times = " | ".join(f"{seconds:.2f} s" for seconds in (*inside, *through))
            _print(f"| {times} | {ratios[-1][0]:.3f} | {ratios[-1][1]:.3f} |")
        cpu, wall = (statistics.median(each) for each in zip(*ratios, strict=True))
        _print(f"\nmedian of the ratios: CPU {cpu:.3f}, wall {wall:.3f}")


def _turn(directory: Path, readers: int) -> tuple[float, float]:
    """Seconds of CPU and of wall of one reading.

    Raises:
        CalledProcessError: It failed.
    """
    command = [sys.executable, __file__, "--one", str(directory), str(readers)]
    begin = time.monotonic()
    with subprocess.Popen(command) as process:
        _, status, usage = os.wait4(process.pid, 0)  # with the readers, which it has waited for
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begin


def _read(directory: Path, readers: int) -> None:
    rules = ReadOptions("https://news.example.org", ZoneInfo("UTC"), 2_000_000)
    if not readers:
        found = lint(directory, rules, lambda *_: None, readers=ReadHere())
    else:
        with ReaderPool(readers) as pool:
            found = lint(directory, rules, lambda *_: None, readers=pool)
    assert found.read
    assert not found.problems


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the table is what one runs this for


if __name__ == "__main__":
    main()
