"""What a round costs, beside the bare library calls it cannot do without, in the same run.

    python tests/bench/round.py [--articles 1000 10000] [--repeats 3]

Three programs take turns over the same generated Markdown articles of about 600 words:

* `cold_round.py`: from files to a committed edition, into an empty store; then rounds in which nothing changed;
* `only_read.py`: the articles station alone, from files to clean articles;
* `bare_calls.py`: read, YAML, comrak and nh3 with nothing between them; then a bare scandir-and-stat walk.

Time and peak memory are those of whole processes, interpreter and imports included; medians are compared.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import write_corpus
from whole import run_whole

PROGRAMS = ("cold_round", "only_read", "bare_calls")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    seconds: float
    """By the clock on the wall, from its start to its end, without what it timed itself."""
    megabytes: float
    """Peak resident memory."""
    again: float
    """Seconds of the small thing it timed itself: an unchanged round or a walk; 0 where there is none."""


def main() -> None:
    """Measure and print a table."""
    for line in _report(_options()):
        print(line, flush=True)  # noqa: T201 - the table is what one runs this for


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10000], help="how many, one or more")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, of which the median counts")
    return parser.parse_args()


def _report(options: argparse.Namespace) -> Iterator[str]:
    yield "| articles | what | seconds | to bare calls | peak memory | unchanged round, or walk | to walk |"
    yield "|---:|---|---:|---:|---:|---:|---:|"
    for count in options.articles:
        with tempfile.TemporaryDirectory() as name:
            directory = Path(name) / "articles"
            write_corpus(directory, count)
            yield from _rows(count, _take_turns(directory, options.repeats))


def _take_turns(directory: Path, repeats: int) -> Mapping[str, Cost]:
    """The median cost of each program."""
    costs: dict[str, list[Cost]] = {program: [] for program in PROGRAMS}
    for turn in range(repeats):
        for program in PROGRAMS:
            costs[program].append(_run(program, directory, directory.parent / f"{turn}.db"))
    return {program: _median(several) for program, several in costs.items()}


def _rows(count: int, costs: Mapping[str, Cost]) -> Iterator[str]:
    bare = costs["bare_calls"]
    for program, cost in costs.items():
        ratio = cost.seconds / bare.seconds
        row = f"| {count:,} | {program} | {cost.seconds:.2f} | {ratio:.2f} | {cost.megabytes:.0f} MB |"
        yield row + (f" {cost.again * 1000:.1f} ms | {cost.again / bare.again:.2f} |" if cost.again else " | |")


def _run(program: str, directory: Path, store: Path) -> Cost:
    """Run a program from its start to its end.

    Raises:
        CalledProcessError: It failed.
    """
    command = [sys.executable, str(Path(__file__).with_name(f"{program}.py")), str(directory), str(store)]
    whole = run_whole(command)
    again: list[float] = json.loads(whole.output)
    return Cost(whole.seconds - sum(again), whole.megabytes, statistics.median(again) if again else 0)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.megabytes for cost in costs),
        statistics.median(cost.again for cost in costs),
    )


if __name__ == "__main__":
    main()
