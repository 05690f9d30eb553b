"""The migrations make the tables that the code knows."""

import logging
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from feedsvc.store.migrate import FOLDER, HEAD, REVISIONS, revision_of
from feedsvc.store.schema import metadata
from feedsvc.store.store import Store, open_store


def test_the_head_is_the_newest_migration() -> None:
    """A store is up to date when it stands at the last migration there is."""
    assert ScriptDirectory(FOLDER).get_current_head() == HEAD


def test_the_migrations_make_the_tables(store: Store) -> None:
    """From empty to head gives what the code's tables say, no more and no less."""
    options = {"version_table": REVISIONS, "compare_type": True}
    with store._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        assert revision_of(connection) == HEAD


def test_alembic_is_not_heard(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What runs inside is not the operator's business."""
    caplog.set_level(logging.INFO)
    open_store(f"sqlite:///{tmp_path}/store.db").close()
    assert caplog.records == []


def test_a_folder_with_a_percent_sign_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alembic's configuration would take the sign for a placeholder."""
    folder = tmp_path / "100%s"
    folder.symlink_to(FOLDER)
    monkeypatch.setattr("feedsvc.store.migrate.FOLDER", folder)
    open_store(f"sqlite:///{tmp_path}/store.db").close()
