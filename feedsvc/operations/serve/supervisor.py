"""The supervisor: starts the processes of the service, restarts those that die, and ends all of them in order.

It is its own program, ``python -m feedsvc.operations.serve.supervisor JOB``, into which :mod:`.service` turns the
process of ``feedsvc serve``. It runs as long as the service and is mostly idle, so it must be small: it imports
only the standard library, and knows nothing of feeds. New settings are made by another program
(:mod:`feedsvc.operations.serve.service`), and applied by replacing the processes one after the other.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from feedsvc.operations.serve.children import Child, Log, Role

GRACE = 4.0
"""Seconds that the processes have to end after SIGTERM before they are killed."""
LOOK_INTERVAL = 2.0
"""Seconds between two looks at the configuration file. A change is applied once it has stood for one of them."""
WAKE = signal.SIGUSR1
"""The signal by which another process of the service asks for the roles that run on demand."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, WAKE)
"""The signals that the supervisor handles. They are blocked until it does, so that none is lost."""
NOTIFY_SOCKET = "NOTIFY_SOCKET"
"""The variable in which systemd names a socket for the states of the service. Only ``Type=notify`` sets it."""

Fingerprints = list[list[int] | None]


def fingerprints(paths: Iterable[str]) -> Fingerprints:
    """The fingerprint of files: time, size and inode of each, None for one that does not exist."""
    found: Fingerprints = []
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116 - pathlib would be more to load
        except OSError:
            found.append(None)
        else:
            found.append([status.st_mtime_ns, status.st_size, status.st_ino])
    return found


class Reload:
    """Notices that the configuration file has changed, and has the settings made anew."""

    def __init__(self, command: Sequence[str], paths: Sequence[str], seen: Fingerprints, descriptor: int) -> None:
        """Prepare to look.

        Args:
            command: The program that makes the settings; it prints them, or errors.
            paths: Where the configuration file is, or may appear.
            seen: The fingerprints with which the settings in force were made.
            descriptor: That of the file in which processes find their settings.
        """
        self._command = command
        self._paths = paths
        self._applied = self._tried = self._last = seen
        self._descriptor = descriptor
        self._asked = False
        self._running: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self._error: str | None = None
        """Why the program was not started."""
        self.due = time.monotonic() + LOOK_INTERVAL
        """When to look again; seconds of :func:`time.monotonic`."""

    def look(self, *, asked: bool) -> None:
        """Have the settings made anew if the file has changed, and is not being written unless it is asked for."""
        now = time.monotonic()
        asked = self._asked = asked or self._asked
        if self._running is not None:
            self.due = now + LOOK_INTERVAL  # SIGCHLD tells of its end; to wait until now would be not to wait
            return
        if now < self.due and not asked:
            return
        self._asked = False
        self.due = now + LOOK_INTERVAL
        found, before = fingerprints(self._paths), self._last
        self._last = found
        changed = found != self._applied if asked else found == before != self._tried
        if changed:
            try:
                self._begin()
            except OSError as error:  # such as no memory: that may pass, so the file is looked at again
                self._error = f"the program that reads the settings cannot be started ({error.strerror or error})"
            else:
                self._tried = found

    def _begin(self) -> None:
        """Start the program.

        Raises:
            OSError: It cannot be started.
        """
        output = unlinked_file()
        try:
            self._running = subprocess.Popen(  # noqa: S603 - this program itself
                self._command, stdout=output, pass_fds=[self._descriptor], start_new_session=True
            )
        except OSError:
            output.close()
            raise
        self._output = output

    def result(self) -> Mapping[str, list[str]] | None:
        """The output of the program once it has ended; the settings in it are then those of new processes."""
        if self._error is not None:
            error, self._error = self._error, None
            return {"errors": [error]}
        if self._running is None or self._output is None or self._running.poll() is None:
            return None
        status, self._running = self._running.returncode, None
        with self._output as output:
            self._output = None
            if fingerprints(self._paths) != self._tried:
                # The file was written meanwhile, so perhaps half of it was read. It is looked at again.
                self._tried = self._applied
                return None
            return self._accepted(output, status)

    def _accepted(self, output: IO[bytes], status: int) -> Mapping[str, list[str]]:
        """The output of the program that ended with ``status``, whose settings are in force from now on."""
        output.seek(0)
        try:
            told: Mapping[str, list[str]] = json.loads(output.read())
        except ValueError:
            return {"errors": [f"the program that reads the settings ended with {status}"]}
        if "errors" not in told:
            os.dup2(output.fileno(), self._descriptor)
            self._applied = self._tried
        return told

    def stop(self) -> None:
        """End the program, if it runs."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
        if self._output is not None:
            self._output.close()


def unlinked_file() -> IO[bytes]:
    """A file without a name, for this process and those that inherit it."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("feedsvc-settings"), "w+b")
    import tempfile  # noqa: PLC0415 - it is large, and few systems need it

    return tempfile.TemporaryFile()


def supervise(roles: Iterable[Role], log: Log, reload: Reload | None = None) -> None:
    """Keep all ``roles`` running until SIGTERM or SIGINT, then end them.

    SIGHUP goes to roles that rescan, and has the settings made anew.
    """
    systemd = os.environ.pop(NOTIFY_SOCKET, "")  # no process inherits it: the supervisor alone reports to systemd
    children = [Child(role, log) for role in roles]
    arrivals = _Signals()
    notify(systemd, "READY=1", log)  # the socket listens already: connections wait for the processes
    arrived: set[int] = set()
    while arrived.isdisjoint({signal.SIGTERM, signal.SIGINT}):
        if reload is not None:
            reload.look(asked=signal.SIGHUP in arrived)
            _apply(reload.result(), children, log)
        for child in children:
            if signal.SIGHUP in arrived and child.role.rescans:
                child.send(signal.SIGHUP)
            if WAKE in arrived and child.role.on_demand:
                child.wake()
            child.keep_alive()
        dues = [due for child in children if (due := child.due) is not None]
        until = min([*dues, *([reload.due] if reload else [])], default=None)
        arrived = arrivals.wait(until, [child.waits_for for child in children if child.waits_for is not None])
    notify(systemd, "STOPPING=1", log)
    log.info("stopping")
    if reload is not None:
        reload.stop()
    _end(children, arrivals, log)
    log.info("stopped")


def _apply(told: Mapping[str, list[str]] | None, children: Iterable[Child], log: Log) -> None:
    """Replace the processes by others with new settings, and log what was changed or is wrong."""
    if told is None:
        return
    for error in told.get("errors", ()):
        log.error("settings not applied", error=error)
    if waiting := told.get("waiting"):
        log.warning("settings wait for a restart", settings=", ".join(waiting), remedy="restart feedsvc")
    if changed := told.get("changed"):
        log.configure(str(told["log_format"]), str(told["log_level"]))
        log.info("settings applied", settings=", ".join(changed))
        for child in children:
            child.renew()


def _end(children: Iterable[Child], arrivals: "_Signals", log: Log) -> None:
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


def notify(address: str, state: str, log: Log) -> None:
    """Tell systemd the state of the service (``sd_notify(3)``): a datagram to the socket that systemd named.

    Args:
        address: The value of :data:`NOTIFY_SOCKET`: a path or, after ``@``, an abstract name; empty where the
            variable is not set, and nothing is sent.
        state: The state, such as ``READY=1``.
        log: Gets a warning when systemd does not listen any more, which does not stop the service.
    """
    if not address:
        return
    name = f"\0{address[1:]}" if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
            connection.sendto(state.encode(), name)
    except OSError as error:
        log.warning("systemd cannot be notified", state=state, error=error.strerror or str(error))


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

    def wait(self, until: float | None, others: Sequence[int] = ()) -> set[int]:
        """Wait for signals, and return their numbers.

        None are returned if the time ``until`` passes without one, or one of the ``others`` becomes readable.
        """
        timeout = None if until is None else max(until - time.monotonic(), 0)
        readable, _, _ = select.select([self._descriptor, *others], [], [], timeout)
        return set(os.read(self._descriptor, 4096)) if self._descriptor in readable else set()


if __name__ == "__main__":
    job = json.loads(sys.argv[1])
    try:
        supervise(
            [Role(**role) for role in job["roles"]],
            Log(job["log_format"], job["log_level"]),
            Reload(**job["reload"]) if "reload" in job else None,
        )
    finally:
        if job.get("folder"):
            import shutil

            shutil.rmtree(job["folder"], ignore_errors=True)
