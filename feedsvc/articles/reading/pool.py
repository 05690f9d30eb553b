"""The pool of reader processes: started when there is work, ended when there is none.

When a reader dies, the file that it was at is read once more by a fresh one, and set aside if that one dies too.
It may have been killed from outside, which is no fault of the file. A file that takes too long is set aside at
once.

Several readers give the same results as one, in the order in which they were asked for.
"""

import os
import select
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Self

from feedsvc.articles.body.media import FileChangedError, file_digest
from feedsvc.articles.model import Problem, Result, SetAside
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.process import (
    Death,
    Job,
    Question,
    ReaderAnswer,
    ReaderProcess,
    Results,
    Round,
    framed,
)
from feedsvc.articles.source.listing import Listing, Stat, fatal_key, stamp
from feedsvc.core.errors import ReadingError
from feedsvc.core.open_beneath import open_file

IDLE = 20.0
"""Seconds without work after which the readers are ended: whoever is writing saves again within less."""
_TICK = 0.2
"""Seconds between two looks at the clock while nothing comes."""
_AHEAD = 48
"""How many jobs a reader has at the most, so that it need not wait for the next."""
_SPAN = 128
"""How many results at the most wait for one that comes before them."""
_WORTH_ONE = 300
"""So many files are read while another process is started."""
_WAITING = 3
"""A reader that waits and does not compute has so many times its seconds: its disk is slow, or it was stopped."""
_START = 60.0
"""Seconds in which a reader must have been started, on the slowest of machines."""
_IDLE_DEATHS = 3
"""So many readers in a row may die before they have read a file."""


class ReaderPool:
    """Reads files in up to ``count`` processes; see :class:`~.session.Readers`. Used by one thread."""

    def __init__(self, count: int = 1) -> None:
        self._count = count
        self._readers: list[ReaderProcess] = []
        self._worked = 0.0

    def read(
        self, directory: Path, listing: Listing, rules: ReadOptions, paths: Sequence[str], tick: Callable[[], None]
    ) -> Iterator[tuple[str, Result]]:
        """Read files, see :meth:`.session.Readers.read`."""
        work = _Work(directory, listing, rules, paths, readers=self._readers, count=self._count)
        try:
            while work.feed():
                work.wait()
                tick()
                yield from work.results()
        finally:
            work.end()
            self._worked = time.monotonic()

    def rest(self) -> None:
        """End the readers if there has been no work for a while; called now and then."""
        if self._readers and time.monotonic() - self._worked > IDLE:
            self.close()

    def close(self) -> None:
        """End the readers. The next reading starts others."""
        while self._readers:
            self._readers.pop().end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Work:
    """The reading of some files."""

    def __init__(  # noqa: PLR0913 - what is read, and by whom
        self,
        directory: Path,
        listing: Listing,
        rules: ReadOptions,
        paths: Sequence[str],
        *,
        readers: list[ReaderProcess],
        count: int,
    ) -> None:
        self._directory = directory
        self._listing = listing
        self._rules = rules
        self._paths = paths
        self._taken = 0
        """How many of the paths were taken."""
        self._readers = readers
        self._count = count
        self._round = framed(Round(str(directory), rules, replace(listing, files={}, problems=(), folders={})))
        self._files: bytes | None = None
        self._waiting: dict[int, str] = {}
        """The files that were taken and not yet given back, by number, in their order."""
        self._again: deque[Job] = deque()
        """Jobs of readers that died."""
        self._deaths: Counter[int] = Counter()
        self._results: dict[int, Result] = {}
        self._idle_deaths = 0
        """How many readers in a row died before they read a file."""
        for reader in tuple(readers):
            if reader.is_alive:
                reader.tell(self._round)
            else:
                readers.remove(reader)
                reader.end()

    def feed(self) -> bool:
        """Give the readers what they can take; false when all that there is has been read."""
        for reader in self._readers:
            if len(reader.jobs) <= _AHEAD // 2 and (
                jobs := [*islice(iter(self._next_job, None), _AHEAD - len(reader.jobs))]
            ):
                reader.give(*jobs)
        while self._is_another_worth_it() and (job := self._next_job()) is not None:
            self._start().give(job)
        return bool(self._waiting)

    def _next_job(self) -> Job | None:
        if self._again:
            return self._again.popleft()
        if self._taken == len(self._paths) or len(self._waiting) >= _SPAN * max(1, len(self._readers)):
            return None
        number, path = self._taken, self._paths[self._taken]
        self._taken += 1
        self._waiting[number] = path
        return Job(number, path, self._listing.files[path])

    def _is_another_worth_it(self) -> bool:
        if not self._readers:
            return True
        left = len(self._paths) - self._taken
        return len(self._readers) < self._count and left > _WORTH_ONE * len(self._readers)

    def _start(self) -> ReaderProcess:
        reader = ReaderProcess(self._round)
        self._readers.append(reader)
        return reader

    def results(self) -> Iterator[tuple[str, Result]]:
        """The results of files, in the order of the files: one waits until all before it have been read."""
        while self._waiting and (number := next(iter(self._waiting))) in self._results:
            yield self._waiting.pop(number), self._results.pop(number)

    def wait(self) -> None:
        """Wait for what the readers say, for a moment at the most, and see to those that died."""
        poll = select.poll()
        for reader in self._readers:
            poll.register(reader.fileno(), select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(_TICK * 1000)}
        for reader in tuple(self._readers):
            if reader.fileno() in ready and not self._hear(reader):
                self._bury(reader)
            elif self._is_late(reader):
                reader.kill()
                self._bury(reader)

    def _hear(self, reader: ReaderProcess) -> bool:
        """Take what a reader says; false when it has ended."""
        for message in reader.heard():
            if message is None:
                return False
            if isinstance(message, Results):
                self._idle_deaths = 0
                for result in message.results:
                    self._results[reader.jobs.popleft().number] = result
            elif isinstance(message, Question):
                reader.tell(self._answer(message))
        return True

    def _answer(self, question: Question) -> bytes:
        listing = self._listing
        if question.about == "files":
            return self._all_files()
        if question.about == "file":
            return framed(ReaderAnswer(listing.files.get(question.path)))
        if question.about == "spelling":
            return framed(ReaderAnswer(listing.find(question.path)))
        answer = framed(ReaderAnswer(_digest(self._directory, question)))
        for each in self._readers:
            each.since = time.monotonic()  # nobody was listening to them
        return answer

    def _all_files(self) -> bytes:
        if self._files is None:
            self._files = framed(ReaderAnswer({path: tuple(stat) for path, stat in self._listing.files.items()}))
        return self._files

    def _is_late(self, reader: ReaderProcess) -> bool:
        most = self._rules.limits.seconds * _WAITING + 1 if reader.is_ready else _START
        return bool(reader.jobs) and reader.has_stood_still(most)

    def _bury(self, reader: ReaderProcess) -> None:
        """Let another reader do what one that died has left, except for what it died of."""
        self._readers.remove(reader)
        culprit = reader.culprit()
        death = reader.end()
        self._again.extend(job for job in reader.jobs if job is not culprit)
        if culprit is None:
            self._idle_deaths += 1
            if self._idle_deaths >= _IDLE_DEATHS:
                fate = "ends before it reads any" if reader.is_ready else "cannot be started"
                raise ReadingError(f"the process that reads articles {fate} ({death.told})", _REMEDY)
            return
        self._deaths[culprit.number] += 1
        if death.cause != "time" and self._deaths[culprit.number] == 1:
            self._start().give(culprit)
        else:
            self._results[culprit.number] = self._set_aside(culprit, death)

    def _set_aside(self, job: Job, death: Death) -> Result:
        problem = Problem(job.path, None, *_words(death, job.stat.size, self._rules))
        try:
            with open_file(self._directory, job.path) as file:
                content = file.read(job.stat.size + 1)
                if Stat.of(os.fstat(file.fileno())) != job.stat:
                    return None
        except OSError:
            return None
        return SetAside(problem, stamp(self._listing, job.path), fatal_key(content, job.path, self._rules))

    def end(self) -> None:
        """End the readers that have something to do still, when nobody waits for it."""
        for reader in tuple(self._readers):
            if reader.jobs:
                reader.kill()
                reader.end()
                self._readers.remove(reader)


_REMEDY = "check that the system lets feedsvc start processes, and that reader_memory is large enough"


def _digest(directory: Path, question: Question) -> str | Exception:
    try:
        return file_digest(directory, question.path, question.stat)
    except (FileChangedError, OSError) as error:
        return error


def _words(death: Death, size: int, rules: ReadOptions) -> tuple[str, str]:
    """The fault and its remedy."""
    limits = rules.limits
    if death.cause == "time":
        what = f"its {size:,} bytes take more than {limits.seconds:g} s to read"
        return what, "write it simpler or shorter, or raise reader_timeout"
    if death.cause == "memory":
        what = f"its {size:,} bytes take more than {limits.memory:,} bytes of memory to read"
        return what, "write it simpler or shorter, or raise reader_memory"
    return (
        f"its {size:,} bytes end the process that reads them ({death.told})",
        "rewrite it, and report the fault",
    )
