"""The supervisor: starts the processes of the service, restarts those that die, and ends all of them in order.

It is its own program, ``python -m feedsvc.operations.serve.supervisor JOB``, into which :mod:`.service` turns the
process of ``feedsvc serve``. It runs as long as the service and is mostly idle, so it must be small: it imports
only the standard library, and knows nothing of feeds.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TextIO

from feedsvc.operations.serve.systemd import NOTIFY_SOCKET, notify

FIRST_DELAY = 0.2
"""Seconds before a process that died is started again."""
LONGEST_DELAY = 30.0
"""The most seconds before a process that keeps dying is started again: the delay doubles each time."""
STEADY = 10.0
"""Seconds after which a process counts as started well: if it dies later, the delay begins at the first one
again."""
GRACE = 4.0
"""Seconds that the processes have to end after SIGTERM before they are killed."""
WAKE = signal.SIGUSR1
"""The signal by which another process of the service asks for the roles that run on demand."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, WAKE)
"""The signals that the supervisor handles. They are blocked until it does, so that none is lost."""

_LEVELS = {"debug": 0, "info": 32, "warning": 33, "error": 31}
"""The levels of log lines, the lowest first, and the colour of each on a terminal (ECMA-48, SGR)."""


class Role(NamedTuple):
    """A process to keep alive."""

    name: str
    command: Sequence[str]
    files: Sequence[int] = ()
    """File descriptors that the process inherits."""
    rescans: bool = False
    """Whether SIGHUP is passed on to the process."""
    longest_delay: float = LONGEST_DELAY
    """The most seconds before the process is restarted."""
    on_demand: bool = False
    """Whether the process runs only while there is work: it is started by :data:`WAKE`, and may end by itself."""
    is_wanted: bool = True
    """For a process on demand: whether it is started at once."""


class Log:
    """Writes log lines in the formats of :func:`feedsvc.core.logs.configure_logs`, without importing structlog."""

    def __init__(self, log_format: str, level: str, stream: TextIO = sys.stderr) -> None:
        """Take the format (``text``, ``logfmt`` or ``json``), the lowest level to write, and the stream."""
        renderers: dict[str, Callable[[Mapping[str, object]], str]] = {"text": self._text, "json": json.dumps}
        self._render = renderers.get(log_format, self._logfmt)
        self._level = level
        self._stream = stream

    def info(self, event: str, **values: object) -> None:
        """Log an event of normal operation."""
        self._write("info", event, values)

    def warning(self, event: str, **values: object) -> None:
        """Log an event that the operator should look at."""
        self._write("warning", event, values)

    def error(self, event: str, **values: object) -> None:
        """Log a failure."""
        self._write("error", event, values)

    def _write(self, level: str, event: str, values: Mapping[str, object]) -> None:
        levels = list(_LEVELS)
        if level not in levels[levels.index(self._level) :]:
            return
        time_ = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        line = {"timestamp": time_, "level": level, "role": "feedsvc", "event": event, **values}
        print(self._render(line), file=self._stream, flush=True)

    @staticmethod
    def _logfmt(line: Mapping[str, object]) -> str:
        quoted = {name: f'"{value}"' if _needs_quotes(value) else value for name, value in line.items()}
        return " ".join(f"{name}={value}" for name, value in quoted.items())

    def _text(self, line: Mapping[str, object]) -> str:
        shown = {name: repr(value) if _needs_quotes(value) else value for name, value in line.items()}
        level, event = str(shown.pop("level")), line["event"]
        head = f"{self._styled(shown.pop('timestamp'), 2)} [{self._styled(f'{level:9}', _LEVELS[level], 1)}]"
        del shown["event"]
        values = (f"{self._styled(name, 36)}={self._styled(shown[name], 35)}" for name in sorted(shown))
        return " ".join((head, self._styled(event, 1), *values))

    def _styled(self, text: object, *codes: int) -> str:
        """The text in a style of ECMA-48, SGR, where the stream is a terminal."""
        if not self._stream.isatty():
            return str(text)
        return "".join(f"\x1b[{code}m" for code in codes) + f"{text}\x1b[0m"


def _needs_quotes(value: object) -> bool:
    return isinstance(value, str) and not {" ", "="}.isdisjoint(value)


class _Child:
    """A process that is kept running."""

    def __init__(self, role: Role, log: Log) -> None:
        self.role = role
        self.due = 0.0
        """When to start the process, while it does not run; seconds of :func:`time.monotonic`."""
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._delay = 0.0
        self._is_wanted = role.is_wanted

    def wake(self) -> None:
        """Have a process that runs on demand started; one that is just ending is started again."""
        self._is_wanted = True

    @property
    def is_dormant(self) -> bool:
        """Whether the process is not to be started: nobody has asked for it."""
        return self.role.on_demand and not self._is_wanted and self._process is None

    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def keep_alive(self) -> None:
        """Start the process if that is due; if it has died, set when to restart it."""
        now = time.monotonic()
        if self._process is not None and (status := self._process.poll()) is not None:
            self._process = None
            if now - self._started > STEADY:
                self._delay = 0.0
            if self.role.on_demand and status == 0:
                self.due = now
            else:
                self._is_wanted = True
                self._put_off("process died and will be restarted", status=status)
        if self._process is None and now >= self.due and not self.is_dormant:
            self._started = now
            self._is_wanted = False
            try:
                self._process = _start(self.role)
            except OSError as error:  # such as no memory: that may pass
                self._is_wanted = True
                self._put_off("process could not be started", error=error.strerror or str(error))

    def _put_off(self, event: str, **values: object) -> None:
        """Restart the process after a delay, which doubles each time."""
        self._delay = min(self._delay * 2 or FIRST_DELAY, self.role.longest_delay)
        self.due = time.monotonic() + self._delay
        self._log.error(event, process=self.role.name, **values, restart_in=self._delay)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, unless it has ended."""
        if self._process is not None:
            self._process.send_signal(number)

    def wait(self) -> None:
        """Wait for the end of the process."""
        if self._process is not None:
            self._process.wait()


def supervise(roles: Iterable[Role], log: Log) -> None:
    """Keep all ``roles`` running until SIGTERM or SIGINT, then end them; SIGHUP goes to roles that rescan."""
    children = [_Child(role, log) for role in roles]
    arrivals = _Signals()
    notify("READY=1", log.warning)  # the socket listens already: connections wait for the processes
    arrived: set[int] = set()
    while arrived.isdisjoint({signal.SIGTERM, signal.SIGINT}):
        for child in children:
            if signal.SIGHUP in arrived and child.role.rescans:
                child.send(signal.SIGHUP)
            if WAKE in arrived and child.role.on_demand:
                child.wake()
            child.keep_alive()
        dues = [child.due for child in children if not (child.is_running() or child.is_dormant)]
        arrived = arrivals.wait(until=min(dues, default=None))
    notify("STOPPING=1", log.warning)
    log.info("stopping")
    _end(children, arrivals, log)
    log.info("stopped")


def _end(children: Iterable[_Child], arrivals: "_Signals", log: Log) -> None:
    """End all processes: send SIGTERM, and kill those that have not ended after :data:`GRACE` seconds."""
    deadline = time.monotonic() + GRACE
    for child in children:
        child.send(signal.SIGTERM)
    while (late := [child for child in children if child.is_running()]) and time.monotonic() < deadline:
        arrivals.wait(until=deadline)
    if late:
        log.warning("killing processes that did not stop", processes=len(late), waited_seconds=GRACE)
    for child in late:
        child.send(signal.SIGKILL)
        child.wait()


class _Signals:
    """Receives the signals of this process, and SIGCHLD when a child ends, through a pipe."""

    def __init__(self) -> None:
        """Handle the signals from now on."""
        self._descriptor, written = os.pipe()
        os.set_blocking(written, False)
        signal.set_wakeup_fd(written, warn_on_full_buffer=False)
        for number in (*SIGNALS, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)  # the wake-up pipe says which signal came
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def wait(self, until: float | None) -> set[int]:
        """Wait for signals, and return their numbers; none if the time ``until`` passes without one."""
        timeout = None if until is None else max(until - time.monotonic(), 0)
        readable, _, _ = select.select([self._descriptor], [], [], timeout)
        return set(os.read(self._descriptor, 4096)) if readable else set()


def _start(role: Role) -> "subprocess.Popen[bytes]":
    # SIGHUP would end a process that does not handle it yet. So the process starts with SIGHUP blocked, and a
    # signal that comes too early waits until the process unblocks it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        return subprocess.Popen(  # noqa: S603 - this program itself
            role.command,
            # Only the supervisor reports the state of the service to systemd.
            env={name: value for name, value in os.environ.items() if name != NOTIFY_SOCKET},
            pass_fds=role.files,
            # Ctrl-C reaches the whole foreground group; in its own session, a process gets only the signals sent
            # here.
            start_new_session=True,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})


if __name__ == "__main__":
    job = json.loads(sys.argv[1])
    try:
        supervise([Role(**role) for role in job["roles"]], Log(job["log_format"], job["log_level"]))
    finally:
        if job["folder"] is not None:
            import shutil

            shutil.rmtree(job["folder"], ignore_errors=True)
