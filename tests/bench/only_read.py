"""Measured by round.py: files of DIRECTORY to clean articles, by the articles station alone."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from feedsvc.articles import Rules, gather


def main(directory: Path) -> None:
    """Read everything and keep no body."""
    rules = Rules(base_url="https://news.example.org", zone=ZoneInfo("UTC"), size_limit=5_000_000)
    gathering = gather(directory, {}, rules, lambda _digest, _body: None, lambda _done, _total: None)
    assert gathering.readings
    assert not gathering.problems
    sys.stdout.write("[]")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
