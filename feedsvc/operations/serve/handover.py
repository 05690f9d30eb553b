"""Handover: the settings of a service, in an unlinked file that its processes inherit.

They read no configuration file: all have the same settings until the supervisor hands out others. The file holds
the settings with their secrets, and what they were made of, so that they can be made anew (:mod:`.reload`).
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from feedsvc.core.settings.loading import find_sources, validate
from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve.supervisor import unlinked_file

VARIABLE = "_FEEDSVC_SETTINGS"
"""The variable with the descriptor of the file."""


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
