"""Settings as text: a ``feedsvc.toml`` to begin with, the reference in ``docs``, and the values in force."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, get_args

from pydantic import JsonValue, SecretStr

from feedsvc.core.printable import MASK, redacted, redacted_url
from feedsvc.core.settings.loading import SECRETS, Sources
from feedsvc.core.settings.model import SETTINGS, TABLES, Setting, Settings

_FILE_HEAD = """\
# The settings of feedsvc. docs/reference/settings.md describes all of them; `feedsvc settings` shows the values in
# force, and where each comes from. Relative paths count from the folder of this file.

"""


def config_text(chosen: Mapping[str, object]) -> str:
    """The text of a ``feedsvc.toml`` with the chosen settings.

    Args:
        chosen: Values by the full names of the settings; None counts as not chosen.
    """
    return _FILE_HEAD + "".join(_lines(chosen))


def _lines(chosen: Mapping[str, object]) -> Iterator[str]:
    table = ""
    for name, setting in SETTINGS.items():
        if chosen.get(name) is None:
            continue
        if setting.table != table:
            table = setting.table
            yield f"\n[{table}]\n"
        yield f"{setting.key} = {_toml(chosen[name])}\n"


def _toml(value: object) -> str:
    """A plain value as TOML 1.0 writes it."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    # A basic string of TOML has the escapes of JSON, but takes no delete character.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


_REFERENCE_HEAD = """\
# Settings

No setting is required; a public site needs `base_url`. Each setting can be given in `feedsvc.toml`, where most
stand in tables such as `[http]`, and as an environment variable, and the most used ones as options of the command
line. Options override environment variables, and those override the file. In environment variables, lists and
tables are JSON.

feedsvc reads one configuration file: that of `--config`, else the one that `FEEDSVC_CONFIG` names, else
`feedsvc.toml` in the working directory, else `/etc/feedsvc/feedsvc.toml`. Relative paths in it count from its
folder, and where no store is named, the store lies beside it. Relative paths on the command line and in the
environment count from the working directory. `feedsvc settings` shows every value, and where it comes from.

A running service applies a change of the file within a few seconds, and at once on SIGHUP (`systemctl reload`),
while it goes on serving. `host`, `port`, `workers` and `[store] url` wait for a restart, and the log says so. If
anything in the file is wrong, all settings stay as they were.

```toml
base_url = "https://news.example.org"

[site]
title = "Harbour News"

[http]
max_age = 30
```
"""
_COLUMNS = "| setting | environment variable | default | meaning |\n|---|---|---|---|\n"


def settings_reference() -> str:
    """All settings by table, in Markdown."""
    return _REFERENCE_HEAD + "".join(_section(table) for table in ("", *TABLES))


def _section(table: str) -> str:
    head = (
        f"## [{table}]\n\n{TABLES[table].__doc__}" if table else "## The most used settings, which are in no table"
    )
    rows = "".join(f"{_row(each)}\n" for each in SETTINGS.values() if each.table == table)
    return f"\n{head}\n\n{_COLUMNS}{rows}"


def _row(setting: Setting) -> str:
    field = setting.field
    choices = get_args(field.annotation) if str(field.annotation).startswith("typing.Literal") else ()
    about = setting.about + (f" One of {', '.join(choices)}." if choices else "")
    default = "" if field.default in (None, (), {}) else f"`{_toml(field.default)}`"
    return f"| `{setting.key}` | `{setting.variable}` | {default} | {about} |"


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting with its value and origin, safe to show."""

    name: str
    value: JsonValue
    origin: str
    """``default``, ``feedsvc.toml:12``, ``FEEDSVC_PORT``, or ``--port``."""


def shown(settings: Settings, sources: Sources) -> Iterator[Shown]:
    """Every setting, in the order in which they are defined."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    values["store"]["url"] = redacted_url(settings.store_url)  # the operator may see all of it but the password
    for name, setting in SETTINGS.items():
        value = values[setting.table][setting.key] if setting.table else values[name]
        yield Shown(name, _hidden(value, name), sources.origin(name))


def _hidden(value: JsonValue, name: str = "") -> JsonValue:
    """The value with passwords in URLs, and the values of keys in :data:`SECRETS`, masked."""
    if isinstance(value, Mapping):
        return {key: _hidden(each, key) for key, each in value.items()}
    if isinstance(value, str):
        return MASK if value and name.rpartition(".")[2] in SECRETS else redacted(value)
    if isinstance(value, Sequence):
        return [_hidden(each, name) for each in value]
    return value
