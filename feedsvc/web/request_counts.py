"""Counts of answers: each web worker counts its own, and the one that is asked for metrics adds them up.

A worker counts in a list of its own, and copies it twice a second into its block of memory that all workers share.
So every worker can tell the sums, and a worker that is started anew goes on where the one before it ended. A count
is an aligned machine word with one writer: nobody waits for a lock, and no reader sees half of a count. While a
worker is replaced, the one that ends and the one that comes both count, so each has a block of its own.
"""

import fcntl
import mmap
import os
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Self, get_args

from feedsvc.documents.model import Kind

STATUSES = (
    *(200, 202, 204, 206, 301, 304, 307),
    *(400, 401, 404, 405, 408, 410, 412, 413, 415, 416, 429, 431, 500, 503, 505),
)
"""The statuses that are counted one by one; the last place is for all others."""
KINDS = (*get_args(Kind), "none")
"""Of documents; ``none`` are answers that hold none: to operators, refusals, and "try again"."""
CODINGS = ("none", "identity", "gzip", "br")
"""Of the content that was sent; ``none`` where none was, as in a 304."""
BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0)
"""Upper bounds of the times to answer, in seconds; the last place is for all that took longer."""

ClosedBecause = Literal["room", "silent", "stalled"]
"""Why a worker closed a connection: to make room for another; the client sent nothing; it took nothing in."""
_CLOSED: tuple[ClosedBecause, ...] = get_args(ClosedBecause)

_STATUS_INDEX = {status: place for place, status in enumerate(STATUSES)}
_KIND_INDEX = {kind: place for place, kind in enumerate(KINDS)}
_CODING_INDEX = {coding: place for place, coding in enumerate(CODINGS)}

_SERIES = (len(STATUSES) + 1) * len(KINDS) * len(CODINGS)
TIMES = len(BUCKETS) + 1
"""How many counts of times there are: one for each bucket, and one for what is slower."""
_SPREAD = TIMES + 1
"""Words for the times of a kind: the counts, and the sum in seconds."""
_SUM = _SPREAD - 1
_BYTES = _SERIES
_TIMES = 2 * _SERIES
_ACCEPTED = _TIMES + len(KINDS) * _SPREAD
_CLOSINGS = _ACCEPTED + 1
_OPEN = _CLOSINGS + len(_CLOSED)
_EDITION = _OPEN + 1
_SEEN = _EDITION + 1
_WORDS = _SEEN + 1
_WORD = 8
BLOCK = _WORDS * _WORD
"""Bytes that a worker counts in."""
_BLOCKS = 4
"""Blocks for each worker: one for now, and others for those before it that still answer their last requests."""


class Series(NamedTuple):
    """The places at which an answer is counted."""

    at: int
    times: int


def series(status: int, kind: str, coding: str) -> Series:
    """The places where answers of a status, a kind (:data:`KINDS`) and a coding (:data:`CODINGS`) are counted."""
    place = _STATUS_INDEX.get(status, len(STATUSES))
    kind_place = _KIND_INDEX.get(kind, len(KINDS) - 1)
    at = (place * len(KINDS) + kind_place) * len(CODINGS) + _CODING_INDEX.get(coding, 0)
    return Series(at, _TIMES + kind_place * _SPREAD)


def shared_file(workers: int) -> int:
    """Make a file in memory in which so many workers count; returns its descriptor, which others may inherit."""
    descriptor = os.memfd_create("feedsvc-counts", 0) if hasattr(os, "memfd_create") else _plain_file()
    os.set_inheritable(descriptor, True)
    os.ftruncate(descriptor, workers * _BLOCKS * BLOCK)
    return descriptor


def _plain_file() -> int:
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class RequestCounts:
    """Counts for one worker. It belongs to one event loop."""

    def __init__(self, block: memoryview) -> None:
        """Take the block of this worker in the memory that workers share, and go on from what is in it."""
        self._block = block
        self._words: list[float] = list(block.cast("d"))
        self._words[_OPEN] = self._words[_EDITION] = self._words[_SEEN] = 0  # of the worker before

    @classmethod
    def alone(cls) -> Self:
        """Counts in memory that no other process sees."""
        return cls(memoryview(bytearray(BLOCK)))

    def answered(self, found: Series, length: int, seconds: float) -> None:
        """Count an answer with ``length`` bytes of content, which was given after so many ``seconds``."""
        self.add(found, 1, length, (seconds,))

    def add(self, found: Series, count: int, length: int, times: Sequence[float]) -> None:
        """Count so many answers with ``length`` bytes in all, whose times were as those that are given."""
        words = self._words
        words[found.at] += count
        words[_BYTES + found.at] += length
        each, more = divmod(count, len(times))
        for place, seconds in enumerate(times[: count if not each else None]):
            answers = each + (place < more)
            words[found.times + bisect_left(BUCKETS, seconds)] += answers
            words[found.times + _SUM] += answers * seconds

    def accepted(self) -> None:
        """Count a connection."""
        self._words[_ACCEPTED] += 1

    def closed(self, why: ClosedBecause) -> None:
        """Count a connection that the worker has closed."""
        self._words[_CLOSINGS + _CLOSED.index(why)] += 1

    def share(self, connections: int, edition: int, now: float) -> None:
        """Show the counts to all workers.

        Args:
            connections: How many are open.
            edition: The number of the edition that is served; 0 for none.
            now: In seconds since 1970.
        """
        self._words[_OPEN], self._words[_EDITION], self._words[_SEEN] = connections, edition, now
        self._block[:] = array("d", self._words).tobytes()

    def end(self) -> None:
        """Show the last counts, and that this worker is no longer at work."""
        self.share(0, 0, 0.0)


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many answers there were of a status, a kind and a coding, and how many bytes of content in them."""

    status: str
    kind: str
    coding: str
    count: int
    length: int


@dataclass(frozen=True, slots=True)
class Times:
    """The times that answers with a kind of document took."""

    kind: str
    counts: tuple[int, ...]
    """By the bounds of :data:`BUCKETS`, and in the last place what took longer; each is counted once."""
    seconds: float
    """The sum of all."""


@dataclass(frozen=True, slots=True)
class Sums:
    """The counts of all workers together since the service was started."""

    answered: tuple[AnswerCount, ...]
    times: tuple[Times, ...]
    accepted: int
    closed: tuple[tuple[ClosedBecause, int], ...]
    connections: int
    """Open now."""
    workers: int
    """Those that said lately that they are at work."""
    edition: int
    """The lowest number of an edition that one of them serves; 0 where one serves none yet."""


LATELY = 10
"""Seconds after which a worker that says nothing no longer counts as one."""


class SharedCounts:
    """The counts of all workers of a service."""

    def __init__(self, descriptor: int) -> None:
        """Take a descriptor of :func:`shared_file`."""
        self._descriptor = descriptor
        self._blocks = memoryview(mmap.mmap(descriptor, 0))

    def of_worker(self, place: int) -> RequestCounts:
        """The counts of the worker with that number, counted from 0, for as long as this process runs.

        Where too many of those that it replaces still run, nobody sees what it counts.
        """
        for begin in range(place * _BLOCKS * BLOCK, (place + 1) * _BLOCKS * BLOCK, BLOCK):
            if self._take(begin):
                return RequestCounts(self._blocks[begin : begin + BLOCK])
        return RequestCounts.alone()

    def _take(self, begin: int) -> bool:
        """Whether no other process counts in a block; the system frees it when this one ends, however it ends."""
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, BLOCK, begin)
        except OSError:
            return False
        return True

    def sums(self, now: float) -> Sums:
        """The sums over all workers at ``now``, in seconds since 1970."""
        words: list[float] = list(self._blocks.cast("d"))
        blocks = [words[first : first + _WORDS] for first in range(0, len(words), _WORDS)]
        total = [sum(column) for column in zip(*blocks, strict=True)]
        at_work = [block for block in blocks if now - block[_SEEN] <= LATELY]
        return Sums(
            answered=tuple(_answered(total)),
            times=tuple(_times(total)),
            accepted=int(total[_ACCEPTED]),
            closed=tuple(zip(_CLOSED, map(int, total[_CLOSINGS:]), strict=False)),
            connections=int(sum(block[_OPEN] for block in at_work)),
            workers=len(at_work),
            edition=min((int(block[_EDITION]) for block in at_work), default=0),
        )


def _answered(total: Sequence[float]) -> Iterator[AnswerCount]:
    for place, status in enumerate((*map(str, STATUSES), "other")):
        for kind in range(len(KINDS)):
            for coding, name in enumerate(CODINGS):
                at = (place * len(KINDS) + kind) * len(CODINGS) + coding
                if total[at]:
                    yield AnswerCount(status, KINDS[kind], name, int(total[at]), int(total[_BYTES + at]))


def _times(total: Sequence[float]) -> Iterable[Times]:
    for place, kind in enumerate(KINDS):
        *counts, seconds = total[_TIMES + place * _SPREAD : _TIMES + (place + 1) * _SPREAD]
        if any(counts):
            yield Times(kind, tuple(map(int, counts)), seconds)
