"""What a cold start costs beside Hugo, which builds the same tree of feeds and pages, in the same run.

    python tests/bench/hugo.py [--articles 10000] [--repeats 3]

Four programs take turns over the same generated Markdown articles of about 600 words, with ten sections, sixty
tags and ten authors. Each of these channels, and the site, has RSS, Atom, JSON Feed, a page, and older articles on
further pages of fifty in every format; each article has a page.

* `cold_round.py`: feedsvc, from files to a committed edition, with every document compressed, feeds twice;
* `feedsvc, export`: `feedsvc export` of that edition into an empty folder, compressed: feeds of archives by gzip,
  all else by gzip and brotli;
* `hugo`: the site in `hugo/`, written to a directory, not compressed;
* `hugo, feeds only`: the same without any page.

Time and peak memory are those of whole processes; medians are compared. What they write is deleted at the end: for
some seconds after thousands of files were deleted, ext4 takes ten times as long to make one. It needs Hugo, which
Debian has as a package.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from corpus import write_corpus
from whole import Whole, run_whole, without_what_it_timed

SITE = Path(__file__).with_name("hugo")
Program = Callable[[Path], Whole]
"""Builds from the articles in a directory into fresh places beside it."""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000, help="how many")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, of which the median counts")
    options = parser.parse_args()
    if shutil.which("hugo") is None:
        sys.exit("hugo is not installed; Debian has it as a package")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name) / "articles"
        write_corpus(directory, options.articles)
        for line in _rows(_take_turns(directory, options.repeats)):
            print(line, flush=True)  # noqa: T201 - the table is what one runs this for


def _feedsvc(directory: Path) -> Whole:
    program = Path(__file__).with_name("cold_round.py")
    store, processes = str(_folder(directory) / "feedsvc.db"), str(os.cpu_count() or 1)
    return without_what_it_timed(run_whole([sys.executable, str(program), str(directory), store, processes]))


def _export(directory: Path) -> Whole:
    store = directory.parent / "export.db"
    if not store.exists():
        run_whole([sys.executable, str(Path(__file__).with_name("cold_round.py")), str(directory), str(store)])
    program = str(Path(sys.executable).with_name("feedsvc"))
    places = ("--articles", str(directory), "--store", f"sqlite:///{store}")
    return run_whole([program, "export", str(_folder(directory)), *places])


def _hugo(directory: Path, config: str) -> Whole:
    folder = _folder(directory)
    places = (
        "--contentDir",
        str(directory),
        "--destination",
        str(folder / "site"),
        "--cacheDir",
        str(folder / "cache"),
    )
    return run_whole(["hugo", "--quiet", "--noBuildLock", "--source", str(SITE), "--config", config, *places])


def _folder(directory: Path) -> Path:
    """A new folder beside the articles."""
    return Path(tempfile.mkdtemp(dir=directory.parent))


PROGRAMS: Mapping[str, Program] = {
    "feedsvc": _feedsvc,
    "feedsvc, export": _export,
    "hugo": lambda directory: _hugo(directory, "hugo.toml"),
    "hugo, feeds only": lambda directory: _hugo(directory, "hugo.toml,feeds.toml"),
}


def _take_turns(directory: Path, repeats: int) -> Mapping[str, list[Whole]]:
    found: dict[str, list[Whole]] = {name: [] for name in PROGRAMS}
    for _ in range(repeats):
        for name, program in PROGRAMS.items():
            found[name].append(program(directory))
    return found


def _rows(found: Mapping[str, list[Whole]]) -> Iterator[str]:
    yield "| what | seconds | feedsvc to it | of all cores | feedsvc to it | peak memory | feedsvc to it |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    ours = _median(found["feedsvc"])
    for name, runs in found.items():
        cost = _median(runs)
        ratios = [each / other for each, other in zip(ours, cost, strict=True)]
        seconds, processor, megabytes = cost
        time = f"{seconds:.1f} | {ratios[0]:.2f} | {processor:.1f} | {ratios[1]:.2f}"
        yield f"| {name} | {time} | {megabytes:.0f} MB | {ratios[2]:.2f} |"


def _median(runs: Sequence[Whole]) -> tuple[float, float, float]:
    """Seconds, seconds of all cores, megabytes."""
    return (
        statistics.median(run.seconds for run in runs),
        statistics.median(run.processor for run in runs),
        statistics.median(run.megabytes for run in runs),
    )


if __name__ == "__main__":
    main()
