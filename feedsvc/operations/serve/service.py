"""The whole service: a publisher and as many web workers as are wanted, started and kept alive."""

import os
import sys
from collections.abc import Callable
from contextlib import closing

import structlog

from feedsvc.articles.source.scanner import check_directory
from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve.listener import announce, listen
from feedsvc.operations.serve.supervisor import Role, supervise
from feedsvc.publishing.site_access import claim
from feedsvc.store.store import open_store

log = structlog.get_logger()

_WEB_DELAY = 2.0
"""Seconds before a web worker is started again, at most: readers wait for it, however often it was killed."""


def serve(settings: Settings) -> None:
    """Publish and serve until SIGTERM or Ctrl-C; SIGHUP scans at once.

    Raises:
        DirectoryError: There is no such directory, or it cannot be read.
        StoreError: The store cannot be opened.
        PrivacyError: The store is of a private site, and the settings of a public one, or the other way round.
        ListenError: The address cannot be bound.
    """
    check_directory(settings.articles)
    with closing(open_store(settings.store_url)) as store:
        claim(store.operator, settings.access)
    with listen(settings) as listener:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        announce(settings)
        web = Role(
            "web",
            _command("web", listener.fileno()),
            settings.environment(),
            files=(listener.fileno(),),
            longest_delay=_WEB_DELAY,
        )
        publisher = Role("publisher", _command("publisher"), settings.environment(), rescans=True)
        supervise((publisher, *[web] * settings.workers))
    log.info("stopped")


def _command(role: str, listener: int | None = None) -> tuple[str, ...]:
    """How to start a role: settings travel in the environment, so it must read no file of its own."""
    command = (sys.executable, "-m", "feedsvc", "serve", "--config", os.devnull, "--role", role)
    inherited = () if listener is None else ("--fd", str(listener))
    return (*command, *inherited, "--parent", str(os.getpid()))


def orphaned_from(parent: int) -> Callable[[], bool]:
    """A test for whether this process has lost the ``parent`` it was started by; 0 stands for none to lose."""
    return lambda: bool(parent) and os.getppid() != parent
