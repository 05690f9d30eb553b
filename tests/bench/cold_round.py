"""Measured by round.py and hugo.py: a cold round over DIRECTORY into an empty STORE, then other rounds.

Some in which nothing changed, and some after edits of the newest article, of which file events tell.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from read_here import ReadHere  # isort: skip

from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.articles.reading.session import Readers
from feedsvc.channels.site import Site
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.reporter import Outcome
from feedsvc.publishing.round import publish
from feedsvc.publishing.site_index import SiteIndex
from feedsvc.responses.edition import PublisherState
from feedsvc.store.store import Store, open_store

NOW = datetime(2026, 11, 1, tzinfo=UTC)
REPEATS = 9


def main(directory: Path, store: Path, processes: int = 0) -> None:
    """Print the seconds of unchanged rounds and of edits, on the processor and by the clock.

    Args:
        directory: The articles.
        store: A file that is not there yet.
        processes: How many processes read, as in a service; 0 for this one.
    """
    site = Site(base_url="https://news.example.org", title="News", description="The news.", language="en")
    rules = ReadOptions(base_url=site.base_url, zone=ZoneInfo("UTC"), size_limit=5_000_000)
    options = RoundOptions(directory, site, rules, "news.example.org")
    with closing(open_store(f"sqlite:///{store}")) as opened:
        with ReaderPool(processes) if processes else nullcontext(ReadHere()) as readers:
            rounds = Rounds(options, opened, readers)
            outcome = rounds.run(None, afresh=True)
        assert outcome.counts.published == outcome.read > 0
        rounds.readers = ReadHere()
        unchanged = [_timed(partial(_unchanged, rounds)) for _ in range(REPEATS)]
        edits = [_timed(partial(rounds.run, {path})) for path in _edited(directory)]
    sys.stdout.write(json.dumps({"unchanged": unchanged, "edits": edits}))


@dataclass
class Rounds:
    """One publisher's rounds."""

    options: RoundOptions
    store: Store
    readers: Readers
    index: SiteIndex = field(default_factory=SiteIndex)
    state: PublisherState = field(default_factory=PublisherState)

    def run(self, touched: AbstractSet[str] | None, *, afresh: bool = False) -> Outcome:
        """Run a round; ``touched`` is what file events say."""
        outcome = publish(
            self.options,
            self.store.publisher,
            self.state,
            NOW,
            afresh=afresh,
            progress=lambda _stage, _done, _total: None,
            readers=self.readers,
            index=self.index,
            touched=touched,
        )
        self.state = outcome.state
        return outcome


def _unchanged(rounds: Rounds) -> None:
    assert rounds.run(None).changed == 0


def _edited(directory: Path) -> Iterator[str]:
    """Edit the newest article again and again, and leave it as it was."""
    newest = max(directory.rglob("*.md"), key=lambda path: path.name)
    text = newest.read_text("utf-8")
    try:
        for number in range(REPEATS):
            newest.write_text(f"{text}\nEdited for the {number}. time.\n", "utf-8")
            yield newest.relative_to(directory).as_posix()
    finally:
        newest.write_text(text, "utf-8")


def _timed(run: Callable[[], object]) -> tuple[float, float]:
    """The seconds of the processor, and those of the clock, that a call takes."""
    processor, clock = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - processor, time.perf_counter() - clock


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
