"""What rounds cost, beside what they cannot do without, in the same run.

    python tests/bench/round.py [--articles 1000 10000] [--repeats 3]

Three programs take turns over the same generated Markdown articles of about 600 words:

* `cold_round.py`: from files to a committed edition, into an empty store; then rounds in which nothing changed,
  and some after an edit of the newest article;
* `only_read.py`: reading alone, from files to clean articles;
* `bare_calls.py`: read, YAML, comrak and nh3 with nothing between them; then bare scandir-and-stat walks.

Time and peak memory of the first table are those of whole processes, interpreter and imports included. The second
table counts seconds of the processor, which other programs on the machine change least, and says how the bytes of
the store compare with those of the files. Medians are compared.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from corpus import write_corpus
from whole import Whole, run_whole, timed, without_what_it_timed

PROGRAMS = ("cold_round", "only_read", "bare_calls")


class Measured(NamedTuple):
    """The medians of one number of articles."""

    wholes: Mapping[str, Whole]
    """By program."""
    seconds: Mapping[str, float]
    """Of the processor: of an unchanged round, of a round after an edit, of a walk."""
    stored: float
    """Bytes of the store to bytes of the files."""


def main() -> None:
    """Measure and print two tables."""
    options = _options()
    measured = {count: _measured(count, options.repeats) for count in options.articles}
    for line in (*_wholes(measured), "", *_rounds(measured)):
        print(line, flush=True)  # noqa: T201 - the tables are what one runs this for


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10000], help="how many, one or more")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, of which the median counts")
    return parser.parse_args()


def _measured(count: int, repeats: int) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name) / "articles"
        write_corpus(directory, count)
        runs: dict[str, list[Whole]] = {program: [] for program in PROGRAMS}
        for turn in range(repeats):
            for program in PROGRAMS:
                runs[program].append(_run(program, directory, directory.parent / f"{turn}.db"))
        stored = (directory.parent / "0.db").stat().st_size / sum(
            file.stat().st_size for file in directory.rglob("*.md")
        )
    seconds: dict[str, list[float]] = {}
    for whole in (each for several in runs.values() for each in several):
        for what, times in timed(whole).items():
            seconds.setdefault(what, []).extend(processor for processor, _ in times)
    return Measured(
        {program: _median(list(map(without_what_it_timed, several))) for program, several in runs.items()},
        {what: statistics.median(times) for what, times in seconds.items()},
        stored,
    )


def _run(program: str, directory: Path, store: Path) -> Whole:
    """Run a program from its start to its end.

    Raises:
        CalledProcessError: It failed.
    """
    return run_whole([sys.executable, str(Path(__file__).with_name(f"{program}.py")), str(directory), str(store)])


def _median(runs: Sequence[Whole]) -> Whole:
    return Whole(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.processor for run in runs),
        statistics.median(run.megabytes for run in runs),
        b"",
    )


def _wholes(measured: Mapping[int, Measured]) -> Iterator[str]:
    yield "| articles | what | seconds | to bare calls | of the processor | to bare calls | peak memory |"
    yield "|---:|---|---:|---:|---:|---:|---:|"
    for count, found in measured.items():
        bare = found.wholes["bare_calls"]
        for program, whole in found.wholes.items():
            seconds = f"{whole.seconds:.2f} | {whole.seconds / bare.seconds:.2f}"
            processor = f"{whole.processor:.2f} | {whole.processor / bare.processor:.2f}"
            yield f"| {count:,} | {program} | {seconds} | {processor} | {whole.megabytes:.0f} MB |"


def _rounds(measured: Mapping[int, Measured]) -> Iterator[str]:
    fewest = min(measured)
    yield f"| articles | unchanged | to a walk | edit | to an edit of {fewest:,} | store to files |"
    yield "|---:|---:|---:|---:|---:|---:|"
    for count, found in measured.items():
        unchanged, edit, walk = (found.seconds[what] for what in ("unchanged", "edits", "walks"))
        ratio = edit / measured[fewest].seconds["edits"]
        scan = f"{unchanged * 1000:.1f} ms | {unchanged / walk:.2f}"
        yield f"| {count:,} | {scan} | {edit * 1000:.0f} ms | {ratio:.2f} | {found.stored:.2f} |"


if __name__ == "__main__":
    main()
