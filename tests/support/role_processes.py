"""Real publishers and web workers that can be killed by the hundred.

To start Python and import feedsvc takes most of a second. So one process imports it all, and forks: each line it
reads names a role, and it answers with the process id of a child that plays it, as ``feedsvc serve --role`` does.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from serving import environment


class RoleProcesses:
    """Starts roles that share one listening socket, as a supervisor's children do."""

    def __init__(self, home: Path, settings: Mapping[str, object]) -> None:
        self.log_file = home / "processes.log"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._alive: dict[str, int] = {}
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, __file__, json.dumps(dict(settings)), str(self._listener.fileno())],
                cwd=home, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                pass_fds=[self._listener.fileno()],
            )  # fmt: skip

    def start(self, role: str) -> None:
        """Start a process that plays a role; there must be none."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{role}\n")
        self._process.stdin.flush()
        self._alive[role] = int(self._process.stdout.readline())

    def signal(self, role: str, number: signal.Signals) -> None:
        """Send a signal to who plays a role; one that ended by itself does not mind."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._alive[role], number)

    def kill(self, role: str) -> None:
        """``kill -9`` who plays a role."""
        self.signal(role, signal.SIGKILL)
        del self._alive[role]

    @property
    def log(self) -> str:
        """What all of them logged."""
        return self.log_file.read_text("utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for role in list(self._alive):
            self.kill(role)
        self._process.communicate()
        self._listener.close()


def main(settings_text: str, listening: int) -> None:
    """Fork a child for each line."""
    from feedsvc.core.logs import configure_logs  # noqa: PLC0415 - the tests import this module for the class above
    from feedsvc.core.settings.loading import load_settings  # noqa: PLC0415 - see above
    from feedsvc.operations.push import run_sender  # noqa: PLC0415 - see above
    from feedsvc.operations.serve.publisher import run_publisher  # noqa: PLC0415 - see above
    from feedsvc.operations.serve.role import Task  # noqa: PLC0415 - see above
    from feedsvc.operations.serve.worker import run_web  # noqa: PLC0415 - see above

    settings = load_settings(
        Path(os.devnull), {name.replace("__", "."): value for name, value in json.loads(settings_text).items()}
    )
    # Nobody is a zombie, and a wish for a scan that comes too early waits until the publisher unblocks it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    parent = os.getpid()
    for line in sys.stdin:
        role = line.strip()
        child = os.fork()
        if child:
            print(child, flush=True)  # noqa: T201 - the answer
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        configure_logs(settings, role)
        orphaned = Task(parent).is_orphaned
        if role == "publisher":
            run_publisher(settings, orphaned)
        elif role == "sender":
            run_sender(settings, orphaned)
        else:
            run_web(settings, orphaned, os.dup(listening))
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
