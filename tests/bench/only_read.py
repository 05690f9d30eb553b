"""Measured by round.py and read.py: files of DIRECTORY to clean articles, by the articles station alone."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from feedsvc.articles.attempt import ReadHere
from feedsvc.articles.gather import survey
from feedsvc.articles.rules import Rules


def main(directory: Path) -> None:
    """Read everything and keep nothing."""
    rules = Rules(base_url="https://news.example.org", zone=ZoneInfo("UTC"), size_limit=5_000_000)
    found = survey(directory, rules, lambda _done, _total: None, readers=ReadHere())
    assert found.read
    assert not found.problems
    sys.stdout.write("[]")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
