"""``feedsvc serve``: check settings, directory, store and address, then turn this process into the supervisor."""

import json
import os
import signal
from contextlib import closing
from typing import NoReturn

from feedsvc.articles.source.scanner import check_directory
from feedsvc.core.logs import format_for
from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve import supervisor
from feedsvc.operations.serve.listener import announce, listen
from feedsvc.operations.serve.role import NO_COUNTS, become, program, role_command
from feedsvc.publishing.site_access import claim
from feedsvc.store.store import open_store
from feedsvc.web.request_counts import shared_file

_WEB_DELAY = 2.0
"""The most seconds before a web worker is restarted, however often it died, because readers wait for it."""


def serve(settings: Settings) -> NoReturn:
    """Publish and serve until SIGTERM or Ctrl-C; SIGHUP scans the directory at once.

    Raises:
        DirectoryError: The articles directory does not exist or cannot be read.
        StoreError: The store cannot be opened.
        PrivacyError: The store is of a private site, and the settings of a public one, or the other way round.
        ListenError: The address cannot be bound.
    """
    check_directory(settings.articles)
    with closing(open_store(settings.store_url)) as store:
        claim(store.operator, settings.access)
        is_sending = settings.has_destinations or store.push.has_subscribers()
    with listen(settings) as listener:
        # A signal that comes from here on waits for the supervisor, which then ends the service in order.
        signal.pthread_sigmask(signal.SIG_BLOCK, supervisor.SIGNALS)
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        announce(settings)
        listener.set_inheritable(True)
        become(
            program(supervisor.__name__, _job(settings, listener.fileno(), is_sending=is_sending)),
            settings,
        )


def _job(settings: Settings, listening: int, *, is_sending: bool) -> str:
    """The supervisor's job as JSON: which processes to keep alive, and how to log."""
    parent = os.getpid()  # the supervisor will have the same process id
    publisher = supervisor.Role("publisher", role_command("publisher", parent=parent), rescans=True)
    counts = shared_file(settings.workers) if settings.http.metrics else NO_COUNTS
    files = (listening,) if counts == NO_COUNTS else (listening, counts)
    webs = [
        supervisor.Role(
            "web", role_command("web", listening, parent, counts, place), files, longest_delay=_WEB_DELAY
        )
        for place in range(settings.workers)
    ]
    sender = supervisor.Role("sender", role_command("sender", parent=parent), on_demand=True, is_wanted=is_sending)
    senders = [] if settings.access == "private" else [sender]
    roles = [role._asdict() for role in (publisher, *webs, *senders)]
    return json.dumps({"roles": roles, "log_format": format_for(settings), "log_level": settings.log.level})
