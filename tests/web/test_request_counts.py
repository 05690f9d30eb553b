"""Counts of several workers in memory that they share."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from serving import PATIENCE

from feedsvc.web.request_counts import SharedCounts, series, shared_file

FEED = series(200, "feed", "br")
NOW = 1000.0
OTHER = """
import sys
from feedsvc.web.request_counts import SharedCounts, series
counts = SharedCounts(int(sys.argv[1])).of_worker(0)
for line in sys.stdin:
    for _ in range(int(line)):
        counts.answered(series(200, "feed", "br"), 0, 0.0)
    counts.share(1, 7, 1000.0) if int(line) else counts.end()
    print("shared", flush=True)
"""


class Other:
    """A worker in a process of its own, with the same place as that of the test."""

    def __init__(self, descriptor: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(descriptor)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[descriptor],
        )

    def answer(self, times: int) -> None:
        """Have it answer so often and share its counts; for 0 it says that it ends."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{times}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "shared\n"


@pytest.fixture
def descriptor() -> int:
    """The file in which one worker counts, and those that it replaces."""
    return shared_file(workers=1)


@pytest.fixture
def other(descriptor: int) -> Iterator[Other]:
    """A worker that is replaced by that of the test."""
    other = Other(descriptor)
    yield other
    other.process.communicate(timeout=PATIENCE)


def test_a_worker_and_the_one_that_replaces_it_both_count(descriptor: int, other: Other) -> None:
    """A count that fell would be a restart to whoever asks for rates, and a peak that never was."""
    other.answer(5)
    shared = SharedCounts(descriptor)
    counts = shared.of_worker(0)
    sums = []
    for each in (3, 4):
        for _ in range(each):
            counts.answered(FEED, 0, 0.0)
        counts.share(1, 8, NOW)
        sums.append(shared.sums(NOW).answered[0].count)
        other.answer(2)
        sums.append(shared.sums(NOW).answered[0].count)
    assert sums == [8, 10, 14, 16]


def test_a_worker_that_has_ended_is_none(descriptor: int, other: Other) -> None:
    """What it counted stays."""
    other.answer(5)
    counts = SharedCounts(descriptor).of_worker(0)
    counts.share(1, 8, NOW)
    both = SharedCounts(descriptor).sums(NOW)
    other.answer(0)
    left = SharedCounts(descriptor).sums(NOW)
    assert (both.workers, both.edition, left.workers, left.edition) == (2, 7, 1, 8)
    assert left.answered[0].count == 5
