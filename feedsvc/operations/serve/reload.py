"""The program that makes the settings of a running service anew, for its supervisor.

It prints one JSON object: the next :class:`.role.Handover` with what changed, or the errors for which the
service keeps the settings that it has.
"""

import json
from contextlib import closing
from dataclasses import replace

from feedsvc.articles.source.scanner import check_directory
from feedsvc.core.errors import FeedsvcError, SettingsError
from feedsvc.core.logs import format_for
from feedsvc.core.settings.model import SETTINGS, Settings
from feedsvc.operations.push import check_secrets
from feedsvc.operations.serve.role import Handover, collect, read
from feedsvc.publishing.usable_settings import check_usable, claim
from feedsvc.store.store import open_store

FIXED = ("host", "port", "workers", "store.url")
"""The settings that only a restart changes: the listening socket, the number of processes, and their memory."""


def main() -> None:
    """Print the next settings, or what is wrong with them."""
    try:
        print(json.dumps(renewed(read())))  # noqa: T201 - to the supervisor
    except FeedsvcError as error:
        print(json.dumps({"errors": list(error.lines)}))  # noqa: T201 - to the supervisor


def renewed(running: Handover) -> dict[str, object]:
    """The next handover, with the names of settings that changed, and of those that only a restart changes.

    Raises:
        FeedsvcError: The settings are wrong, or the service could not run by them.
    """
    found = collect(running.config, running.given)
    if running.file is not None and found.file != running.file:
        raise SettingsError(f"{running.file} has vanished", "put it back; until then its settings stay in force")
    waiting = [name for name in FIXED if _differs(running.settings, found.settings, name)]
    settings = _with_fixed(found.settings, running.settings)
    changed = [name for name in SETTINGS if _value(settings, name) != _value(running.settings, name)]
    if changed:
        _check(settings, running.settings)
    following = replace(found, settings=settings)
    log = {"log_format": format_for(settings), "log_level": settings.log.level}
    told: dict[str, object] = json.loads(following.to_json())
    return {**told, "changed": changed, "waiting": waiting, **log}


def _differs(running: Settings, found: Settings, name: str) -> bool:
    """Whether a setting that a restart changes has another value; port 0 means any, and so the present one."""
    value = _value(found, name)
    return value != _value(running, name) and not (name == "port" and value == 0)


def _with_fixed(settings: Settings, running: Settings) -> Settings:
    store = settings.store.model_copy(update={"url": running.store.url})
    kept = {name: getattr(running, name) for name in FIXED if "." not in name}
    return settings.model_copy(update={**kept, "store": store})


def _check(settings: Settings, running: Settings) -> None:
    """Refuse settings by which the service could not go on."""
    check_usable(settings)
    if settings.articles != running.articles:
        check_directory(settings.articles)
    if settings.push != running.push:
        check_secrets(settings)
    with closing(open_store(settings.store_url)) as store:
        claim(store.operator, settings.access)


def _value(settings: Settings, name: str) -> object:
    setting = SETTINGS[name]
    return getattr(getattr(settings, setting.table) if setting.table else settings, setting.key)


if __name__ == "__main__":
    main()
