"""What reading costs beside the bare library calls in it, and whether memory grows with what was read.

    python tests/bench/read.py [--articles 1000 10000 30000] [--repeats 5]

Two programs take turns over the same generated Markdown articles of about 600 words: `only_read.py` makes clean
articles of the files, in one process; `bare_calls.py` reads each, and calls YAML, comrak and nh3, with nothing
between them. CPU time is compared, since that depends least on what else the machine does. What an interpreter
takes with its imports is measured with a single article, and taken off.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import write_corpus

PROGRAMS = ("only_read", "bare_calls")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    seconds: float
    """Of CPU, its own and the system's for it."""
    megabytes: float
    """Peak resident memory."""


def main() -> None:
    """Measure and print a table."""
    options = _options()
    _print("| articles | one article | bare calls | ratio | peak memory | of the bare calls |")
    _print("|---:|---:|---:|---:|---:|---:|")
    for count in options.articles:
        with tempfile.TemporaryDirectory() as name:
            full, one = Path(name) / "articles", Path(name) / "one"
            write_corpus(full, count)
            write_corpus(one, 1)
            _print(_row(count, full, one, options.repeats))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10000, 30000], help="how many")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each, of which the median counts")
    return parser.parse_args()


def _row(count: int, full: Path, one: Path, repeats: int) -> str:
    costs: dict[str, list[Cost]] = {program: [] for program in PROGRAMS}
    for _ in range(repeats):
        for program in PROGRAMS:
            start, whole = _run(program, one), _run(program, full)
            costs[program].append(Cost((whole.seconds - start.seconds) / (count - 1), whole.megabytes))
    read, bare = (_median(costs[program]) for program in PROGRAMS)
    times = f"{read.seconds * 1e6:.0f} µs | {bare.seconds * 1e6:.0f} µs | {read.seconds / bare.seconds:.2f}"
    return f"| {count:,} | {times} | {read.megabytes:.0f} MB | {bare.megabytes:.0f} MB |"


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.seconds for cost in costs), statistics.median(cost.megabytes for cost in costs)
    )


def _run(program: str, directory: Path) -> Cost:
    """Run a program from its start to its end.

    Raises:
        CalledProcessError: It failed.
    """
    command = [sys.executable, str(Path(__file__).with_name(f"{program}.py")), str(directory)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)  # the one call that gives the costs of just this process
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the table is what one runs this for


if __name__ == "__main__":
    main()
