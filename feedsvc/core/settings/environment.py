"""Settings in environment variables: ``FEEDSVC_PORT``, ``FEEDSVC_HTTP__MAX_AGE``; lists and tables are JSON."""

import json
import os
import re

from feedsvc.core.errors import SettingsError
from feedsvc.core.printable import redacted
from feedsvc.core.settings.names import CONFIG_VARIABLE, PREFIX, SETTINGS, TABLES, suggested

_BY_VARIABLE = {each.variable: each for each in SETTINGS.values()}
_KUBERNETES = re.compile(r"SERVICE_(HOST|PORT)\w*|PORT_[0-9]+_\w+")
"""The variables that Kubernetes adds with ``FEEDSVC_`` in the pods beside a service named feedsvc."""


def read_environment() -> tuple[dict[str, tuple[str, object]], list[SettingsError]]:
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
                raise _unknown(variable, text)
            given[setting.name] = (variable, _json(variable, text) if setting.is_structured else text)
        except SettingsError as error:
            errors.append(error)
    return given, errors


def _json(variable: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise SettingsError(
            f"{variable} is {redacted(repr(text))}",
            'write lists and tables as JSON, such as ["https://hub.example.org"]',
        ) from error


def _unknown(variable: str, text: str) -> SettingsError:
    name = variable.upper().removeprefix(PREFIX)
    what = f"{variable} is set, which is no setting"
    if _KUBERNETES.fullmatch(name):
        return SettingsError(what, "Kubernetes sets it: give the pod enableServiceLinks: false")
    if name.lower() in TABLES and not text.lstrip().startswith("{"):
        first = next(iter(TABLES[name.lower()].model_fields))
        return SettingsError(what, f"did you mean {SETTINGS[f'{name.lower()}.{first}'].variable}?")
    near = suggested(name)
    remedy = "remove it, or see docs/reference/settings.md" if near is None else f"did you mean {near.variable}?"
    return SettingsError(what, remedy)
