"""``feedsvc serve --preview``: the site as it will be, at an address of this machine and for nobody else.

A preview has a store of its own, in a temporary folder that goes when it ends, filled with the ids, dates and
pages of the site's store. So nothing that it shows, drafts included, is ever published or announced.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from feedsvc.core.errors import SettingsError
from feedsvc.core.settings.model import Settings
from feedsvc.core.settings.tables import Push
from feedsvc.core.urls import is_loopback
from feedsvc.operations.ledger import export_ledger
from feedsvc.publishing.options import RoundOptions, backup_file, round_options
from feedsvc.store.engine import sqlite_file

_STORE = "preview.db"
_ANY = 1_000_000
"""More articles than a safeguard ever counts: a preview harms no subscriber."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The data of a preview that its publisher needs beside the settings."""

    base_url: str
    """The base URL of the site itself; its links lead to the preview."""
    article_url: str | None
    drafts: bool
    """Whether drafts are shown."""

    def options(self, settings: Settings) -> RoundOptions:
        """The options of a round: ids and addresses are made as on the site itself."""
        real = settings.model_copy(update={"base_url": self.base_url, "article_url": self.article_url})
        options, site = round_options(settings), round_options(real)
        rules = replace(options.rules, other_base_url=self.base_url, drafts=self.drafts)
        return replace(options, rules=rules, authority=site.authority, addresses=site.addresses)


def check_host(settings: Settings) -> None:
    """Refuse an address that others can reach.

    Raises:
        SettingsError: The host is not of this machine alone.
    """
    if not is_loopback(settings.host):
        what = f"a preview is for this machine alone, and {settings.host} may be reached by others"
        raise SettingsError(what, "leave out --host, or name 127.0.0.1")


def fill_folder(settings: Settings) -> Path:
    """A temporary folder for the store of a preview, with the ledger of the site's store if there is one.

    Raises:
        StoreError: The store cannot be read.
        LedgerError: The folder cannot be written to.
    """
    folder = Path(tempfile.mkdtemp(prefix="feedsvc-preview-"))
    store = sqlite_file(settings.store_url)
    copy = backup_file(_with_own_store(settings, folder))
    if copy is not None and (store is None or store.exists()):
        export_ledger(settings, copy)
    return folder


def preview_settings(settings: Settings, folder: Path) -> Settings:
    """The settings of a preview: it has its own store, pushes nothing, and no safeguard stops it."""
    safeguards = settings.safeguards.model_copy(update={"removal_limit": 100, "flood_limit": _ANY})
    quiet = settings.model_copy(update={"push": Push(hub=False), "safeguards": safeguards})
    return _with_own_store(quiet, folder)


def _with_own_store(settings: Settings, folder: Path) -> Settings:
    return settings.with_store(f"sqlite:///{folder / _STORE}")
