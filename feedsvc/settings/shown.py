"""Settings as they are shown: each with its value, where that is from, and without what is secret."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from feedsvc.settings.load import Sources
from feedsvc.settings.settings import Settings

_PASSWORD = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")
_SECRETS = frozenset({"password", "secret", "token"})
"""What a key is called whose value is nobody's business."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting."""

    name: str
    value: JsonValue
    origin: str
    """``default``, ``feedsvc.toml:12``, ``FEEDSVC_PORT``, or ``--port``."""


def shown(settings: Settings, sources: Sources) -> Iterator[Shown]:
    """Every setting, in the order in which they are defined."""
    values: dict[str, JsonValue] = settings.model_dump(mode="json")
    for name in Settings.model_fields:
        yield Shown(name, _hidden(values[name], name), sources.origin(name))


def _hidden(value: JsonValue, name: str = "") -> JsonValue:
    """The value without passwords in addresses, and without what is called a secret."""
    if isinstance(value, Mapping):
        return {key: _hidden(each, key) for key, each in value.items()}
    if isinstance(value, str):
        return "********" if value and name in _SECRETS else _PASSWORD.sub(r"\1:********@", value)
    if isinstance(value, Sequence):
        return [_hidden(each, name) for each in value]
    return value
