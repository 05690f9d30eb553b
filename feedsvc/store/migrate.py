"""Making the tables of a new store, and migrations that bring older ones up to date, under the writers' lock."""

import logging
import sqlite3
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, text

from feedsvc.core.errors import StoreError, StoreTooNewError
from feedsvc.store.engine import Database
from feedsvc.store.schema import FIRST_ROWS, metadata

HEAD = "0023"
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
    with closing(Database(database.address, PATIENCE)) as patient, patient.writing() as connection:
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
        StoreTooNewError: The store stands at a migration that is not among ours.
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
    revision = revision_of(connection)
    if revision is not None and revision not in known:
        raise StoreTooNewError(f"{shown} was written by a newer feedsvc", "upgrade feedsvc")
    command.upgrade(config, "head")


def _refuse_foreign_tables(connection: Connection, shown: str) -> None:
    if foreign := sorted(metadata.tables.keys() & inspect(connection).get_table_names()):
        raise StoreError(
            f"{shown} holds another program's tables ({', '.join(foreign)})", "name another file or database"
        )
