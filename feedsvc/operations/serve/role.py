"""The program that runs one role, the publisher, a web worker or the sender, in its own process.

``python -m feedsvc.operations.serve.role ROLE TASK`` finds its settings in an unlinked file that it inherits. So
all processes of a service have the same settings until the supervisor hands out others, and none of them reads the
configuration file. The file holds the settings with their secrets, and what they were made of, so that they can be
made anew (:mod:`.service`).
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from feedsvc.core.errors import FeedsvcError
from feedsvc.core.settings.loading import find_sources, validate
from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve.supervisor import WAKE, unlinked_file

VARIABLE = "_FEEDSVC_SETTINGS"
"""The variable with the descriptor of the file."""
FAILED = 2
"""The exit status of a role that could not start; the same as for a command."""


@dataclass(frozen=True, slots=True)
class Task:
    """All that the process of a role is told beside the settings."""

    parent: int = 0
    """The process id of the supervisor, with which the role ends; 0 where there is none."""
    listening: int = -1
    """The descriptor of the listening socket that the web workers share."""
    counts: tuple[int, int] | None = None
    """The descriptor of the file in which the web workers count their answers, and the place of this worker in it,
    counted from 0; None counts for this worker alone."""
    preview: Mapping[str, object] | None = None
    """The fields of a :class:`.publisher.Preview`; None where the site itself is served."""

    def is_orphaned(self) -> bool:
        """Whether the supervisor has ended."""
        return self.parent != 0 and os.getppid() != self.parent

    def wake_sender(self) -> None:
        """Have the supervisor start a sender if none runs; without one, the operator starts a sender."""
        if self.parent != 0 and os.getppid() == self.parent:
            os.kill(self.parent, WAKE)


ALONE = Task()
"""The task of a process without a supervisor."""


def role_command(role: str, task: Task = ALONE) -> tuple[str, ...]:
    """The command line of a role: ``publisher``, ``web`` or ``sender``."""
    return program(__name__, role, json.dumps(asdict(task)))


def program(module: str, *arguments: str) -> tuple[str, ...]:
    """The command line that runs a module as a program; ``-P`` ignores modules in the working directory."""
    return (sys.executable, "-P", "-m", module, *arguments)


@dataclass(frozen=True, slots=True)
class Handover:
    """The settings of a running service, and what they were made of."""

    settings: Settings
    config: Path | None
    """The configuration file that the command line names."""
    given: Mapping[str, object]
    """The values of the command line, by setting."""
    file: Path | None
    """The configuration file that was read."""

    def to_json(self) -> str:
        """These values, with secrets, as :func:`read` takes them."""
        return json.dumps(
            {
                "settings": self.settings.revealed(),
                "config": _text(self.config),
                "given": {name: _text(value) for name, value in self.given.items() if value is not None},
                "file": _text(self.file),
            }
        )


def collect(config: Path | None, given: Mapping[str, object]) -> Handover:
    """The settings by the command line, the environment and the configuration file.

    Args:
        config: The configuration file that the command line names.
        given: The values of the command line, by setting.

    Raises:
        SettingsError: Settings are unknown or wrong.
    """
    sources = find_sources(config, given)
    file = None if sources.file is None else sources.file.path
    return Handover(validate(sources), config, given, file)


def write(handover: Handover) -> int:
    """Write the file; returns its descriptor, which other programs inherit."""
    with unlinked_file() as file:
        file.write(handover.to_json().encode())
        file.flush()
        descriptor = os.dup(file.fileno())
    os.set_inheritable(descriptor, True)
    return descriptor


def read() -> Handover:
    """The settings that this process inherited."""
    with os.fdopen(os.dup(int(os.environ[VARIABLE])), "rb") as file:
        told = json.loads(os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0))
    settings = Settings.model_validate(told["settings"])
    return Handover(settings, _path(told["config"]), told["given"], _path(told["file"]))


def _text(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def main(role: str, task: Task) -> None:
    """Run a role until a signal ends it."""
    from feedsvc.core.logs import configure_logs

    settings = read().settings
    configure_logs(settings, role)
    if role == "publisher":
        from feedsvc.operations.serve.publisher import Preview, run_publisher

        preview = None if task.preview is None else Preview(**task.preview)  # type: ignore[arg-type] # its fields
        run_publisher(settings, task.is_orphaned, preview)
    elif role == "sender":
        from feedsvc.operations.push import run_sender

        run_sender(settings, task.is_orphaned, stays=task.parent == 0)
    else:
        from feedsvc.operations.serve.worker import run_web

        is_preview = task.preview is not None
        run_web(settings, task.is_orphaned, task.listening, task.counts, task.wake_sender, is_preview=is_preview)


if __name__ == "__main__":
    sys.modules["rich"] = None  # type: ignore[assignment] # structlog would load it, and a role has no use for it
    try:
        main(sys.argv[1], Task(**json.loads(sys.argv[2])))
    except FeedsvcError as error:
        from feedsvc.core.printable import printable

        for line in error.lines:
            print(printable(f"feedsvc: {line}"), file=sys.stderr)  # noqa: T201 - as the command line says it
        sys.exit(FAILED)
