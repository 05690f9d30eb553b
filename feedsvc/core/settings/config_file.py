"""The configuration file: which one is read, what it sets, and on which line."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from feedsvc.core.errors import SettingsError
from feedsvc.core.settings.model import CONFIG_VARIABLE

CONFIG_FILE = Path("feedsvc.toml")
"""The configuration file in the working directory."""
SYSTEM_FILE = Path("/etc/feedsvc/feedsvc.toml")
"""The configuration file that is read where the working directory has none."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A configuration file that was read."""

    path: Path
    text: str
    values: Mapping[str, object]

    @property
    def folder(self) -> Path:
        """The folder from which relative paths in the file count; of a device or a pipe, the working directory."""
        return self.path.parent if self.path.is_file() else Path()

    def at(self, *keys: str | int) -> str:
        """``path:line`` of the innermost of these nested keys that has a line of its own."""
        lines = _lines(self.text)
        known = (lines[keys[:count]] for count in range(len(keys), 0, -1) if keys[:count] in lines)
        line = next(known, None)
        return str(self.path) if line is None else f"{self.path}:{line}"


def find_config(chosen: Path | None) -> ConfigFile | None:
    """Read the configuration file: the chosen one, else that of the environment, of the folder, or of the system.

    Args:
        chosen: The file that the command line names.

    Returns:
        The file; None if none is named, and neither :data:`CONFIG_FILE` nor :data:`SYSTEM_FILE` exists.

    Raises:
        SettingsError: The file cannot be read, or is not TOML in UTF-8.
    """
    if (named := _named(chosen)) is not None:
        return _read(named)
    for path in (CONFIG_FILE, SYSTEM_FILE):
        try:
            return _read(path)
        except SettingsError as error:
            if not isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                raise
    return None


def config_paths(chosen: Path | None) -> list[Path]:
    """Where :func:`find_config` looks, in this order."""
    named = _named(chosen)
    return [CONFIG_FILE, SYSTEM_FILE] if named is None else [named]


def _named(chosen: Path | None) -> Path | None:
    variable = os.environ.get(CONFIG_VARIABLE)
    return chosen or (Path(variable) if variable else None)


def _read(path: Path) -> ConfigFile:
    try:
        text = path.read_text("utf-8-sig")
        return ConfigFile(path, text, tomllib.loads(text))
    except OSError as error:
        raise SettingsError(f"cannot read {path} ({error.strerror})", "check its name and rights") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML ({error})", "correct that line") from error


def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    """The line, from 1, on which each key or table of a TOML text begins, by the keys that lead to it.

    A key begins on the first line with which the text up to there is complete and has it; the lines of a longer
    string or list before its end are not complete.
    """
    found: dict[tuple[str | int, ...], int] = {}
    lines = text.splitlines(keepends=True)
    begin, complete = 1, True
    for number, line in enumerate(lines, 1):
        begin = number if complete else begin
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            values = tomllib.loads("".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            complete = False
            continue
        complete = True
        for keys in _paths(values):
            found.setdefault(keys, begin)
    return found


def _paths(value: object, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """The keys that lead to each value of a table or list, at any depth."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*above, key)
        yield from _paths(each, *above, key)
