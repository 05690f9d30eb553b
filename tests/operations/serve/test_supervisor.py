"""Keeping processes alive, with small processes in place of the service's."""

import io
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import structlog
from serving import PATIENCE, command, environment, wait_for, write

from feedsvc.core.logs import configure_logs
from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve.children import Log
from feedsvc.operations.serve.supervisor import NOTIFY_SOCKET, notify

SUPERVISOR = """
import json, sys
from feedsvc.operations.serve import children, supervisor as supervise
supervise.GRACE = 0.5
children.STEADY = 3600  # on a busy machine seconds pass before a process is killed
log = supervise.Log("logfmt", "info", sys.stdout)
supervise.supervise([supervise.Role(**role) for role in json.loads(sys.argv[1])], log)
"""
OBEDIENT = "import time; print(1, file=open(sys.argv[1], 'a')); time.sleep(3600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + OBEDIENT
LISTENING = (
    "import signal; signal.signal(signal.SIGHUP, lambda *_: print('hup', file=open(sys.argv[1], 'a')));"
    "signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP});"
    "print(1, file=open(sys.argv[1], 'a'));"
    "[signal.pause() for _ in range(9)]"
)

Start = Callable[[Sequence[dict[str, object]]], "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a supervisor of the given roles, and kills it in the end."""
    running: list[subprocess.Popen[str]] = []

    def started(roles: Sequence[dict[str, object]]) -> "subprocess.Popen[str]":
        arguments = [sys.executable, "-c", SUPERVISOR, json.dumps(roles)]
        running.append(subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return running[-1]

    yield started
    for process in running:
        for child in psutil.Process(process.pid).children() if process.poll() is None else []:
            with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
                child.kill()
        process.kill()
        process.communicate()


def role(script: str, mark: Path, **more: object) -> dict[str, object]:
    """A role that runs ``script``, which notes in ``mark`` that it runs."""
    return {"name": "it", "command": [sys.executable, "-c", f"import sys; {script}", str(mark)], **more}


def lines(mark: Path) -> list[str]:
    """What was noted."""
    return mark.read_text().split() if mark.exists() else []


def test_a_process_that_dies_is_started_again(start: Start, tmp_path: Path) -> None:
    """However often, with growing delay."""
    mark = tmp_path / "mark"
    supervisor = start([role(OBEDIENT, mark)])
    for deaths in (1, 2):
        wait_for(lambda deaths=deaths: len(lines(mark)) == deaths, "a start")  # type: ignore[misc] # bound now
        wait_for(lambda: psutil.Process(supervisor.pid).children(), "a child")[0].kill()
    wait_for(lambda: len(lines(mark)) == 3, "the third start")


def test_who_is_waited_for_is_back_soon_however_often_it_was_killed(start: Start, tmp_path: Path) -> None:
    """The delay grows only as far as the role allows."""
    mark = tmp_path / "mark"
    supervisor = start([role(OBEDIENT, mark, longest_delay=0.3)])
    for deaths in range(1, 8):
        wait_for(lambda deaths=deaths: len(lines(mark)) == deaths, "a start")  # type: ignore[misc] # bound now
        wait_for(lambda: psutil.Process(supervisor.pid).children(), "a child")[0].kill()
    wait_for(lambda: len(lines(mark)) == 8, "the last start")
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=PATIENCE)
    delays = [
        float(found) for found in re.findall(r"restart_in\W+([0-9.]+)", re.sub(r"\x1b\[[0-9;]*m", "", output))
    ]
    assert delays == [0.2, *[0.3] * 6]


def test_a_hangup_that_comes_too_early_is_heard_later(tmp_path: Path) -> None:
    """From its first moment on a service waits with SIGHUP, and so does each of its processes."""
    stories = write(tmp_path / "stories", {"one.txt": "One\n\nText.\n"})
    settings = {"log__format": "logfmt", "scan__watch": "false", "port": "0", "scan__interval": "3600"}
    log = tmp_path / "log"
    with log.open("wb") as output:
        service = subprocess.Popen(
            command("serve", stories), cwd=tmp_path, env=environment(**settings), stderr=output
        )
    try:
        wait_for(lambda: _blocks_hangup(service.pid), "the signal to be blocked")

        def is_served() -> bool:
            for process in (psutil.Process(service.pid), *psutil.Process(service.pid).children()):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGHUP)
            assert service.poll() is None, log.read_text()
            return "edition served" in log.read_text()

        wait_for(is_served, "the first edition")
        wait_for(lambda: "reason=sighup" in log.read_text(), "the round that was asked for")
        assert "died" not in log.read_text()
        service.terminate()
        assert service.wait(PATIENCE) == 0
    finally:
        service.kill()
        service.wait(PATIENCE)


def _blocks_hangup(pid: int) -> bool:
    """Whether the process lets SIGHUP wait (proc(5), "SigBlk")."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigBlk:"))
    return bool(int(mask, 16) & 1 << (signal.SIGHUP - 1))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_at_a_signal(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    """The processes are told, waited for, and the supervisor ends with status 0."""
    marks = [tmp_path / name for name in "ab"]
    supervisor = start([role(OBEDIENT, mark) for mark in marks])
    wait_for(lambda: all(lines(mark) for mark in marks), "both starts")
    children = psutil.Process(supervisor.pid).children()
    supervisor.send_signal(number)
    assert supervisor.wait(PATIENCE) == 0
    assert not any(child.is_running() for child in children)


def test_who_does_not_stop_is_killed(start: Start, tmp_path: Path) -> None:
    """A process that ignores the request cannot hold up the end."""
    mark = tmp_path / "mark"
    supervisor = start([role(STUBBORN, mark)])
    wait_for(lambda: lines(mark), "the start")
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=PATIENCE)
    assert supervisor.returncode == 0
    assert "killing processes that did not stop" in output


def test_a_hangup_reaches_only_who_rescans(start: Start, tmp_path: Path) -> None:
    """SIGHUP asks for a scan; the other processes must not die of it."""
    scanning, serving = tmp_path / "scanning", tmp_path / "serving"
    supervisor = start([role(LISTENING, scanning, rescans=True), role(OBEDIENT, serving)])
    wait_for(lambda: lines(scanning) and lines(serving), "both starts")
    supervisor.send_signal(signal.SIGHUP)
    wait_for(lambda: lines(scanning) == ["1", "hup"], "the hangup")
    assert lines(serving) == ["1"]


def test_a_command_that_cannot_be_started_stops_no_other(start: Start, tmp_path: Path) -> None:
    """It is tried again, with growing delay; the log names the reason."""
    mark = tmp_path / "mark"
    supervisor = start([{"name": "missing", "command": [f"{tmp_path}/nothing"]}, role(OBEDIENT, mark)])
    wait_for(lambda: lines(mark), "the start of the other")
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=PATIENCE)
    assert supervisor.returncode == 0
    assert 'event="process could not be started" process=missing error="No such file or directory"' in output


def test_a_signal_before_the_first_start_ends_all_the_same(start: Start, tmp_path: Path) -> None:
    """Whoever became the supervisor has blocked its signals, and the supervisor takes those that wait."""
    mark = tmp_path / "mark"
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        supervisor = start([role(OBEDIENT, mark)])
        supervisor.terminate()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    output, _ = supervisor.communicate(timeout=PATIENCE)
    assert supervisor.returncode == 0, output
    assert "event=stopped" in output


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.mark.parametrize("log_format", ["text", "logfmt", "json"])
@pytest.mark.parametrize("stream", [io.StringIO, Terminal], ids=["a file", "a terminal"])
@pytest.mark.parametrize("log_level", ["debug", "info", "warning", "error"])
def test_log_lines_look_like_those_of_the_other_processes(
    stream: type[io.StringIO], log_format: str, log_level: str
) -> None:
    """Whoever searches them by machine, or reads them, sees one service."""
    ours, theirs = stream(), stream()
    handlers, level = logging.root.handlers[:], logging.root.level
    try:
        settings = Settings.model_validate({"log": {"format": log_format, "level": log_level}})
        configure_logs(settings, "feedsvc", theirs)
        for log in (Log(log_format, log_level, ours), structlog.get_logger()):
            log.info("stopped")
            log.warning("systemd cannot be notified", state="READY=1", reason="No such file or directory")
            log.error("process died and will be restarted", process="web", status=-9, in_seconds=0.2)
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        structlog.reset_defaults()
    assert _lines_without_time(ours, log_format) == _lines_without_time(theirs, log_format)


def _lines_without_time(stream: io.StringIO, log_format: str) -> list[object]:
    """The lines of a log, with every digit of a time as 0."""
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
    written, times = re.subn(pattern, lambda time: re.sub(r"\d", "0", time[0]), stream.getvalue())
    assert times == len(written.splitlines()) > 0
    return [json.loads(line) if log_format == "json" else line for line in written.splitlines()]


ON_DEMAND = (
    "import time, os; print(os.getpid(), file=open(sys.argv[1], 'a'))\n"
    "while os.path.exists(sys.argv[1] + '.stay'): time.sleep(0.01)"
)
"""Ends by itself, but not while there is a file with the name of the mark and ``.stay``."""


def test_a_process_on_demand_runs_when_it_is_asked_for(start: Start, tmp_path: Path) -> None:
    """It ends by itself, and is not started again until the next signal; one that dies is."""
    mark, other = tmp_path / "mark", tmp_path / "other"
    supervisor = start([role(OBEDIENT, other), role(ON_DEMAND, mark, on_demand=True, is_wanted=False)])
    wait_for(lambda: lines(other), "the other process")
    assert lines(mark) == []
    for times in (1, 2):
        supervisor.send_signal(signal.SIGUSR1)
        wait_for(lambda times=times: len(lines(mark)) == times, "the process")  # type: ignore[misc]
        wait_for(lambda: len(psutil.Process(supervisor.pid).children()) == 1, "its end")
    assert len(lines(mark)) == 2
    stay = tmp_path / "mark.stay"
    stay.touch()
    supervisor.send_signal(signal.SIGUSR1)
    wait_for(lambda: len(lines(mark)) == 3, "the process")
    os.kill(int(lines(mark)[-1]), signal.SIGKILL)
    wait_for(lambda: len(lines(mark)) == 4, "another in its place")
    stay.unlink()


def test_a_process_on_demand_is_started_at_once_where_it_is_wanted(start: Start, tmp_path: Path) -> None:
    """As a sender whose subscribers are there from before."""
    mark = tmp_path / "mark"
    start([role(ON_DEMAND, mark, on_demand=True)])
    wait_for(lambda: lines(mark), "the process")


@pytest.mark.parametrize("abstract", [True, False], ids=["an abstract socket", "a socket in a folder"])
def test_systemd_gets_the_state(tmp_path: Path, *, abstract: bool) -> None:
    """One datagram with just that, as ``sd_notify(3)`` describes it."""
    name = f"{tmp_path}/notify"
    log = Log("logfmt", "info", written := io.StringIO())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0{name}" if abstract else name)
        notify(f"@{name}" if abstract else name, "READY=1", log)
        assert systemd.recv(100) == b"READY=1"
    assert not written.getvalue()


def test_nothing_is_sent_without_a_socket() -> None:
    """Such as in a terminal."""
    notify("", "READY=1", Log("logfmt", "info", written := io.StringIO()))
    assert not written.getvalue()


def test_a_socket_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    """The service is of use without it; the log says so."""
    notify(f"{tmp_path}/gone", "READY=1", Log("logfmt", "info", written := io.StringIO()))
    assert 'event="systemd cannot be notified"' in written.getvalue()
    assert 'error="No such file or directory"' in written.getvalue()


def test_no_process_can_report_to_systemd_in_place_of_the_supervisor(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Systemd would take the end of one process for that of the service."""
    monkeypatch.setenv(NOTIFY_SOCKET, name := f"{tmp_path}/notify")
    mark = tmp_path / "mark"
    script = f"import os, sys, time; print(os.environ.get({NOTIFY_SOCKET!r}), file=open(sys.argv[1], 'a')); "
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(name)
        start([role(f"{script}time.sleep(3600)", mark)])
        assert systemd.recv(100) == b"READY=1"
    wait_for(lambda: lines(mark), "the process")
    assert lines(mark) == ["None"]
