"""The role of the publisher: open the store and run rounds for as long as the service, or a preview, runs.

``feedsvc serve --preview`` shows the site as it will be, at an address of this machine and for nobody else. A
preview has a store of its own, in a temporary folder that goes when it ends, filled with the ids, dates and pages
of the site's store. So nothing that it shows, drafts included, is ever published or announced.
"""

import gc
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from feedsvc.articles.reading.pool import ReaderPool
from feedsvc.core.errors import SettingsError
from feedsvc.core.process import give_back_memory
from feedsvc.core.settings.model import Settings
from feedsvc.core.settings.tables import Push
from feedsvc.core.timestamps import now
from feedsvc.core.urls import is_loopback
from feedsvc.operations.ledger import export_ledger, restore_backup
from feedsvc.operations.serve.children import tell_ready
from feedsvc.publishing.options import RoundOptions, backup_file, round_options
from feedsvc.publishing.publisher import Publisher
from feedsvc.publishing.theme_folder import is_theme_file
from feedsvc.publishing.triggers import FolderWatch
from feedsvc.store.engine import sqlite_file
from feedsvc.store.ledger_copy import LedgerCopy, warn_of_loose_files
from feedsvc.store.store import open_store

THEME = "theme"
"""The reason of a round that a change of the theme requests."""
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
    copy = backup_file(settings.with_store(f"sqlite:///{folder / _STORE}"))
    if copy is not None and (store is None or store.exists()):
        export_ledger(settings, copy)
    return folder


def preview_settings(settings: Settings, folder: Path) -> Settings:
    """The settings of a preview: it has its own store, pushes nothing, and no safeguard stops it."""
    safeguards = settings.safeguards.model_copy(update={"removal_limit": 100, "flood_limit": _ANY})
    quiet = settings.model_copy(update={"push": Push(hub=False), "safeguards": safeguards})
    return quiet.with_store(f"sqlite:///{folder / _STORE}")


def run_publisher(settings: Settings, orphaned: Callable[[], bool], preview: Preview | None = None) -> None:
    """Run a round at once, at the interval, when an article appears or expires, after file events and on SIGHUP.

    It ends at SIGTERM, or when ``orphaned()`` is true.
    """
    with closing(open_store(settings.store_url)) as store:
        warn_of_loose_files(settings.store_url)
        restore_backup(store, backup_file(settings), now())
        tell_ready()
        copy = LedgerCopy(backup_file(settings), store.operator.privacy)
        with ReaderPool(settings.most_reader_processes) as readers:
            options, interval = (preview.options if preview else round_options)(settings), settings.scan.interval
            publisher = Publisher(options, store, interval, now, copy, readers=readers, when_idle=collect_garbage)
            with ExitStack() as watches:
                for watch in _watches(settings, publisher):
                    watches.enter_context(watch)
                publisher.run(orphaned)


def _watches(settings: Settings, publisher: Publisher) -> Iterator[FolderWatch]:
    """The watched folders: the articles, and the theme."""
    if not settings.scan.watch:
        return
    yield FolderWatch(settings.articles, settings.scan.debounce, publisher.wake)
    if settings.pages.theme is not None:
        yield FolderWatch(
            settings.pages.theme, settings.scan.debounce, lambda *_: publisher.wake(THEME), is_theme_file
        )


def collect_garbage() -> None:
    """Collect garbage now, give its memory back, and exclude what is left from the collections of the next round.

    Ten thousand articles are a million objects. A collection over all of them takes a fifth of a second, which a
    round would spend while somebody waits for it.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    give_back_memory()
