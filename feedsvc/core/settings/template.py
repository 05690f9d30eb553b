"""A ``feedsvc.toml`` to begin with: every setting with what it is; what was not chosen is a comment."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from datetime import time

from pydantic import SecretStr

from feedsvc.core.settings.model import Settings

_HEAD = """\
# The settings of feedsvc. What begins with # is a comment, and shows the default. An environment variable such as
# FEEDSVC_PORT goes before this file, an option of the command line before both. `feedsvc settings` tells what is
# in force.
"""
_TABLES = """
# Channels beside those of folders, tags and authors; any number of these tables.
# [[channels]]
# path = "/sea-stories"
# title = "Stories of the sea"
# tags = ["sea", "harbour"]

# Former paths, each with its new path or address, or gone.
# [moved]
# "/old-news/" = "/news/"

# What the feeds say that are podcasts.
# [podcast]
# categories = ["Arts > Books"]
# owner = "radio@example.org"
"""
_IN_TABLES = frozenset({"channels", "moved", "podcast"})
_WIDTH = 112


def config_text(chosen: Mapping[str, object]) -> str:
    """The file's text.

    Args:
        chosen: Values by setting; None counts as not chosen.
    """
    return _HEAD + "".join(_lines(chosen)) + _TABLES


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
