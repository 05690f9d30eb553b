"""``feedsvc serve``: check settings, directory, store and address, then turn this process into the supervisor.

As a program of its own, ``python -m feedsvc.operations.serve.service``, it makes the settings of a running service
anew, for its supervisor: it prints one JSON object, the next :class:`.role.Handover` with what changed, or the
errors for which the service keeps the settings that it has.
"""

import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, replace
from typing import Literal, NoReturn

import structlog

from feedsvc.articles.source.scanner import check_directory
from feedsvc.core.errors import DirectoryError, FeedsvcError, ListenError, SettingsError
from feedsvc.core.logs import format_for
from feedsvc.core.printable import redacted_url
from feedsvc.core.settings.config_file import config_paths
from feedsvc.core.settings.model import SETTINGS, Settings
from feedsvc.core.urls import is_loopback
from feedsvc.operations.serve import supervisor
from feedsvc.operations.serve.children import Role
from feedsvc.operations.serve.role import VARIABLE, Handover, Task, collect, program, read, role_command, write
from feedsvc.publishing.theme_folder import check_usable
from feedsvc.store.store import has_edition, open_store
from feedsvc.web.request_counts import shared_file

_log = structlog.get_logger()
_WEB_DELAY = 2.0
"""The most seconds before a web worker is restarted, however often it died, because readers wait for it."""


def serve(handover: Handover, *, publish: bool = True, web: bool = True) -> NoReturn:
    """Publish and serve, or only one of both, until SIGTERM or Ctrl-C.

    SIGHUP scans the directory at once, and applies settings that were changed.

    Raises:
        SettingsError: The theme, the store or a secret cannot be used.
        DirectoryError: The articles directory does not exist or cannot be read, and no edition is published.
        StoreError: The store cannot be opened.
        PrivacyError: The store is of a private site, and the settings of a public one, or the other way round.
        ListenError: The address cannot be bound.
    """
    paths = [str(path) for path in config_paths(handover.config)]
    seen = supervisor.fingerprints(paths)
    check_usable(handover.settings)
    if publish and web:
        _check_articles(handover.settings)
        _check_secrets(handover.settings)
    _serve(handover, publish=publish, web=web, watched=(paths, seen))


def serve_preview(handover: Handover, shown: Literal["articles", "drafts"]) -> NoReturn:
    """Show the site, or its drafts too, to this machine alone until SIGTERM or Ctrl-C.

    Raises:
        SettingsError: The preview would listen where others can reach it, or settings cannot be used.
        DirectoryError: The articles directory does not exist or cannot be read.
        FeedsvcError: As :func:`serve`.
    """
    from feedsvc.operations.serve.publisher import (  # noqa: PLC0415 - most do without
        Preview,
        check_host,
        fill_folder,
        preview_settings,
    )

    settings = handover.settings
    check_usable(settings)
    check_directory(settings.articles)
    check_host(settings)
    told = Preview(settings.public_url, settings.article_url, shown == "drafts")
    folder = fill_folder(settings)
    try:
        previewed = replace(handover, settings=preview_settings(settings, folder))
        _serve(previewed, preview=asdict(told), folder=str(folder))
    except FeedsvcError:
        shutil.rmtree(folder)
        raise


def send(handover: Handover) -> NoReturn:
    """Be the sender alone, without a supervisor: it stays, since nobody would start another."""
    _become(role_command("sender"), write(handover))


def _check_articles(settings: Settings) -> None:
    """Refuse an articles directory that cannot be read, unless there is an edition, which is then served."""
    try:
        check_directory(settings.articles)
    except DirectoryError as error:
        if not has_edition(settings.store_url):
            raise
        remedy = f"{error.remedy}; it is looked for at the interval, and published as soon as it can be read"
        _log.warning("serving the last edition without the articles", error=error.what, remedy=remedy)


def _check_secrets(settings: Settings) -> None:
    """Refuse settings with which no sender could start."""
    if settings.has_destinations:
        from feedsvc.operations.push import check_secrets  # noqa: PLC0415 - most do without

        check_secrets(settings)


def _serve(  # noqa: PLR0913 - all that the supervisor is told
    handover: Handover,
    *,
    publish: bool = True,
    web: bool = True,
    watched: tuple[list[str], supervisor.Fingerprints] | None = None,
    preview: Mapping[str, object] | None = None,
    folder: str | None = None,
) -> NoReturn:
    """Open store and socket, and become the supervisor.

    ``watched`` are the places of the configuration file, and the fingerprints with which it was read; without them
    no change is applied. ``folder`` is a temporary one, which goes at the end.
    """
    settings = handover.settings
    with closing(open_store(settings.store_url)) as store:
        store.operator.claim(settings.access)
        is_sending = settings.has_destinations or store.push.needs_sender()
    listener = listen(settings) if web else None
    # A signal that comes from here on waits for the supervisor, which then ends the service in order.
    signal.pthread_sigmask(signal.SIG_BLOCK, supervisor.SIGNALS)
    task = Task(os.getpid(), preview=preview)  # the supervisor will have the same process id
    if listener is not None:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        settings = settings.with_local_address() if preview else settings
        _announce(settings)
        listener.set_inheritable(True)
        task = replace(task, listening=listener.fileno())
    descriptor = write(replace(handover, settings=settings))
    roles = [Role("publisher", role_command("publisher", task), (descriptor,), rescans=True)] if publish else []
    roles += _web_roles(settings, task, descriptor) if web else []
    if publish and web and settings.access == "public" and not preview:
        sending = role_command("sender", task)
        roles.append(Role("sender", sending, (descriptor,), on_demand=True, is_wanted=is_sending))
    job = {"roles": [role._asdict() for role in roles], "folder": folder, **_log_options(settings)}
    if watched is not None:
        paths, seen = watched
        job["reload"] = {"command": program(__name__), "paths": paths, "seen": seen, "descriptor": descriptor}
    _become(program(supervisor.__name__, json.dumps(job)), descriptor)


def _web_roles(settings: Settings, task: Task, descriptor: int) -> Iterator[Role]:
    counts = shared_file(settings.workers)
    for place in range(settings.workers):
        serving = role_command("web", replace(task, counts=(counts, place)))
        yield Role("web", serving, (descriptor, task.listening, counts), longest_delay=_WEB_DELAY)


def _log_options(settings: Settings) -> dict[str, object]:
    return {"log_format": format_for(settings), "log_level": settings.log.level}


def listen(settings: Settings) -> socket.socket:
    """Open the listening socket.

    Raises:
        ListenError: The address is in use, is not of this machine, or is unknown.
    """
    host, port = settings.host, settings.port
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=settings.limits.backlog)
        # Accepted connections inherit this. Not every event loop sets it, and an answer may be written in two
        # parts.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ListenError(
            f"cannot listen on {host} port {port} ({reason})",
            "stop what uses it, or choose another --host or --port",
        ) from error
    return listener


def _announce(settings: Settings) -> None:
    """Log the address of the service; the port in ``settings`` is the one that it listens on."""
    _log.info(
        "serving",
        at=settings.local_url,
        base_url=settings.public_url,
        articles=str(settings.articles),
        store=redacted_url(settings.store_url),
    )
    if settings.base_url is None and not is_loopback(settings.host):
        _log.warning(
            "base_url is not set, so feeds link to this machine",
            base_url=settings.public_url,
            remedy="set base_url to the address under which others find the site",
        )
    if sys.stderr.isatty() and format_for(settings) == "text":
        host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host
        here = settings.model_copy(update={"host": host}).with_local_address().public_url
        text = f"Open {here}/ in a browser. Ctrl-C stops feedsvc."
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - to whoever has just started it


def _become(command: tuple[str, ...], descriptor: int) -> NoReturn:
    """Replace this process by another program, which inherits the settings."""
    os.execve(command[0], command, {**os.environ, VARIABLE: str(descriptor)})  # noqa: S606 - this program itself


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
    told: dict[str, object] = json.loads(following.to_json())
    return {**told, "changed": changed, "waiting": waiting, **_log_options(settings)}


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
        _check_secrets(settings)
    with closing(open_store(settings.store_url)) as store:
        store.operator.claim(settings.access)


def _value(settings: Settings, name: str) -> object:
    setting = SETTINGS[name]
    return getattr(getattr(settings, setting.table) if setting.table else settings, setting.key)


if __name__ == "__main__":
    main()
