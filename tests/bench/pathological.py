"""What single files of a nasty kind take to read: seconds of computing and peak memory, each in its own process.

    python tests/bench/pathological.py [--bytes 200000]

Every kind must end as an article or as a problem, below the limits (10 s and 1 GB). With --one KIND the measured
process itself is run.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from nasty_files import KINDS  # isort: skip

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.main import attempt
from feedsvc.articles.source.scanner import scan


def main() -> None:
    """Measure each kind and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=200_000, help="how large each file is, about")
    parser.add_argument("--one", help="measure this kind in this process")
    options = parser.parse_args()
    if options.one:
        _print(json.dumps(_measure(options.one, options.bytes)))
        return
    _print("| kind | bytes | seconds | peak memory | what becomes of it |\n|---|---:|---:|---:|---|")
    for kind in KINDS:
        command = [sys.executable, __file__, "--one", kind, "--bytes", str(options.bytes)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            _print(f"| {kind} | | | | ended by status {done.returncode} |")
            continue
        size, seconds, megabytes, end = json.loads(done.stdout)
        _print(f"| {kind} | {size:,} | {seconds:.2f} | {megabytes:.0f} MB | {end} |")


def _measure(kind: str, size: int) -> tuple[int, float, float, str]:
    suffix, text = KINDS[kind]
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        file = directory / f"a{suffix}"
        file.write_text(text(size), "utf-8")
        rules = ReadOptions("https://example.org", ZoneInfo("UTC"), 2_000_000)
        begin = time.process_time()
        found = attempt(directory, file.name, scan(directory), rules)
        seconds = time.process_time() - begin
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        problem = getattr(found, "problem", None)
        return file.stat().st_size, seconds, memory, problem.what if problem else "an article"


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the table is what one runs this for


if __name__ == "__main__":
    main()
