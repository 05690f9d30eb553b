"""The reference of all settings, as ``docs/settings.md`` shows it. It follows from the fields."""

from typing import get_args

from pydantic import SecretStr

from feedsvc.core.settings.model import PREFIX, Settings
from feedsvc.core.settings.tables import PodcastTable

_HEAD = """\
# Settings

Nothing has to be set, except `base_url` for the public. Each setting can stand in `feedsvc.toml` in the working
directory and in the environment, the most used ones on the command line. The command line wins over the
environment, and that over the file. In the environment, lists and tables are JSON.

| setting | environment | default | what it is |
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
