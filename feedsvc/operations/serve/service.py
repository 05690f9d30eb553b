"""``feedsvc serve``: check settings, directory, store and address, then turn this process into the supervisor."""

import json
import os
import shutil
import signal
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Literal, NoReturn

from feedsvc.articles.source.scanner import check_directory
from feedsvc.core.errors import FeedsvcError
from feedsvc.core.logs import format_for
from feedsvc.core.settings.model import Settings
from feedsvc.operations.serve import supervisor
from feedsvc.operations.serve.listener import announce, listen
from feedsvc.operations.serve.role import NO_COUNTS, NO_PREVIEW, NO_SOCKET, become, program, role_command
from feedsvc.publishing.site_access import claim
from feedsvc.store.store import open_store
from feedsvc.web.request_counts import shared_file

_WEB_DELAY = 2.0
"""The most seconds before a web worker is restarted, however often it died, because readers wait for it."""


def serve(settings: Settings, preview: Literal["no", "articles", "drafts"] = "no") -> NoReturn:
    """Publish and serve until SIGTERM or Ctrl-C; SIGHUP scans the directory at once.

    Args:
        settings: The settings of the site.
        preview: Whether to show the site to this machine alone, and its drafts too (:mod:`.preview`).

    Raises:
        DirectoryError: The articles directory does not exist or cannot be read.
        StoreError: The store cannot be opened.
        PrivacyError: The store is of a private site, and the settings of a public one, or the other way round.
        ListenError: The address cannot be bound.
        SettingsError: A preview would listen where others can reach it.
    """
    check_directory(settings.articles)
    if preview == "no":
        _serve(settings, _Job())
    from feedsvc.operations.serve.preview import (  # noqa: PLC0415 - most do without
        Preview,
        check_host,
        fill_folder,
        preview_settings,
    )

    check_host(settings)
    told = Preview(settings.public_url, settings.article_url, preview == "drafts")
    folder = fill_folder(settings)
    try:
        _serve(preview_settings(settings, folder), _Job(preview=told.encode(), folder=str(folder)))
    except FeedsvcError:
        shutil.rmtree(folder)
        raise


def _serve(settings: Settings, job: "_Job") -> NoReturn:
    with closing(open_store(settings.store_url)) as store:
        claim(store.operator, settings.access)
        job = replace(job, is_sending=settings.has_destinations or store.push.has_subscribers())
    with listen(settings) as listener:
        # A signal that comes from here on waits for the supervisor, which then ends the service in order.
        signal.pthread_sigmask(signal.SIG_BLOCK, supervisor.SIGNALS)
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        settings = settings.with_local_address() if job.preview else settings
        announce(settings)
        listener.set_inheritable(True)
        job = replace(job, listening=listener.fileno())
        become(program(supervisor.__name__, job.encode(settings)), settings)


@dataclass(frozen=True, slots=True)
class _Job:
    """The supervisor's job: which processes to keep alive, and how to log."""

    listening: int = NO_SOCKET
    is_sending: bool = False
    preview: str = NO_PREVIEW
    folder: str | None = None
    """A temporary folder that goes at the end."""

    def encode(self, settings: Settings) -> str:
        """As JSON."""
        roles = [role._asdict() for role in self._roles(settings)]
        logs = {"log_format": format_for(settings), "log_level": settings.log.level}
        return json.dumps({"roles": roles, "folder": self.folder, **logs})

    def _roles(self, settings: Settings) -> list[supervisor.Role]:
        parent = os.getpid()  # the supervisor will have the same process id
        publishing = role_command("publisher", parent=parent, preview=self.preview)
        publisher = supervisor.Role("publisher", publishing, rescans=True)
        counts = shared_file(settings.workers) if settings.http.metrics else NO_COUNTS
        files = (self.listening,) if counts == NO_COUNTS else (self.listening, counts)
        webs = [
            supervisor.Role(
                "web", role_command("web", self.listening, parent, counts, place), files, longest_delay=_WEB_DELAY
            )
            for place in range(settings.workers)
        ]
        sending = role_command("sender", parent=parent)
        sender = supervisor.Role("sender", sending, on_demand=True, is_wanted=self.is_sending)
        is_told = settings.access == "public" and not self.preview
        return [publisher, *webs, *([sender] if is_told else [])]
