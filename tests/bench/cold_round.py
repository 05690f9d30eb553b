"""Measured by round.py: a cold round over DIRECTORY into an empty STORE, then rounds in which nothing changed."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from read_here import ReadHere  # isort: skip

from feedsvc.articles.options import ReadOptions
from feedsvc.channels.site import Site
from feedsvc.publishing.round import Outcome, RoundOptions, publish
from feedsvc.publishing.site_index import SiteIndex
from feedsvc.responses.edition import PublisherState
from feedsvc.store.store import Store, open_store

NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNCHANGED = 5
INDEX = SiteIndex()
"""What a publisher keeps from round to round."""


def main(directory: Path, store: Path) -> None:
    """Print the seconds of the unchanged rounds."""
    site = Site(base_url="https://news.example.org", title="News", description="The news.", language="en")
    rules = ReadOptions(base_url=site.base_url, zone=ZoneInfo("UTC"), size_limit=5_000_000)
    plan = RoundOptions(directory, site, rules, "news.example.org")
    rounds = open_store(f"sqlite:///{store}")
    outcome = _round(plan, rounds, PublisherState(), afresh=True)
    assert outcome.public == outcome.read > 0
    seconds = []
    for _ in range(UNCHANGED):
        begin = time.perf_counter()
        assert _round(plan, rounds, outcome.memory, afresh=False).changed == 0
        seconds.append(time.perf_counter() - begin)
    rounds.close()
    sys.stdout.write(json.dumps(seconds))


def _round(plan: RoundOptions, rounds: Store, memory: PublisherState, *, afresh: bool) -> Outcome:
    return publish(
        plan,
        rounds.publisher,
        memory,
        NOW,
        afresh=afresh,
        progress=lambda _stage, _done, _total: None,
        readers=ReadHere(),
        index=INDEX,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
