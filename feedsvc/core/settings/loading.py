"""Load the settings from the command line, the environment and the configuration file."""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr, ValidationError

from feedsvc.core.errors import SettingsError
from feedsvc.core.printable import MASK, redacted, redacted_url
from feedsvc.core.settings.model import PREFIX, Settings

CONFIG_FILE = Path("feedsvc.toml")
SECRETS = frozenset({"password", "secret", "token"})
"""Keys whose values are never shown, beside settings of the type SecretStr."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The given settings by their source; an earlier source overrides a later one."""

    line: Mapping[str, object]
    """The values on the command line, by setting."""
    environment: Mapping[str, str]
    """The names of the environment variables, by setting."""
    file: Mapping[str, object]
    """The values in the file, by setting, without those that the environment overrides."""
    path: Path
    """The path of the file."""

    def origin(self, name: str) -> str:
        """The origin of the value of a setting: an option, a variable, ``file:line``, or ``default``."""
        if name in self.line:
            return f"--{name.replace('_', '-')}"
        if name in self.environment:
            return self.environment[name]
        if name in self.file:
            line = line_of(self.path.read_text("utf-8"), name)
            return str(self.path) if line is None else f"{self.path}:{line}"
        return "default"


def find_sources(config: Path | None = None, given: Mapping[str, object] | None = None) -> Sources:
    """Find the given settings and their sources; arguments and errors as of :func:`load_settings`."""
    path = CONFIG_FILE if config is None else config
    written = _read_file(path) if config is not None or path.exists() else {}
    variables = {key.lower(): key for key, value in os.environ.items() if value}
    names = ((name, variables.get(f"{PREFIX}{name}".lower())) for name in Settings.model_fields)
    environment = {name: variable for name, variable in names if variable is not None}
    return Sources(
        line={name: value for name, value in (given or {}).items() if value is not None},
        environment=environment,
        file={name: value for name, value in written.items() if name not in environment},
        path=path,
    )


def load_settings(config: Path | None = None, given: Mapping[str, object] | None = None) -> Settings:
    """Load the settings.

    Args:
        config: The file to read; None reads ``feedsvc.toml`` in the working directory if it is there.
        given: Values of the command line, by setting; None values count as not given.

    Raises:
        SettingsError: The file cannot be read, or a setting is unknown or wrong.
    """
    return validate(find_sources(config, given))


def validate(sources: Sources) -> Settings:
    """Validate the given settings, and take the defaults for all others.

    Raises:
        SettingsError: A value is wrong.
    """
    try:
        return Settings.model_validate({**sources.file, **sources.line})
    except ValidationError as error:
        raise _explain(error, sources) from error


def line_of(text: str, name: str) -> int | None:
    """The line of a TOML file, from 1, on which a top-level key or its table begins; None if it is not found."""
    begin = re.compile(rf"""\s*(?:\[\[?\s*)?["']?{re.escape(name)}["']?\s*[=.\]]""")
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if begin.match(line):
            try:
                before = tomllib.loads("".join(lines[: number - 1]))
            except tomllib.TOMLDecodeError:
                continue  # within a longer string or list
            if name not in before:
                return number
    return None


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
    return f"did you mean {near[0]!r}?" if near else "remove it, or see docs/reference/settings.md"


def _explain(error: ValidationError, sources: Sources) -> SettingsError:
    """An error of one line for the first wrong value: the setting, its source, and what the value should be."""
    fault = error.errors(include_url=False, include_context=False)[0]
    if unread := re.search(r'field "(\w+)" from source', fault["msg"]):
        variable = sources.environment[unread[1]]
        return SettingsError(
            f"{variable} is {redacted(repr(os.environ[variable]))}",
            'write lists and tables as JSON, such as ["https://hub.example.org"]',
        )
    name = str(fault["loc"][0])
    inner = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in fault["loc"][1:])
    where = f"{PREFIX}{name.upper()}{inner} is"
    if name in sources.line:
        where = f"--{name.replace('_', '-')} is"
    elif name in sources.file:
        where = f"{sources.path} sets {name}{inner} to"
    rule = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    secret = Settings.model_fields[name].annotation is SecretStr or not SECRETS.isdisjoint(fault["loc"])
    shown = repr(fault["input"])
    if isinstance(fault["input"], str):  # as a whole it may be a URL, whose password may hold any characters
        shown = redacted_url(shown)
    return SettingsError(f"{where} {MASK if secret else redacted(shown)}", f"it {rule}")
