"""The program that runs one role, the publisher, a web worker or the sender, in its own process.

``python -m feedsvc.operations.serve.role ROLE FD PARENT COUNTS PLACE PREVIEW`` takes its settings from the
environment alone. So it reads no configuration file and no command line options, and does not load the modules for
them.
"""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial

from feedsvc.core.errors import FeedsvcError
from feedsvc.operations.serve.supervisor import WAKE

FAILED = 2
"""The exit status of a role that could not start; the same as for a command."""
NO_SOCKET = -1
"""Stands for "no descriptor", for roles that do not listen."""
NO_COUNTS = -1
"""Stands for "no descriptor": the web worker counts for itself alone."""
NO_PREVIEW = ""
"""Stands for "no preview": the role serves the site itself."""
NO_PARENT = 0
"""Stands for "no supervisor"."""


def role_command(  # noqa: PLR0913, PLR0917 - all that a role is told
    role: str,
    listening: int = NO_SOCKET,
    parent: int = NO_PARENT,
    counts: int = NO_COUNTS,
    place: int = 0,
    preview: str = NO_PREVIEW,
) -> tuple[str, ...]:
    """The command line of a role.

    Args:
        role: ``publisher``, ``web`` or ``sender``.
        listening: The descriptor of the listening socket that the web workers share.
        parent: The process id of the supervisor; the role ends when the supervisor has ended.
        counts: The descriptor of the file in which the web workers count their answers.
        place: The place of this worker in that file, counted from 0.
        preview: What the processes of a preview have to know (:meth:`.preview.Preview.encode`).
    """
    return program(__name__, role, *map(str, (listening, parent, counts, place)), preview)


def program(module: str, *arguments: str) -> tuple[str, ...]:
    """The command line that runs a module as a program; ``-P`` ignores modules in the working directory."""
    return (sys.executable, "-P", "-m", module, *arguments)


def orphaned_from(parent: int) -> Callable[[], bool]:
    """A function that tells whether ``parent``, the process that started this one, has ended."""
    return lambda: parent != NO_PARENT and os.getppid() != parent


def wake_sender(parent: int) -> None:
    """Have ``parent``, the supervisor, start a sender if none runs; without one, the operator starts a sender."""
    if parent != NO_PARENT and os.getppid() == parent:
        os.kill(parent, WAKE)


def main(role: str, numbers: Sequence[str], preview: str) -> None:
    """Run a role until a signal ends it; the arguments are those of :func:`role_command`, the numbers as texts."""
    from feedsvc.core.logs import configure_logs
    from feedsvc.operations.serve.handover import read

    listening, parent, counts, place = map(int, numbers)
    settings = read().settings
    configure_logs(settings, role)
    orphaned = orphaned_from(parent)
    if role == "publisher":
        from feedsvc.operations.serve.preview import Preview
        from feedsvc.operations.serve.publisher import run_publisher

        run_publisher(settings, orphaned, Preview.decode(preview))
    elif role == "sender":
        from feedsvc.operations.serve.sender import run_sender

        run_sender(settings, orphaned, stays=parent == NO_PARENT)
    else:
        from feedsvc.operations.serve.worker import run_web

        shared = None if counts == NO_COUNTS else (counts, place)
        wake = partial(wake_sender, parent)
        run_web(settings, orphaned, listening, shared, wake, is_preview=preview != NO_PREVIEW)


if __name__ == "__main__":
    sys.modules["rich"] = None  # type: ignore[assignment] # structlog would load it, and a role has no use for it
    try:
        main(sys.argv[1], sys.argv[2:6], sys.argv[6])
    except FeedsvcError as error:
        from feedsvc.core.printable import printable

        for line in error.lines:
            print(printable(f"feedsvc: {line}"), file=sys.stderr)  # noqa: T201 - as the command line says it
        sys.exit(FAILED)
