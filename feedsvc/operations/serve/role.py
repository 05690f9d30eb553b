"""The program of one role: a publisher or a web worker.

``python -m feedsvc.operations.serve.role ROLE FD PARENT`` has its settings in the environment. So it reads no file
and no options, and loads nothing that those need.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from feedsvc.core.errors import FeedsvcError
from feedsvc.core.settings.model import Settings

FAILED = 2
"""The exit status of a role that could not begin, as of a command."""
NO_SOCKET = -1
"""In place of the descriptor of a socket that listens: the role opens its own, if it needs one."""
NO_PARENT = 0
"""In place of the process id of a supervisor."""


def role_command(role: str, listening: int = NO_SOCKET, parent: int = NO_PARENT) -> tuple[str, ...]:
    """The command line of a role.

    Args:
        role: ``publisher`` or ``web``.
        listening: The descriptor of the socket that a web worker shares with others.
        parent: The process id of the supervisor: the role ends when that has ended.
    """
    return program(__name__, role, str(listening), str(parent))


def program(module: str, *arguments: str) -> tuple[str, ...]:
    """The command line of a module that is a program; what lies in the working directory is no part of it."""
    return (sys.executable, "-P", "-m", module, *arguments)


def become(command: tuple[str, ...], settings: Settings) -> NoReturn:
    """Turn this process into another program, which has these settings in its environment."""
    os.execve(command[0], command, {**os.environ, **settings.environment()})  # noqa: S606 - this program itself


def orphaned_from(parent: int) -> Callable[[], bool]:
    """A test for whether this process has lost the ``parent`` that started it; with no parent it never has."""
    return lambda: parent != NO_PARENT and os.getppid() != parent


def main(role: str, listening: int, parent: int) -> None:
    """Play a role until the process is told to end; arguments as of :func:`role_command`."""
    from feedsvc.core.logs import configure_logs
    from feedsvc.core.settings.loading import load_settings

    settings = load_settings(Path(os.devnull))
    configure_logs(settings, role)
    orphaned = orphaned_from(parent)
    if role == "publisher":
        from feedsvc.operations.serve.publisher import run_publisher

        run_publisher(settings, orphaned)
    else:
        from feedsvc.operations.serve.worker import run_web

        run_web(settings, orphaned, None if listening == NO_SOCKET else listening)


if __name__ == "__main__":
    sys.modules["rich"] = None  # type: ignore[assignment] # structlog would load it, and a role has no use for it
    try:
        main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    except FeedsvcError as error:
        from feedsvc.core.printable import printable

        print(printable(f"feedsvc: {error}"), file=sys.stderr)  # noqa: T201 - as the command line says it
        sys.exit(FAILED)
