"""The reader process: reads one file after another for the process that started it, and ends with it.

A parser can crash, hang or swell over a file. Here that costs one article: the system ends this process when it
computes too long over a file, and gives it no more memory than the rules allow. Started by :mod:`.pool`.
"""

import contextlib
import gc
import mmap
import os
import resource
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from feedsvc.articles.body.media import Digest, FileChangedError, file_digest
from feedsvc.articles.model import Problem, Reading, Result, SetAside
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.problems import Unreadable, reader_failure
from feedsvc.articles.reader import read
from feedsvc.articles.reading.process import (
    AT_WORK,
    OUT_OF_MEMORY,
    Frames,
    Job,
    Jobs,
    Question,
    ReaderAnswer,
    Ready,
    Results,
    Round,
    framed,
)
from feedsvc.articles.source.listing import Listing, Stat, stamp
from feedsvc.core.open_beneath import OutsideError
from feedsvc.core.process import function

_PR_SET_PDEATHSIG = 1
"""Of prctl(2): which signal a process gets when the one that started it ends."""
_MANY = 8
"""With so many files to read, a reader asks for all that there are; in a large directory the answer takes long."""
_SINGLE = 1_000
"""After so many questions for single files it does so too."""
_TOGETHER = 16
_LONG = 200_000
"""So many results go together, or as many as have so many characters."""
_PREFERRED = "1000"
"""Of proc(5), oom_score_adj: where the system runs out of memory, it ends this process and no other."""


def main(descriptor: int, shared: int, parent: int) -> None:
    """Read what is asked for, until nobody is there any more to ask.

    Args:
        descriptor: Of the socket by which it is asked.
        shared: Of the memory into which it writes which job it is at.
        parent: The process that asks.
    """
    _prepare(parent)
    frames = Frames(socket.socket(fileno=descriptor))
    with contextlib.suppress(ConnectionError), mmap.mmap(shared, AT_WORK.size) as at_work:
        frames.send(framed(Ready()))
        _Reader(frames, at_work).run()


def _prepare(parent: int) -> None:
    """Let this process end with its parent, and by nothing that is meant for the parent."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
    if prctl := function("prctl"):
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()
    with contextlib.suppress(OSError):  # another system, or one that forbids it
        Path("/proc/self/oom_score_adj").write_text(_PREFERRED, "ascii")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what an article says is not to lie about in a file
    gc.freeze()


class _Reader:
    def __init__(self, frames: Frames, at_work: mmap.mmap) -> None:
        self._frames = frames
        self._at_work = at_work
        self._jobs: deque[Job] = deque()
        self._results: list[Result] = []
        self._length = 0

    def run(self) -> None:
        """Read until there is nobody any more to read for."""
        while (message := self._frames.receive()) is not None:
            if isinstance(message, Jobs):
                self._jobs.extend(message.jobs)
                self._work()
            elif isinstance(message, Round):
                self._begin(message)
            else:
                raise TypeError(f"a reader has no use for {message!r:.80}")

    def _begin(self, round_: Round) -> None:
        self._directory, self._rules = Path(round_.directory), round_.rules
        self._files = _Files(self)
        self._listing = replace(
            round_.listing, files=AskedFiles(self._files.find, self._files.all), spelling=self._spelling
        )
        memory, (_, most) = self._rules.limits.memory, resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory if most < 0 else min(memory, most), most))

    def _work(self) -> None:
        """Do the jobs that are there."""
        while self._jobs:
            job = self._jobs.popleft()
            AT_WORK.pack_into(self._at_work, 0, job.number)
            self._files.own = {job.path: job.stat}
            signal.setitimer(signal.ITIMER_PROF, self._rules.limits.seconds)
            try:
                result = attempt(self._directory, job.path, self._listing, self._rules, self._digest)
                self._results.append(result)
                self._length += len(result.body) if isinstance(result, Reading) else 0
                if len(self._results) >= _TOGETHER or self._length > _LONG:
                    self._send()
            except MemoryError:
                os._exit(OUT_OF_MEMORY)  # what is left may be too little to end in order
            signal.setitimer(signal.ITIMER_PROF, 0)
        self._send()

    def _send(self) -> None:
        if self._results:
            self._frames.send(framed(Results(tuple(self._results))))
        self._results.clear()
        self._length = 0

    @property
    def is_busy(self) -> bool:
        """Whether many files are still to be read."""
        return len(self._jobs) >= _MANY

    def ask(self, question: Question) -> object:
        """Ask the process that started this one; jobs that come before its answer wait."""
        self._frames.send(framed(question))
        while (message := self._frames.receive()) is not None:
            if isinstance(message, ReaderAnswer):
                return message.value
            if isinstance(message, Jobs):
                self._jobs.extend(message.jobs)
        sys.exit()

    def _spelling(self, path: str) -> str | None:
        answer = self.ask(Question("spelling", path))
        return None if answer is None else str(answer)

    def _digest(self, _directory: Path, source: str, stat: Stat) -> str:
        answer = self.ask(Question("digest", source, stat))
        if isinstance(answer, Exception):
            raise answer
        return str(answer)


class _Files:
    """The files of the directory, which the process that started this one knows.

    Most articles look up their own alone. For one that refers to some others, these are asked for one by one; a
    reader with many articles to read, or an article with many references, asks for all at once.
    """

    def __init__(self, reader: _Reader) -> None:
        self.own: Mapping[str, Stat] = {}
        self._reader = reader
        self._asked: dict[str, Stat | None] = {}
        """What was asked for one by one: None where there is no file."""
        self._all: Mapping[str, tuple[int, ...]] | None = None

    def all(self) -> Mapping[str, tuple[int, ...]]:
        """All files, with their sizes and times."""
        if self._all is None:
            answer = self._reader.ask(Question("files"))
            if not isinstance(answer, dict):
                raise TypeError("the files of the directory were not given")
            self._all = answer
        return self._all

    def find(self, path: str) -> Stat | None:
        """The size and times of the file at ``path``; None where there is none."""
        if path in self.own:
            return self.own[path]
        if path in self._asked:
            return self._asked[path]
        if self._all is not None or self._reader.is_busy or len(self._asked) >= _SINGLE:
            found = self.all().get(path)
            return None if found is None else Stat(*found)
        answer = self._reader.ask(Question("file", path))
        if not (answer is None or isinstance(answer, Stat)):
            raise TypeError("it was not told whether there is a file")
        self._asked[path] = answer
        return answer


def attempt(
    directory: Path, path: str, listing: Listing, rules: ReadOptions, digest: Digest = file_digest
) -> Result:
    """Read the file at ``path``, or say why it cannot be read; arguments as of :func:`~.reader.read`.

    A caller that reads many files passes the :class:`AskedFiles` of the listing, which are then reused.

    Raises:
        MemoryError: It takes more memory than there is; nothing else is raised.
    """
    if isinstance(listing.files, AskedFiles):
        files = listing.files
        files.asked.clear()
    else:
        known = listing.files
        files = AskedFiles(known.get, lambda: known)
        listing = replace(listing, files=files)
    found: Result
    try:
        found = read(directory, path, listing, rules, digest)
    except Unreadable as unreadable:
        found = SetAside(unreadable.problem, stamp(listing, path, [f"{path}/", *files.asked]))
    except (FileChangedError, FileNotFoundError, OutsideError):
        return None
    except OSError as error:
        what = f"the file cannot be read ({error.strerror})"
        found = SetAside(Problem(path, None, what, "allow it to be read"))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a fault of a parser must cost one article, not the whole feed
        found = SetAside(reader_failure(path, error), stamp(listing, path, [f"{path}/", *files.asked]))
    return found if is_still(directory, path, listing.files[path]) else None


def is_still(directory: Path, path: str, stat: Stat) -> bool:
    """Whether the file is the one that was listed."""
    try:
        return Stat.of(os.stat(f"{directory}/{path}")) == stat  # noqa: PTH116 - a Path costs as much as the call
    except OSError:
        return False


class AskedFiles(Mapping[str, Stat]):
    """The files of a listing, and which of them the last reading asked for: on those it depends."""

    def __init__(self, find: Callable[[str], Stat | None], paths: Callable[[], Collection[str]]) -> None:
        """Take a function that gives the size and times of the file at a path, and one that gives all paths."""
        self.asked: set[str] = set()
        self._find = find
        self._paths = paths

    def __getitem__(self, path: str) -> Stat:
        self.asked.add(path)
        if (found := self._find(path)) is None:
            raise KeyError(path)
        return found

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        self.asked.add(path)
        return self._find(path) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths())

    def __len__(self) -> int:
        return len(self._paths())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
