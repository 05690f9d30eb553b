"""What the migrations make of the rows that an older version wrote."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from unittest.mock import ANY

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from postgres import Postgres
from sqlalchemy import Connection, create_engine, inspect, select, text

from feedsvc.articles.model import Problem
from feedsvc.articles.record import Record
from feedsvc.articles.safeguards import Overrides, Refusal
from feedsvc.documents.model import (
    ARCHIVE_FEED,
    ARTICLE_REDIRECT,
    EXPIRING_MEDIA,
    FEED,
    GONE,
    LANDING_PAGE,
    MEDIA,
    NOT_FOUND,
    OPML,
    PAGE,
    PREVIEW,
    REDIRECT,
    SITE_FEED,
    STYLESHEET,
)
from feedsvc.responses.edition import Edition
from feedsvc.responses.site_readers import Privacy, Reader
from feedsvc.store.engine import Database, parse
from feedsvc.store.lease import Lease, LeaseOwner
from feedsvc.store.operator_store import PublishRequest, Report
from feedsvc.store.rows import record_row
from feedsvc.store.schema import metadata
from feedsvc.store.store import FOLDER, HEAD, PATIENCE, REVISIONS, connect, open_store, revision_of, upgrade

BASELINE = (Path(__file__).parents[1] / "data/stores/0009.sql").read_text("utf-8")
"""The tables and rows of a new store at the first migration."""


def make_baseline(connection: Connection) -> None:
    """Make a store that stands at the first migration."""
    bytes_type = "BLOB" if connection.dialect.name == "sqlite" else "BYTEA"
    for statement in BASELINE.replace("{BYTES}", bytes_type).split(";\n")[:-1]:
        connection.exec_driver_sql(statement)


def _upgrade(connection: Connection, revision: str) -> None:
    """Make the tables as they were at a migration."""
    make_baseline(connection)
    config = Config(attributes={"connection": connection, "version_table": REVISIONS})
    config.set_main_option("script_location", str(FOLDER))
    command.upgrade(config, revision)


_TICKETS = (
    "INSERT INTO tickets VALUES ('aa', '/members/', 'a', 'Ada', 1, NULL), ('bb', '/members/', 'b', '', 2, 5)",
)
_REVOKED = ("INSERT INTO tickets VALUES ('bb', '/members/', 'b', '', 2, 5)",)
_EDITION = ("INSERT INTO editions VALUES (1, 10, NULL)",)
_RESPONSES = tuple(
    f"INSERT INTO responses VALUES ('{path}', 1, {dropped}, 200, '[]', 10, NULL, TRUE, 'k', 'd', '[]', '')"  # noqa: S608 - our own words
    for path, dropped in (("/", "FALSE"), ("private:members/rss.xml", "FALSE"), ("private:old/rss.xml", "TRUE"))
)


@pytest.mark.parametrize(
    ("rows", "access", "revoked"),
    [
        ((), None, {}),
        (_EDITION, "public", {}),
        ((*_EDITION, _RESPONSES[0], *_REVOKED), "public", {"bb": 5}),
        ((*_EDITION, _RESPONSES[2]), "public", {}),
        ((*_EDITION, *_RESPONSES), "channels", {}),
        (_TICKETS, "channels", {"aa": None, "bb": 5}),
    ],
    ids=["new", "public", "nobody has a token", "no channel any more", "a channel", "a reader"],
)
def test_a_store_with_private_channels_is_for_nobody_until_that_is_decided(
    url: str, rows: tuple[str, ...], access: str | None, revoked: dict[str, int | None]
) -> None:
    """Its feeds are gone, and its tokens open nothing, since they opened one channel and no site."""
    begin = int(time.time())
    engine = create_engine(parse(url).url)
    with engine.begin() as connection:
        make_baseline(connection)
        for row in rows:
            connection.execute(text(row))
    engine.dispose()
    with closing(open_store(url)) as store:
        privacy = store.operator.privacy()
        assert privacy.access == access
        assert {reader.digest for reader in privacy.readers} == revoked.keys()
        for reader in privacy.readers:
            assert reader.revoked is not None
            assert reader.revoked == revoked[reader.digest] or reader.revoked >= begin
        assert store.editions.valid_tokens(-1) == (2 * len(revoked), {})
        served = store.editions.changes()
        paths = (*served.stored, *(response.path for response in served.pinned))
        assert not [path for path in paths if "private" in path]


_VERSION_14 = (
    "INSERT INTO editions VALUES (3, 10, 99, 'ee')",
    "INSERT INTO bodies VALUES ('b1', '<p>x</p>')",
    """
    INSERT INTO records (id, page, path, published, updated, settled, present, listed, changed, former, passages,
    stamp, source, body, article) VALUES ('id', '/n/a', 'n/a.md', 10, 20, TRUE, TRUE, TRUE, 20, '["/old"]',
    '[["tag", "sea", "Sea", 15]]', 'stamp', 'source', 'b1', :article)
    """,
    "INSERT INTO inline_media VALUES ('id', 'b1')",
    "INSERT INTO seats VALUES ('/', 'id', 4)",
    "INSERT INTO site VALUES (1, 'private')",
    "INSERT INTO readers VALUES ('dd', 'tok', 'Ada', 1, NULL)",
    "INSERT INTO set_aside VALUES ('bad.md', 'fatal', 'stamp', 'it hangs', 'mend it')",
    "UPDATE lease SET holder = 'host:1:x', term = 5",
    "UPDATE desk SET wish = 2, consent = '{\"flood\": true}', served = 1, report = :report",
)


def test_all_that_a_store_holds_stays_when_tables_and_columns_are_renamed(
    url: str, record: Callable[..., Record]
) -> None:
    """An article keeps its id, dates, pages and archive positions; a reader the token; a request its overrides."""
    known = record("a", body="b1")
    held = Problem("a.md", 1, 'a "rail": of wood', "mend it", safeguard="headers")
    report = Report(time=5, problems=(held,), refusals=(Refusal("flood", "too many", "look", ("a.md",)),))
    old = json.dumps(asdict(report)).replace('"safeguard": ', '"rail": ')
    values = {"article": record_row(known)["article"], "report": old}
    engine = create_engine(parse(url).url)
    with engine.begin() as connection:
        _upgrade(connection, "0014")
        for row in _VERSION_14:
            connection.execute(text(row), {name: value for name, value in values.items() if f":{name}" in row})
    engine.dispose()
    with closing(open_store(url)) as store:
        state = store.publisher.state()
        assert state.edition == Edition(3, 10, 99, "ee")
        assert state.archive_positions == {"/": {"id": 4}}
        assert [file.fatal for file in state.set_aside.values()] == ["fatal"]
        found = state.records["id"]
        assert (found.former_pages, found.stamp, found.source) == (("/old",), "stamp", "source")
        assert [(each.key, each.when.timestamp()) for each in found.membership_changes] == [("sea", 15)]
        assert found.article.title == known.article.title
        assert store.operator.privacy() == Privacy("private", (Reader("dd", "tok", "Ada", 1),))
        assert store.publisher.acquire(LeaseOwner.this()) == Lease(ANY, 6, ANY, ANY)
        assert store.operator.take_request() == PublishRequest(2, Overrides(flood=True))
        assert store.operator.report() == (report, 1)
        with store.publisher.round(state.edition) as transaction:
            assert transaction.body("b1") == "<p>x</p>"


_LINK = '["link", "<https://x.example/>; rel=\\"alternate\\"; type=\\"application/rss+xml\\""]'
_HTML = '["content-type", "text/html; charset=utf-8"]'
_RSS = '["content-type", "application/rss+xml; charset=utf-8"]'
_BROWSERS = '["vary", "Accept-Encoding, Sec-Fetch-Dest"]'
_ARCHIVED = replace(ARCHIVE_FEED, preview="/archive/1/")
_OLD_RESPONSES = {
    "/": (200, True, f"[{_HTML}, {_LINK}]", LANDING_PAGE),
    "/news/heron": (200, False, f"[{_HTML}, {_LINK}]", PAGE),
    "/rss.xml": (200, True, f"[{_RSS}, {_BROWSERS}]", replace(SITE_FEED, preview="preview/")),
    "/news/atom.xml": (200, True, '[["content-type", "application/atom+xml"]]', FEED),
    "/archive/1/rss.xml": (
        200,
        False,
        f"[{_RSS}, {_BROWSERS}]",
        _ARCHIVED,
    ),
    "preview/": (200, False, f"[{_HTML}, {_BROWSERS}]", PREVIEW),
    "/feeds.opml": (200, False, '[["content-type", "text/x-opml; charset=utf-8"]]', OPML),
    "/style.css": (200, True, '[["content-type", "text/css; charset=utf-8"]]', STYLESHEET),
    "/media/ab/a.png": (200, False, '[["content-type", "image/png"]]', MEDIA),
    "/media/cd/rss.xml": (200, False, f'[{_RSS}, ["sunset", "x"]]', EXPIRING_MEDIA),
    "/feed": (301, True, '[["location", "https://x.example/rss.xml"]]', REDIRECT),
    "/news/old": (301, False, '[["location", "https://x.example/news/heron"]]', ARTICLE_REDIRECT),
    "/news/gone/rss.xml": (410, False, f"[{_HTML}]", GONE),
    "404": (404, True, f"[{_HTML}]", NOT_FOUND),
}
"""By path: status, whether workers held it, its header fields in JSON, and what the document is."""


def test_older_responses_tell_what_the_documents_are(url: str) -> None:
    """What was concluded from a path, a status and header fields when it was served stands in columns.

    What is rendered on demand since is deleted.
    """
    engine = create_engine(parse(url).url)
    with engine.begin() as connection:
        _upgrade(connection, "0014")
        connection.execute(text("INSERT INTO editions VALUES (1, 10, NULL, 'a')"))
        for path, (status, hot, headers, _) in _OLD_RESPONSES.items():
            connection.execute(
                text(
                    "INSERT INTO responses VALUES"
                    " (:path, 1, FALSE, :status, :headers, 10, NULL, :hot, 'k', 'd', '[]', '')"
                ),
                {"path": path, "status": status, "headers": headers, "hot": hot},
            )
    engine.dispose()
    with closing(open_store(url)) as store:
        found = {path: store.editions.fetch(path) for path in _OLD_RESPONSES}
    assert {path: row and row[1].traits for path, row in found.items()} == {
        path: traits if traits.prepared else None for path, (_, _, _, traits) in _OLD_RESPONSES.items()
    }


def test_a_store_shrinks_when_its_pages_are_deleted(tmp_path: Path) -> None:
    """What is rendered on demand since was most of it; the space is given back to the system."""
    url = f"sqlite:///{tmp_path}/store.db"
    engine = create_engine(parse(url).url)
    with engine.begin() as connection:
        _upgrade(connection, "0017")
        for number in range(100):
            connection.execute(
                text(
                    "INSERT INTO responses (path, edition, dropped, kind, prepared, caching, headers,"
                    " last_modified, key, digest, codings, content)"
                    " VALUES (:path, 1, FALSE, 'page', FALSE, 'usual', '[]', 10, 'k', 'd', '[]', :content)"
                ),
                {"path": f"/{number}", "content": b"x" * 10_000},
            )
    engine.dispose()
    before = (tmp_path / "store.db").stat().st_size
    open_store(url).close()
    assert (tmp_path / "store.db").stat().st_size < before / 3


def test_the_head_is_the_newest_migration() -> None:
    """A store is up to date when it stands at the last migration there is."""
    assert ScriptDirectory(FOLDER).get_current_head() == HEAD


@pytest.fixture
def migrated(url: str) -> Iterator[Database]:
    """A store that went through every migration."""
    with closing(connect(parse(url), PATIENCE)) as database:
        with database.writing() as connection:
            make_baseline(connection)
            upgrade(connection, url)
        yield database


def test_the_migrations_make_the_tables(migrated: Database) -> None:
    """From the first to head gives what the code's tables say, no more and no less."""
    options = {"version_table": REVISIONS, "compare_type": True}
    with migrated.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        assert revision_of(connection) == HEAD


def test_a_new_store_is_as_the_migrations_make_it(migrated: Database, tmp_path: Path, postgres: Postgres) -> None:
    """Table by table: columns, keys, indexes and rows; a new store is made at once, and never migrated."""
    is_file = migrated.address.file is not None
    new = f"sqlite:///{tmp_path}/new.db" if is_file else postgres.new_database()
    open_store(new).close()
    with closing(connect(parse(new), PATIENCE)) as made, made.reading() as one, migrated.reading() as other:
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
    migrate_a_file(tmp_path)
    assert caplog.records == []


def test_a_folder_with_a_percent_sign_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alembic's configuration would take the sign for a placeholder."""
    folder = tmp_path / "100%s"
    folder.symlink_to(FOLDER)
    monkeypatch.setattr("feedsvc.store.store.FOLDER", folder)
    migrate_a_file(tmp_path)


def migrate_a_file(folder: Path) -> None:
    """Run every migration."""
    address = parse(f"sqlite:///{folder}/store.db")
    with closing(connect(address, PATIENCE)) as database, database.writing() as connection:
        make_baseline(connection)
        upgrade(connection, address.shown)
