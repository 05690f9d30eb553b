"""A reader process, as its parent process sees it: started, sent files, ended, and its death explained."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from feedsvc.articles.reading.messages import AT_WORK, OUT_OF_MEMORY, Frames, Job, Jobs, Message, Ready, framed

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
                [sys.executable, "-m", "feedsvc.articles.reading.main", *map(str, (*given, os.getpid()))],
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
    return tempfile.TemporaryFile()


def _environment() -> dict[str, str]:
    """The environment of every reader, wherever and by whomever it is started."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
    return {**kept, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
