"""Loading: from the file, the environment and the command line to the settings in force."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from feedsvc.errors import SettingsError
from feedsvc.settings.settings import PREFIX, Settings

CONFIG_FILE = Path("feedsvc.toml")


def load_settings(config: Path | None = None, given: Mapping[str, object] | None = None) -> Settings:
    """The settings in force.

    Args:
        config: The file to read; None reads ``feedsvc.toml`` in the working directory if it is there.
        given: Values of the command line, by setting; None values count as not given.

    Raises:
        SettingsError: The file cannot be read, or a setting is unknown or wrong.
    """
    path = CONFIG_FILE if config is None else config
    written = _read_file(path) if config is not None or path.exists() else {}
    environment = {key.lower() for key, value in os.environ.items() if value}
    file = {name: value for name, value in written.items() if f"{PREFIX}{name}".lower() not in environment}
    line = {name: value for name, value in (given or {}).items() if value is not None}
    try:
        return Settings.model_validate(file | line)
    except ValidationError as error:
        raise _explain(error, line, file, path) from error


def _read_file(path: Path) -> Mapping[str, object]:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {path} ({error.strerror})", "check its name and rights") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML ({error})", "correct that line") from error
    for name in values:
        if name not in Settings.model_fields:
            raise SettingsError(f"{path} sets {name!r}, which is no setting", _suggestion(name))
    return values


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name, Settings.model_fields, 1)
    return f"did you mean {near[0]!r}?" if near else "remove it, or see docs/settings.md"


def _explain(
    error: ValidationError, line: Mapping[str, object], file: Mapping[str, object], path: Path
) -> SettingsError:
    """The first fault in one line that says which setting, where it was set, and what it should be."""
    fault = error.errors(include_url=False, include_context=False)[0]
    name = str(fault["loc"][0])
    inner = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in fault["loc"][1:])
    where = f"{PREFIX}{name.upper()}{inner} is"
    if name in line:
        where = f"--{name.replace('_', '-')} is"
    elif name in file:
        where = f"{path} sets {name}{inner} to"
    rule = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return SettingsError(f"{where} {fault['input']!r}", f"it {rule}")
