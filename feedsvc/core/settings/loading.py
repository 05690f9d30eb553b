"""Load the settings from the command line, the environment and the configuration file.

Environment variables have names as ``FEEDSVC_PORT`` and ``FEEDSVC_HTTP__MAX_AGE``; lists and tables in them are
JSON.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from feedsvc.core.errors import SettingsError
from feedsvc.core.printable import MASK, redacted, redacted_url
from feedsvc.core.settings.config_file import ConfigFile, find_config
from feedsvc.core.settings.model import CONFIG_VARIABLE, PREFIX, SETTINGS, TABLES, Setting, Settings, suggested

SECRETS = frozenset({"password", "secret", "token"})
"""Keys whose values are never shown, beside settings of the type SecretStr."""
_STORE = "store.url"
_LOCAL = {
    name for name, each in SETTINGS.items() if Path in (each.field.annotation, *get_args(each.field.annotation))
}
"""The settings that are paths of files or folders; so is a store in a file."""
_BY_VARIABLE = {each.variable: each for each in SETTINGS.values()}
_KUBERNETES = re.compile(r"SERVICE_(HOST|PORT)\w*|PORT_[0-9]+_\w+")
"""The variables that Kubernetes adds with ``FEEDSVC_`` in the pods beside a service named feedsvc."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The given settings with their sources; the command line overrides the environment, and that the file."""

    values: Mapping[str, object]
    """The values, by the full names of the settings."""
    names: Mapping[str, str]
    """The option or environment variable of each value, by setting; a value without one is of the file."""
    file: ConfigFile | None
    """The configuration file that was read."""
    errors: Sequence[SettingsError] = ()
    """The errors in names and variables."""

    def origin(self, name: str) -> str:
        """The origin of the value of a setting: an option, a variable, ``file:line``, or ``default``."""
        if name in self.names:
            return self.names[name]
        if name not in self.values or self.file is None:
            return "default"
        return self.file.at(*name.split("."))


def find_sources(config: Path | None = None, given: Mapping[str, object] | None = None) -> Sources:
    """Find the given settings and their sources; arguments and errors as of :func:`load_settings`."""
    file = find_config(config)
    written, errors = ({}, []) if file is None else _written(file)
    variables, wrong = _read_environment()
    line = {name: value for name, value in (given or {}).items() if value is not None}
    return Sources(
        written | {name: value for name, (_, value) in variables.items()} | line,
        {name: variable for name, (variable, _) in variables.items()}
        | {name: SETTINGS[name].option for name in line},
        file,
        [*errors, *wrong],
    )


def load_settings(config: Path | None = None, given: Mapping[str, object] | None = None) -> Settings:
    """Load the settings.

    Args:
        config: The file to read; None reads that of the environment, of the folder, or of the system, if any.
        given: Values of the command line, by setting; None values count as not given.

    Raises:
        SettingsError: The file cannot be read, or settings are unknown or wrong: the error names all of them.
    """
    return validate(find_sources(config, given))


def validate(sources: Sources) -> Settings:
    """Validate the given settings, and take the defaults for all others.

    Raises:
        SettingsError: Names are unknown or values are wrong: the error names all of them.
    """
    errors = list(sources.errors)
    try:
        settings = Settings.model_validate(_nested(_beside_file(sources)))
    except ValidationError as error:
        errors += [_explain(each, sources) for each in error.errors(include_url=False)]
    if errors:
        raise SettingsError.of_all(errors)
    return settings


def _read_environment() -> tuple[dict[str, tuple[str, object]], list[SettingsError]]:
    """The settings that environment variables give, and the errors of variables that cannot be used.

    Upper and lower case do not matter, and an empty variable counts as not set.

    Returns:
        The name of the variable and the value, by setting; the errors.
    """
    given: dict[str, tuple[str, object]] = {}
    errors = []
    for variable, text in os.environ.items():
        name = variable.upper()
        if not text or not name.startswith(PREFIX) or name == CONFIG_VARIABLE:
            continue
        setting = _BY_VARIABLE.get(name)
        try:
            if setting is None:
                raise _unknown_variable(variable)
            given[setting.name] = (variable, _parsed(variable, text) if setting.is_structured else text)
        except SettingsError as error:
            errors.append(error)
    return given, errors


def _parsed(variable: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise SettingsError(
            f"{variable} is {redacted(repr(text))}",
            'write lists and tables as JSON, such as ["https://hub.example.org"]',
        ) from error


def _unknown_variable(variable: str) -> SettingsError:
    name = variable.upper().removeprefix(PREFIX)
    what = f"{variable} is set, which is no setting"
    if _KUBERNETES.fullmatch(name):
        return SettingsError(what, "Kubernetes sets it: give the pod enableServiceLinks: false")
    near = suggested(name)
    remedy = "remove it, or see docs/reference/settings.md" if near is None else f"did you mean {near.variable}?"
    return SettingsError(what, remedy)


def _written(file: ConfigFile) -> tuple[dict[str, object], list[SettingsError]]:
    """The settings that a file gives, by their full names, and the errors of names that are none."""
    given: dict[tuple[str, ...], object] = {}
    for name, value in file.values.items():
        if name in TABLES and isinstance(value, dict):
            given |= {(name, key): each for key, each in value.items()}
        else:
            given[name,] = value
    known = {".".join(keys): value for keys, value in given.items() if ".".join(keys) in SETTINGS}
    return known, [_unknown(file, keys) for keys in given if ".".join(keys) not in known]


def _unknown(file: ConfigFile, keys: tuple[str, ...]) -> SettingsError:
    near = suggested(".".join(keys))
    remedy = "remove it, or see docs/reference/settings.md" if near is None else f"did you mean {near.in_file}?"
    return SettingsError(f"{file.at(*keys)} sets {'.'.join(keys)!r}, which is no setting", remedy)


def _beside_file(sources: Sources) -> dict[str, object]:
    """The values, where relative paths of the file and of defaults count from the folder of the file."""
    values = dict(sources.values)
    if sources.file is None:
        return values
    folder = sources.file.folder
    for name in (*_LOCAL, _STORE):
        value = values.get(name, SETTINGS[name].field.default)
        if name in sources.names or value in (None, ""):
            continue
        if name == _STORE:
            values[name] = _store_in(folder, value.get_secret_value() if isinstance(value, SecretStr) else value)
        elif isinstance(value, str | Path):
            values[name] = folder / value
    return values


def _store_in(folder: Path, url: object) -> object:
    """The URL of a store, whose file, if it is relative, counts from a folder."""
    scheme, slashes, path = url.partition(":///") if isinstance(url, str) else ("", "", "")
    if not scheme.startswith("sqlite") or not slashes or path.startswith(("/", "file:", ":")) or not path:
        return url
    return f"{scheme}:///{folder / path}"


def _nested(values: Mapping[str, object]) -> dict[str, object]:
    """Values by full names as tables."""
    nested: dict[str, dict[str, object]] = {name: {} for name in TABLES}
    for name, value in values.items():
        setting = SETTINGS[name]
        if setting.table:
            nested[setting.table][setting.key] = value
    return {**{name: value for name, value in values.items() if not SETTINGS[name].table}, **nested}


_RULES = {
    "bool": "must be true or false",
    "dict": "must be a table",
    "finite_number": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "int": "must be a whole number",
    "less_than_equal": "must be at most {le}",
    "list": "must be a list",
    "literal_error": "must be {expected}",
    "missing": "must be given",
    "model": "must be a table",
    "path": "must be a path",
    "string_too_short": "must not be empty",
    "string": "must be text",
    "time": "must be a time of day such as 09:00",
    "too_short": "must not be empty",
    "tuple": "must be a list",
    "uuid": "must be a UUID",
}
"""The requirement that a value fails, by the beginning of pydantic's type of the error."""


def _explain(error: ErrorDetails, sources: Sources) -> SettingsError:
    """The error of one wrong value: the setting, its source, and what the value should be.

    The value is not told where it may hold a secret: in a whole table, and under a key that is mistyped.
    """
    setting, inside = _setting_at(error["loc"])
    name = setting.name + "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in inside)
    if setting.name in sources.names:
        name, verb = sources.names[setting.name] + name.removeprefix(setting.name), "is"
    else:
        place = "" if sources.file is None else sources.file.at(*error["loc"])
        name, verb = f"{place} sets {name}", "to"
    if error["type"] == "extra_forbidden":
        return SettingsError(
            f"{name}, which is no setting",
            f"write one of {', '.join(key for key, _ in _fields(setting.field.annotation))}",
        )
    if error["type"] == "missing" or isinstance(error["input"], dict):
        return SettingsError(name, f"it {_rule(error)}")
    shown = MASK if _is_secret(setting, inside) else _shown(error["input"])
    return SettingsError(f"{name} {verb} {shown}", f"it {_rule(error)}")


def _is_secret(setting: Setting, inside: tuple[int | str, ...]) -> bool:
    """Whether a setting, or what these keys lead to within it, is never shown."""
    fields = [setting.field, *(field for key, field in _fields(setting.field.annotation) if key in inside)]
    kinds = {kind for field in fields for kind in (field.annotation, *get_args(field.annotation))}
    return SecretStr in kinds or not SECRETS.isdisjoint(inside)


def _fields(annotation: object) -> Iterator[tuple[str, FieldInfo]]:
    """The keys of the tables of which the value of a setting is made, with their fields."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from annotation.model_fields.items()
    for inner in get_args(annotation):
        yield from _fields(inner)


def _setting_at(keys: tuple[int | str, ...]) -> tuple[Setting, tuple[int | str, ...]]:
    """The setting of a value, and the keys that lead to the value within it."""
    depth = 2 if keys[0] in TABLES else 1
    return SETTINGS[".".join(map(str, keys[:depth]))], keys[depth:]


def _shown(value: object) -> str:
    if isinstance(value, list | tuple) and any(isinstance(each, dict) for each in value):
        return "a list of tables"
    text = repr(value)
    if isinstance(value, str):  # as a whole it may be a URL, whose password may hold any characters
        text = redacted_url(text)
    return redacted(text)


def _rule(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    known = (rule for name, rule in _RULES.items() if error["type"].startswith(name))
    return next(known, "must be of another kind").format(**error.get("ctx", {}))
