"""Settings as they are shown: each with its value, where that is from, and without what is secret."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from feedsvc.core.redaction import MASK, redacted, redacted_url
from feedsvc.core.settings.loading import SECRETS, Sources
from feedsvc.core.settings.model import Settings


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
    values["store"] = redacted_url(settings.store_url)  # where it is matters to the operator
    for name in Settings.model_fields:
        yield Shown(name, _hidden(values[name], name), sources.origin(name))


def _hidden(value: JsonValue, name: str = "") -> JsonValue:
    """The value without passwords in addresses, and without what is called a secret."""
    if isinstance(value, Mapping):
        return {key: _hidden(each, key) for key, each in value.items()}
    if isinstance(value, str):
        return MASK if value and name in SECRETS else redacted(value)
    if isinstance(value, Sequence):
        return [_hidden(each, name) for each in value]
    return value
