"""The URL of a store: checked, and in a form without its password for messages."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from feedsvc.core.errors import StoreError
from feedsvc.core.printable import redacted_url

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_FORMS = "write sqlite:///file.db, sqlite:////absolute/file.db or postgresql://user@host/database"


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a store."""

    url: URL = field(repr=False)
    """With the driver that feedsvc uses."""
    shown: str
    """The URL without its password, for messages."""
    file: str | None
    """The absolute path of an SQLite file; None for a server, and for a ``file:`` URI."""

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite; else it is PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"


def parse(text: str) -> Address:
    """Read the URL of a store.

    Raises:
        StoreError: It is no URL, of another database, or names no file.
    """
    shown = redacted_url(text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # SQLAlchemy's message may contain the whole URL, with its password.
        raise StoreError(f"{shown!r} is no store URL", _FORMS) from None
    if "@" in (url.host or ""):
        # Half of the password would be taken for the host, and stand in messages.
        raise StoreError(f"{shown} has a password with an @ in it", "write the @ as %40")
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise StoreError(f"{shown} is of a database that feedsvc does not know", _FORMS)
    url = url.set(drivername=driver)
    return Address(url, shown, _file(url, shown) if driver.startswith("sqlite") else None)


def sqlite_file(text: str) -> Path | None:
    """The absolute path of the file that a store's URL names; None for a server, and for a ``file:`` URI."""
    file = parse(text).file
    return None if file is None else Path(file)


def _file(url: URL, shown: str) -> str | None:
    # A database in memory would be another one in each process, and gone after the last.
    in_memory = url.database in {None, "", ":memory:"} or url.query.get("mode") == "memory"
    if url.host or url.database is None or in_memory:
        raise StoreError(f"{shown} names no file", _FORMS)
    return None if url.database.startswith("file:") else os.path.abspath(url.database)  # noqa: PTH100 - as SQLAlchemy
