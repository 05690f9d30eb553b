"""The store: one SQLite file or PostgreSQL database that publisher, web workers and commands share.

Opening it makes the tables of a new store, and migrates an older one, under the writers' lock.
"""

import logging
import sqlite3
from contextlib import closing, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, text

from feedsvc.core.errors import StoreError, StoreTooNewError
from feedsvc.store.editions import EditionStore
from feedsvc.store.engine import Address, Database, parse
from feedsvc.store.hub_watch_store import HubWatchStore
from feedsvc.store.operator_store import OperatorStore
from feedsvc.store.publisher_store import PublisherStore
from feedsvc.store.push_store import PushStore
from feedsvc.store.schema import FIRST_ROWS, metadata
from feedsvc.store.sqlite import SqliteDatabase, check_file, is_in_use


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
    database = connect(address, patience)
    try:
        migrate(database)
        database.watch_file()
    except BaseException:
        database.close()
        raise
    return Store(database)


def connect(address: Address, patience: float) -> Database:
    """The database at an address, as it is; a writer waits for another for ``patience`` seconds.

    Raises:
        StoreError: The driver for this database is not installed.
    """
    if address.is_sqlite:
        return SqliteDatabase(address, patience)
    _check_driver(address)
    from feedsvc.store.postgres import PostgresDatabase  # noqa: PLC0415 - it loads the driver

    return PostgresDatabase(address, patience)


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
        _check_driver(address)
    elif address.file is not None:
        check_file(address.file, address.shown)


def _check_driver(address: Address) -> None:
    """Refuse a PostgreSQL store where psycopg, which an extra brings, is not installed."""
    if find_spec("psycopg") is None:
        raise StoreError(
            f"{address.shown} needs psycopg, the driver for PostgreSQL",
            "install it with: pip install 'feedsvc[postgres]'",
        )


def rebuildable_file(url: str) -> Path:
    """The file of an SQLite store that no process has open.

    Raises:
        StoreError: The store is a server's, or in use.
    """
    address = parse(url)
    if address.file is None:
        raise StoreError(
            f"{address.shown} is not a file that can be renamed",
            "restore the database, or use `feedsvc store restore` with an empty one",
        )
    file = Path(address.file)
    if is_in_use(file):
        raise StoreError(f"{address.shown} is in use", "stop feedsvc first")
    return file


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


HEAD = "0025"
"""The newest migration. Known here so that a store that is up to date opens without Alembic, in half the time."""
REVISIONS = "feedsvc_revision"
"""The table that names a store's migration. Not Alembic's usual one: another program's may stand beside it."""
_revision = Table(
    REVISIONS,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{REVISIONS}_pkc"),
)
"""As Alembic makes it."""
FOLDER = Path(__file__).with_name("migrations")
PATIENCE = 60.0
"""Seconds to wait for another process that migrates the same store, which may take longer than any round."""


def migrate(database: Database) -> None:
    """Make the tables, or bring them up to date; only one process does, the others wait for it.

    Raises:
        StoreTooNewError: A newer feedsvc wrote this store.
        StoreError: The store cannot be read or written.
    """
    with database.reading() as connection:
        revision = revision_of(connection)
    if revision == HEAD:
        return
    if revision is not None:
        # It takes a while to load, and PostgreSQL ends the transaction of a writer that sends nothing for a while.
        import_module("alembic.command")
    with closing(connect(database.address, PATIENCE)) as patient, patient.writing() as connection:
        found = revision_of(connection)  # another process may have been faster
        if found is None:
            _make_tables(connection, database.address.shown)
        elif found != HEAD:
            upgrade(connection, database.address.shown)
    if revision is not None and database.address.file is not None:
        _shrink(database.address.file)


def _make_tables(connection: Connection, shown: str) -> None:
    """Make the tables of a new store at once, as all migrations together would, without loading Alembic."""
    _refuse_foreign_tables(connection, shown)
    metadata.create_all(connection)
    for table, rows in FIRST_ROWS:
        connection.execute(insert(table), rows)
    _revision.create(connection)
    connection.execute(insert(_revision), {"version_num": HEAD})


def _shrink(file: str) -> None:
    """Give the space that a migration has freed back to the system."""
    # Where another process uses the store, or the disk has no room for a copy, later rounds fill that space.
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file, timeout=1)) as connection:
        connection.execute("VACUUM")


def revision_of(connection: Connection) -> str | None:
    """The migration a store stands at; None for a new one."""
    if not inspect(connection).has_table(REVISIONS):
        return None
    return connection.execute(text(f"SELECT version_num FROM {REVISIONS}")).scalar()  # noqa: S608 - our constant


def upgrade(connection: Connection, shown: str) -> None:
    """Run the migrations that a store lacks, within the transaction of ``connection``.

    Raises:
        StoreTooNewError: A newer feedsvc wrote this store.
        StoreError: The store stands before the oldest migration.
    """
    # Alembic costs as much start-up time as all else here together, and is seldom needed.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    # Alembic logs its every step at level INFO.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config(attributes={"connection": connection, "version_table": REVISIONS})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    revision = str(revision_of(connection))
    if revision < min(known):
        remedy = "restore its ledger (`feedsvc store backup`, of that version) into a new store"
        raise StoreError(f"{shown} is older than the first feedsvc that was released", remedy)
    if revision not in known:
        raise StoreTooNewError(f"{shown} was written by a newer feedsvc", "upgrade feedsvc")
    command.upgrade(config, "head")


def _refuse_foreign_tables(connection: Connection, shown: str) -> None:
    if foreign := sorted(metadata.tables.keys() & inspect(connection).get_table_names()):
        raise StoreError(
            f"{shown} holds another program's tables ({', '.join(foreign)})", "name another file or database"
        )
