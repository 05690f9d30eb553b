"""The processes that the supervisor keeps running: each is restarted when it dies, and replaced without a gap.

As :mod:`.supervisor`, it imports only the standard library, so it writes log lines without structlog.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple, TextIO

_LEVELS = {"debug": 0, "info": 32, "warning": 33, "error": 31}
"""The levels of log lines, the lowest first, and the colour of each on a terminal (ECMA-48, SGR)."""


class Log:
    """Writes log lines in the formats of :func:`feedsvc.core.logs.configure_logs`."""

    def __init__(self, log_format: str, level: str, stream: TextIO = sys.stderr) -> None:
        """Take the format (``text``, ``logfmt`` or ``json``), the lowest level to write, and the stream."""
        self._stream = stream
        self._colours = stream.isatty() and not os.environ.get("NO_COLOR")  # https://no-color.org
        self.configure(log_format, level)

    def configure(self, log_format: str, level: str) -> None:
        """Write in this format, from this level on."""
        renderers: dict[str, Callable[[Mapping[str, object]], str]] = {"text": self._text, "json": json.dumps}
        self._render = renderers.get(log_format, self._logfmt)
        self._level = level

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
        """The text in a style of ECMA-48, SGR, where colours are wanted."""
        if not self._colours:
            return str(text)
        return "".join(f"\x1b[{code}m" for code in codes) + f"{text}\x1b[0m"


def _needs_quotes(value: object) -> bool:
    return isinstance(value, str) and not {" ", "="}.isdisjoint(value)


FIRST_DELAY = 0.2
"""Seconds before a process that died is started again."""
LONGEST_DELAY = 30.0
"""The most seconds before a process that keeps dying is started again: the delay doubles each time."""
STEADY = 10.0
"""Seconds after which a process counts as started well: if it dies later, the delay begins at the first one
again."""
LAST_REQUESTS = 30.0
"""Seconds that a process which was replaced has to end what it is doing."""
READY_VARIABLE = "_FEEDSVC_READY"
"""The variable with the descriptor to which a process writes a byte when it does its work."""


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
    """Whether the process runs only while there is work: it is asked for, and may end by itself."""
    is_wanted: bool = True
    """For a process on demand: whether it is started at once."""


def tell_ready() -> None:
    """Tell the supervisor that this process does its work now; called by the process itself."""
    name = os.environ.pop(READY_VARIABLE, None)
    if name is not None:
        with suppress(OSError):  # the supervisor has ended, which the process notices elsewhere
            os.write(int(name), b"1")
        os.close(int(name))


class _Process:
    """A process that was started."""

    def __init__(self, role: Role) -> None:
        """Start it.

        Raises:
            OSError: It cannot be started, such as for want of memory.
        """
        self.ready, written = os.pipe()
        """Readable when the process is ready, or has ended."""
        self.started = time.monotonic()
        try:
            self._popen = _start(role, written)
        except OSError:
            os.close(self.ready)
            raise
        finally:
            os.close(written)

    def status(self) -> int | None:
        """The exit status; None while the process runs."""
        return self._popen.poll()

    def is_ready(self) -> bool:
        """Whether the process has said that it is ready; asked once its descriptor is readable."""
        os.set_blocking(self.ready, False)
        try:
            return os.read(self.ready, 1) == b"1"
        except BlockingIOError:
            return False

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        self._popen.send_signal(number)

    def close(self) -> None:
        """Wait for the end of the process, and close what belongs to it."""
        self._popen.wait()
        os.close(self.ready)


class Child:
    """A role, with the process that plays it; while that is replaced there are two."""

    def __init__(self, role: Role, log: Log) -> None:
        self.role = role
        self._log = log
        self._due = 0.0
        self._delay = 0.0
        self._is_wanted = role.is_wanted or not role.on_demand
        self._is_stale = False
        self._current: _Process | None = None
        self._next: _Process | None = None
        self._retired: list[tuple[float, _Process]] = []

    @property
    def due(self) -> float | None:
        """When :meth:`keep_alive` has something to do without a signal; seconds of :func:`time.monotonic`."""
        wants = self._wants_process
        moments = [deadline for deadline, _ in self._retired] + ([self._due] if wants else [])
        return min(moments, default=None)

    @property
    def _wants_process(self) -> bool:
        """Whether a process is to be started: one is wanted and none runs, or the present one is stale."""
        if self._current is None:
            return self._is_wanted
        return self._is_stale and self._next is None

    @property
    def waits_for(self) -> int | None:
        """The descriptor that becomes readable when the process to come is ready."""
        return self._next.ready if self._next else None

    def is_running(self) -> bool:
        """Whether any process of the role runs."""
        return any(process.status() is None for process in self._all())

    def wake(self) -> None:
        """Have a process that runs on demand started; one that is just ending is started again."""
        self._is_wanted = True

    def renew(self) -> None:
        """Start another process, and end the current one when the other does its work.

        One that runs on demand ends at once, since nobody waits for it.
        """
        if self._next is not None:
            self._retire(self._next)
        self._next, self._is_stale, self._due = None, True, 0.0
        if self.role.on_demand:
            self._is_wanted = True  # it ends by itself if the new settings give it nothing to do
            if self._current is not None:
                self._retire(self._current)
            self._current = None

    def keep_alive(self) -> None:
        """Start what is due, go over to a process that has become ready, and tidy up after those that ended."""
        now = time.monotonic()
        self._follow_retired(now)
        if self._next is not None and self._next.is_ready():
            if self._current is not None:
                self._retire(self._current)
            self._current, self._next = self._next, None
        for process in (self._next, self._current):
            if process is not None and (status := process.status()) is not None:
                self._note_death(process, status, now)
        if now >= self._due and self._wants_process:
            self._begin()

    def _begin(self) -> None:
        try:
            process = _Process(self.role)
        except OSError as error:  # such as no memory: that may pass
            self._put_off("process could not be started", error=error.strerror or str(error))
            return
        self._is_stale = False
        self._is_wanted = not self.role.on_demand
        if self._current is None:
            self._current = process
        else:
            self._next = process

    def _note_death(self, process: _Process, status: int, now: float) -> None:
        process.close()
        if now - process.started > STEADY:
            self._delay = 0.0
        if process is self._next:
            self._next, self._is_stale = None, True
        else:
            self._current = None
        if self.role.on_demand and status == 0:
            self._due = now  # it has nothing to do any more
            return
        self._is_wanted = True
        self._put_off("process died and will be restarted", status=status)

    def _put_off(self, event: str, **values: object) -> None:
        """Start the process after a delay, which doubles each time."""
        self._delay = min(self._delay * 2 or FIRST_DELAY, self.role.longest_delay)
        self._due = time.monotonic() + self._delay
        self._log.error(event, process=self.role.name, **values, restart_in=self._delay)

    def _retire(self, process: _Process) -> None:
        process.send(signal.SIGTERM)
        self._retired.append((time.monotonic() + LAST_REQUESTS, process))

    def _follow_retired(self, now: float) -> None:
        for deadline, process in self._retired:
            if deadline <= now:
                process.send(signal.SIGKILL)
            if deadline <= now or process.status() is not None:
                process.close()
        self._retired = [(deadline, each) for deadline, each in self._retired if each.status() is None]

    def send(self, number: signal.Signals) -> None:
        """Send a signal to every process of the role that runs."""
        for process in self._all():
            process.send(number)

    def wait(self) -> None:
        """Wait for the end of all processes of the role."""
        for process in self._all():
            process.close()

    def _all(self) -> list[_Process]:
        return [each for each in (self._current, self._next, *(each for _, each in self._retired)) if each]


def _start(role: Role, ready: int) -> "subprocess.Popen[bytes]":
    # SIGHUP would end a process that does not handle it yet. So the process starts with SIGHUP blocked, and a
    # signal that comes too early waits until the process unblocks it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        return subprocess.Popen(  # noqa: S603 - this program itself
            role.command,
            env={**os.environ, READY_VARIABLE: str(ready)},
            pass_fds=[*role.files, ready],
            # Ctrl-C reaches the whole foreground group; in its own session, a process gets only the signals sent
            # here.
            start_new_session=True,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
