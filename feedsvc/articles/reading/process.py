"""A reader process, as its parent process sees it, and the messages between the two.

The process is started, sent files, ended, and its death explained. Messages are frames of pickles over a socket:
both ends are this program, started by one another, and nobody else can write to the socket.
"""

import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, TypeAlias

from feedsvc.articles.model import Result
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.listing import Listing, Stat

OUT_OF_MEMORY = 71
"""The status with which a reader ends that got no more memory."""
AT_WORK = struct.Struct("!q")
"""How a reader writes, into memory that both see, the number of the job that it is at: what it died of."""
_LENGTH = struct.Struct("!I")
_CHUNK = 1 << 18


class Round(NamedTuple):
    """To the reader: from now on files are read in this directory and by these rules."""

    directory: str
    rules: ReadOptions
    listing: Listing
    """Without the files, which are asked for where they are needed."""


class Job(NamedTuple):
    """A file to read."""

    number: int
    path: str
    stat: Stat


class Jobs(NamedTuple):
    """To the reader: read these files, in this order."""

    jobs: tuple[Job, ...]


class Ready(NamedTuple):
    """From the reader: it has been started, and begins with its jobs."""


class Results(NamedTuple):
    """From the reader: what became of its next jobs. Several go at once, since to take turns costs time."""

    results: tuple[Result, ...]


class Question(NamedTuple):
    """From the reader, about the files of the directory. It waits for the answer."""

    about: Literal["file", "files", "spelling", "digest"]
    """Size and times of the file at ``path``, all files, the disk's spelling of ``path``, or a file's digest."""
    path: str = ""
    stat: Stat = Stat(0, 0)
    """What the file is to be whose digest is asked for."""


class ReaderAnswer(NamedTuple):
    """To the reader, which waits for it."""

    value: Mapping[str, tuple[int, ...]] | Stat | str | Exception | None
    """None where there is no such file."""


Message: TypeAlias = Round | Jobs | Ready | Results | Question | ReaderAnswer


class Frames:
    """One end of the socket."""

    def __init__(self, connection: socket.socket, patience: float | None = None) -> None:
        """Take the socket, and how many seconds it may take to send or to fetch; None for ever."""
        connection.settimeout(patience)
        self._socket = connection
        self._received = bytearray()

    def send(self, frame: bytes) -> None:
        """Send what :func:`framed` made.

        Raises:
            OSError: The process at the other end has ended, or reads nothing.
        """
        self._socket.sendall(frame)

    def receive(self) -> Message | None:
        """The next message, waited for as long as it takes; None when there will be no more."""
        while (message := self.next()) is None:
            if not self.fetch():
                return None
        return message

    def fetch(self) -> bool:
        """Take what has come; false when nothing will come any more. Waits where nothing has."""
        try:
            chunk = self._socket.recv(_CHUNK)
        except ConnectionError:
            return False
        self._received += chunk
        return bool(chunk)

    def next(self) -> Message | None:
        """The next message of those that were fetched; None where it is not there, or not as a whole."""
        if len(self._received) < _LENGTH.size:
            return None
        end = _LENGTH.size + _LENGTH.unpack_from(self._received)[0]
        if len(self._received) < end:
            return None
        with memoryview(self._received) as view:
            message: Message = pickle.loads(view[_LENGTH.size : end])  # noqa: S301 - our own process wrote it
        del self._received[:end]
        return message

    def fileno(self) -> int:
        """For those that wait."""
        return self._socket.fileno()

    def close(self) -> None:
        """Let the other end know that there is no more."""
        self._socket.close()


def framed(message: Message) -> bytes:
    """The message as it travels."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(content)) + content


_SEND = 30.0
"""Seconds in which a reader must take what it is sent."""
_LOOK = 0.2
"""Seconds between two looks at how long a reader has computed, which cost more than to take a result of it."""
_GRACE = 2.0
"""Seconds that an idle reader has to end by itself."""
_NO_MEMORY = b"memory allocation of "
"""How a library in Rust says that it got none, before it ends the process."""
_OWN = ("TZ", "LANG", "LANGUAGE", "LC_")
"""What the environment says of place and language; a reader is told the same everywhere."""


@dataclass(frozen=True, slots=True)
class Death:
    """Why a reader ended."""

    cause: Literal["time", "memory", "crash"]
    told: str
    """In words, such as ``SIGSEGV``."""


class ReaderProcess:
    """One reader process (:mod:`.main`). It is started anew and never forked, and ends with this process."""

    def __init__(self, round_frame: bytes) -> None:
        self.jobs: deque[Job] = deque()
        """The requests that it has not answered yet, in order."""
        self.since = time.monotonic()
        """When it was last seen to move: it said something, or has computed, or was given its first job."""
        self.is_ready = False
        self._computed: tuple[str, ...] = ()
        self._looked = 0.0
        """When it was last looked at how long it had computed."""
        self._errors = _nameless_file()
        self._is_late = False
        self._at_work = _nameless_file()
        self._at_work.write(AT_WORK.pack(-1))
        self._at_work.flush()
        ours, theirs = socket.socketpair()
        with theirs:
            given = [theirs.fileno(), self._at_work.fileno()]
            self._process = subprocess.Popen(  # noqa: S603 - this program itself
                [sys.executable, "-P", "-m", "feedsvc.articles.reading.main", *map(str, (*given, os.getpid()))],
                env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors,
                pass_fds=given, start_new_session=True,
            )  # fmt: skip
        self._frames = Frames(ours, _SEND)
        self.tell(round_frame)

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def fileno(self) -> int:
        """The descriptor that becomes readable when the process has sent a result."""
        return self._frames.fileno()

    def give(self, *jobs: Job) -> None:
        """Give it files to read, behind those that it has."""
        if not self.jobs:
            self.since = time.monotonic()
        self.jobs.extend(jobs)
        self.tell(framed(Jobs(jobs)))

    def culprit(self) -> Job | None:
        """The job that it was at when it ended; None where it was at none that it has not answered."""
        self._at_work.seek(0)
        (number,) = AT_WORK.unpack(self._at_work.read(AT_WORK.size))
        return next((job for job in self.jobs if job.number == number), None)

    def tell(self, frame: bytes) -> None:
        """Send it a frame. If the process has ended, the receiving side notices it."""
        with suppress(OSError):
            self._frames.send(frame)

    def heard(self) -> Iterator[Message | None]:
        """The messages that it has sent since the last call; the last is None if it has ended."""
        is_alive = self._frames.fetch()
        self.since = time.monotonic()
        while (message := self._frames.next()) is not None:
            self.is_ready = self.is_ready or isinstance(message, Ready)
            yield message
        if not is_alive:
            yield None

    def has_stood_still(self, seconds: float) -> bool:
        """Whether it has not moved for so long. On a busy machine one that computes gets nowhere for a while."""
        now = time.monotonic()
        if now - self._looked > _LOOK or now - self.since > seconds:
            self._looked, computed = now, _computed(self._process.pid)
            if computed != self._computed:
                self._computed, self.since = computed, now
        return now - self.since > seconds

    def kill(self) -> None:
        """End it at once, because it takes too long."""
        self._is_late = True
        self._process.kill()

    def end(self) -> Death:
        """Let it end, and say of what it did; where it does not, it is killed."""
        self._frames.close()
        try:
            status = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):  # the system itself holds it, and lets it go some time
                self._process.wait(_GRACE)
            status = -signal.SIGKILL
        with self._errors, self._at_work:
            self._errors.seek(0)
            told = self._errors.read()
        return self._death(status, told)

    def _death(self, status: int, told: bytes) -> Death:
        name = signal.Signals(-status).name if status < 0 else f"status {status}"
        if self._is_late or status == -signal.SIGPROF:
            return Death("time", name)
        if status == OUT_OF_MEMORY or _NO_MEMORY in told:
            return Death("memory", name)
        lines = told.decode("utf-8", "replace").strip().splitlines()
        return Death("crash", f"{name}: {lines[-1][:200]}" if lines else name)


def _computed(process: int) -> tuple[str, ...]:
    """How long a process has computed (proc(5), stat: utime and stime); empty where nobody knows."""
    try:
        told = Path(f"/proc/{process}/stat").read_text("ascii", "replace")
    except OSError:
        return ()
    return tuple(told.rpartition(")")[2].split()[11:13])


def _nameless_file() -> BinaryIO:
    """Where it may write what it dies of: in memory where the system has such files, so that no disk is needed."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("reader"), "w+b")
    import tempfile  # noqa: PLC0415 - few systems need it, and the reader process loads this module too

    return tempfile.TemporaryFile()


def _environment() -> dict[str, str]:
    """The environment of every reader, wherever and by whomever it is started."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
    return {**kept, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
