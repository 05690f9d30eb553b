"""Settings as text: a ``feedsvc.toml`` to begin with, the reference in ``docs``, and the values in force."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import get_args

from pydantic import JsonValue, SecretStr

from feedsvc.core.printable import MASK, redacted, redacted_url
from feedsvc.core.settings.loading import SECRETS, Sources
from feedsvc.core.settings.model import PREFIX, Settings
from feedsvc.core.settings.values import PodcastTable

_TEMPLATE_HEAD = """\
# The settings of feedsvc. A line that begins with # is a comment, and shows the default. Environment variables
# such as FEEDSVC_PORT override this file, and options of the command line override both. `feedsvc settings`
# shows the values in force.
"""
_TABLES = """
# Channels beside those of folders, tags and authors, each in a table of its own.
# [[channels]]
# path = "/sea-stories"
# title = "Stories of the sea"
# tags = ["sea", "harbour"]

# Former paths, each with its new path or address, or gone.
# [redirects]
# "/old-news/" = "/news/"

# Podcast metadata for feeds with recordings.
# [podcast]
# categories = ["Arts > Books"]
# owner = "radio@example.org"
"""
_IN_TABLES = frozenset({"channels", "redirects", "podcast"})
_WIDTH = 112


def config_text(chosen: Mapping[str, object]) -> str:
    """The text of a ``feedsvc.toml`` with every setting and its description; settings not chosen are comments.

    Args:
        chosen: Values by setting; None counts as not chosen.
    """
    return _TEMPLATE_HEAD + "".join(_lines(chosen)) + _TABLES


def _lines(chosen: Mapping[str, object]) -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        if name in _IN_TABLES:
            continue
        yield "\n"
        yield from (f"# {line}\n" for line in textwrap.wrap(field.description or "", _WIDTH))
        value = chosen.get(name)
        yield f"# {name} = {_toml(field.default)}\n" if value is None else f"{name} = {_toml(value)}\n"


def _toml(value: object) -> str:
    """A plain value as TOML 1.0 writes it; dots where there is no default."""
    if value is None:
        return "…"
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


_HEAD = """\
# Settings

No setting is required; a public site needs `base_url`. Each setting can be given in `feedsvc.toml` in the working
directory and as an environment variable, and the most used ones as options of the command line. Options override
environment variables, and those override the file. In environment variables, lists and tables are JSON.

| setting | environment variable | default | meaning |
|---|---|---|---|
"""


def settings_reference() -> str:
    """All settings, in Markdown."""
    return _HEAD + "".join(f"{_row(name)}\n" for name in Settings.model_fields)


def _row(name: str) -> str:
    field = Settings.model_fields[name]
    choices = get_args(field.annotation) if str(field.annotation).startswith("typing.Literal") else ()
    about = (field.description or "") + (f" One of {', '.join(choices)}." if choices else "")
    plain = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    default = "" if plain in {None, (), PodcastTable()} else f"`{plain}`"
    return f"| `{name}` | `{PREFIX}{name.upper()}` | {default} | {about} |"


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting with its value and origin, safe to show."""

    name: str
    value: JsonValue
    origin: str
    """``default``, ``feedsvc.toml:12``, ``FEEDSVC_PORT``, or ``--port``."""


def shown(settings: Settings, sources: Sources) -> Iterator[Shown]:
    """Every setting, in the order in which they are defined."""
    values: dict[str, JsonValue] = settings.model_dump(mode="json")
    values["store"] = redacted_url(settings.store_url)  # the operator may see all of it but the password
    for name in Settings.model_fields:
        yield Shown(name, _hidden(values[name], name), sources.origin(name))


def _hidden(value: JsonValue, name: str = "") -> JsonValue:
    """The value with passwords in URLs, and the values of keys in :data:`SECRETS`, masked."""
    if isinstance(value, Mapping):
        return {key: _hidden(each, key) for key, each in value.items()}
    if isinstance(value, str):
        return MASK if value and name in SECRETS else redacted(value)
    if isinstance(value, Sequence):
        return [_hidden(each, name) for each in value]
    return value
