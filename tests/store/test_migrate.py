"""The migrations make the tables that the code knows."""

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from postgres import Postgres
from sqlalchemy import Connection, inspect, select, text

from feedsvc.store.engine import Database
from feedsvc.store.migrate import FOLDER, HEAD, PATIENCE, REVISIONS, revision_of, upgrade
from feedsvc.store.schema import metadata
from feedsvc.store.store import open_store
from feedsvc.store.url import parse


def test_the_head_is_the_newest_migration() -> None:
    """A store is up to date when it stands at the last migration there is."""
    assert ScriptDirectory(FOLDER).get_current_head() == HEAD


@pytest.fixture
def migrated(url: str) -> Iterator[Database]:
    """A store that went through every migration, from an empty database on."""
    with closing(Database(parse(url), PATIENCE)) as database:
        with database.writing() as connection:
            upgrade(connection, url)
        yield database


def test_the_migrations_make_the_tables(migrated: Database) -> None:
    """From empty to head gives what the code's tables say, no more and no less."""
    options = {"version_table": REVISIONS, "compare_type": True}
    with migrated.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        assert revision_of(connection) == HEAD


def test_a_new_store_is_as_the_migrations_make_it(migrated: Database, tmp_path: Path, postgres: Postgres) -> None:
    """Table by table: columns, keys, indexes and rows; a new store is made at once, and never migrated."""
    is_file = migrated.address.file is not None
    new = f"sqlite:///{tmp_path}/new.db" if is_file else postgres.new_database()
    open_store(new).close()
    with closing(Database(parse(new), PATIENCE)) as made, made.reading() as one, migrated.reading() as other:
        assert contents(one) == contents(other)


def contents(connection: Connection) -> dict[str, object]:
    """All that a database holds, whatever the order in which it was made."""
    shown = inspect(connection)
    return {
        table: (
            sorted((each["name"], str(each["type"]), each["nullable"]) for each in shown.get_columns(table)),
            shown.get_pk_constraint(table)["constrained_columns"],
            sorted((str(each["name"]), each["column_names"], each["unique"]) for each in shown.get_indexes(table)),
            [(each["name"], each["referred_table"]) for each in shown.get_foreign_keys(table)],
            sorted(
                sorted(row.items())
                for row in connection.execute(select(text("*")).select_from(text(table))).mappings()
            ),
        )
        for table in shown.get_table_names()
    }


def test_alembic_is_not_heard(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What runs inside is not the operator's business."""
    caplog.set_level(logging.INFO)
    migrate_an_empty_file(tmp_path)
    assert caplog.records == []


def test_a_folder_with_a_percent_sign_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alembic's configuration would take the sign for a placeholder."""
    folder = tmp_path / "100%s"
    folder.symlink_to(FOLDER)
    monkeypatch.setattr("feedsvc.store.migrate.FOLDER", folder)
    migrate_an_empty_file(tmp_path)


def migrate_an_empty_file(folder: Path) -> None:
    """Run every migration."""
    address = parse(f"sqlite:///{folder}/store.db")
    with closing(Database(address, PATIENCE)) as database, database.writing() as connection:
        upgrade(connection, address.shown)
