"""``deploy/feedsvc.service``: what systemd says about it, and its commands run in a room as narrow."""

import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from repository import DEPLOY
from serving import PATIENCE, Service, wait_for, write

UNIT = DEPLOY / "feedsvc.service"
EXPOSURE = 15
"""The highest that systemd may find, in tenths of ten: 1.5 of 10, 0 being none."""
NARROW = """
mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,bind,ro / || exit 99
shift
exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs -- "$@"
"""
"""ProtectSystem=strict but for one folder, no capability, no way to gain one."""
DENY = "import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])"
"""PR_SET_MDWE, the kernel's own MemoryDenyWriteExecute=."""


def directive(name: str) -> list[str]:
    """All values of a directive of the unit."""
    return re.findall(rf"(?m)^{name}=(.*)$", UNIT.read_text("utf-8"))


def needs(*programs: str) -> None:
    """Skip where a program is missing."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit with a program that is there: systemd looks whether it is."""
    needs("systemd-analyze")
    text = UNIT.read_text("utf-8")
    assert text.count("/opt/feedsvc/bin/feedsvc") == 1
    unit = tmp_path / "feedsvc.service"
    unit.write_text(text.replace("/opt/feedsvc/bin/feedsvc", "/bin/true"), "utf-8")
    return unit


def test_systemd_has_nothing_to_say(installed: Path) -> None:
    """No unknown directive, no wrong value."""
    verify = ("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(installed))
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_service_is_exposed_to_little(installed: Path) -> None:
    """By systemd's own measure of what a service could still do."""
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", str(installed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_has_time_to_end() -> None:
    """More than the supervisor gives its processes, which hear of the end from it alone, before it kills them."""
    from feedsvc.operations.serve.supervisor import GRACE  # noqa: PLC0415 - one test needs it

    assert float(directive("TimeoutStopSec")[0]) > GRACE
    assert directive("KillMode") == ["mixed"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The unit's ExecStart with its environment, in a narrow room, and the socket that systemd would read."""
    needs("unshare", "setpriv")
    home = tmp_path_factory.mktemp("unit")
    probe = ["unshare", "--mount", "sh", "-c", NARROW, "sh", str(home), "true"]
    if (done := subprocess.run(probe, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"no file system of its own can be made here: {done.stderr.strip()}")
    write(home / "srv", {"2026-03-01-harbour.txt": "The harbour opens\n\nThe boats are back.\n"})
    program, word, articles = directive("ExecStart")[0].split()
    assert (program, word, articles) == ("/opt/feedsvc/bin/feedsvc", "serve", "/srv/feedsvc/articles")
    assert directive("Environment") == ["FEEDSVC_STORE__URL=sqlite:///%S/feedsvc/feedsvc.db"]
    state = home / "state"
    (state / "feedsvc").mkdir(parents=True)
    settings = {"store__url": f"sqlite:///{state}/feedsvc/feedsvc.db"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(home / "notify"))
        told.settimeout(PATIENCE)
        room = ["unshare", "--mount", "sh", "-c", NARROW, "sh", str(state), sys.executable, "-c", DENY]
        # Nothing can be measured where nothing can be written.
        plain = ["env", "-u", "COVERAGE_PROCESS_CONFIG", "-u", "COVERAGE_PROCESS_START"]
        prefix = [*plain, f"NOTIFY_SOCKET={home}/notify", *room]
        with Service(home, home / "srv", "--port", 0, settings=settings, prefix=prefix) as running:
            yield SimpleNamespace(running=running, told=told, state=state)


def test_a_life_under_systemd(service: SimpleNamespace) -> None:
    """Type=notify: ready once connections are taken; reload scans; SIGTERM says so, and ends with status 0."""
    running: Service = service.running
    assert directive("Type") == ["notify"]
    assert service.told.recv(100) == b"READY=1"
    assert running.ready().titles() == ["The harbour opens"]
    assert (service.state / "feedsvc" / "feedsvc.db").exists()
    assert directive("ExecReload") == ["/bin/kill -HUP $MAINPID"]
    write(running.home / "srv", {"2026-03-02-ferry.txt": "The ferry sails\n\nAt six.\n"})
    running.scan()
    wait_for(lambda: "The ferry sails" in running.titles(), "the second story")
    running.stop(signal.SIGTERM)
    assert running.process.returncode == 0
    assert service.told.recv(100) == b"STOPPING=1"
