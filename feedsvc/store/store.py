"""The store: what publisher, web workers and commands share, in one SQLite file or PostgreSQL database."""

from contextlib import closing
from pathlib import Path

from feedsvc.core.errors import StoreError
from feedsvc.store.edition_store import EditionStore
from feedsvc.store.engine import Database, check_driver, check_file
from feedsvc.store.hub_watch_store import HubWatchStore
from feedsvc.store.migrate import migrate
from feedsvc.store.operator_store import OperatorStore
from feedsvc.store.publisher_store import PublisherStore
from feedsvc.store.push_store import PushStore
from feedsvc.store.url import parse


def open_store(url: str, patience: float = 5.0, *, make: bool = True) -> "Store":
    """Open the store at ``url``, made or brought up to date if need be. Several processes may do so at once.

    Args:
        url: ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://user@host/database``.
        patience: Seconds to wait for another writer before giving up.
        make: Whether to make a file that is not there; else that is an error.

    Raises:
        StoreTooNewError: A newer feedsvc wrote it.
        StoreError: It cannot be opened; the message names the URL (without password) and the remedy.
    """
    address = parse(url)
    if not make and address.file is not None and not Path(address.file).exists():
        raise StoreError(f"{address.shown} does not exist", "name another with --store, or publish first")
    database = Database(address, patience)
    try:
        migrate(database)
        database.watch_file()
    except BaseException:
        database.close()
        raise
    return Store(database)


def has_edition(url: str) -> bool:
    """Whether a store holds an edition. No file is made where there is none.

    Raises:
        StoreError: As :func:`open_store`.
    """
    address = parse(url)
    if address.file is not None and not Path(address.file).exists():
        return False
    with closing(open_store(url)) as store:
        return store.editions.newest().number > 0


def check_url(url: str) -> None:
    """Refuse the URL of a store that cannot be opened here. Nothing is opened or made, and no server is asked.

    Raises:
        StoreError: It is no URL of a store, its driver is not installed, or its file cannot be one.
    """
    address = parse(url)
    if not address.is_sqlite:
        check_driver(address)
    elif address.file is not None:
        check_file(address.file, address.shown)


class Store:
    """An open store, in parts by who uses them.

    A process that was forked must open its own. Made by :func:`open_store`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.editions = EditionStore(database)
        """For web workers, which serve the newest edition."""
        self.publisher = PublisherStore(database)
        """For the process that publishes, and for commands that change the ledger."""
        self.operator = OperatorStore(database)
        """For commands, and for the publisher where it answers them."""
        self.hub_watch = HubWatchStore(database)
        """For what watches outside hubs, and for the publisher, whose feeds name those that push."""
        self.push = PushStore(database)
        """For the hub, and for the process that pushes editions to those who want to hear of them."""

    def __repr__(self) -> str:
        return f"<Store {self._database.address.shown}>"

    def close(self) -> None:
        """Close the connections; what other processes do with the store goes on."""
        self._database.close()
