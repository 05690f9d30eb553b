"""Measured by round.py and read.py: files of DIRECTORY to clean articles, by the articles station alone."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from read_here import ReadHere  # isort: skip

from feedsvc.articles.collector import lint
from feedsvc.articles.options import ReadOptions


def main(directory: Path) -> None:
    """Read everything and keep nothing."""
    rules = ReadOptions(base_url="https://news.example.org", zone=ZoneInfo("UTC"), size_limit=5_000_000)
    found = lint(directory, rules, lambda _done, _total: None, readers=ReadHere())
    assert found.read
    assert not found.problems
    sys.stdout.write("{}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
