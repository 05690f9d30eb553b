"""An address: the URL of a store, checked, and fit to be shown to people."""

import os
import re
from dataclasses import dataclass

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from feedsvc.errors import StoreError

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
    """Where a store is."""

    url: URL
    """With the driver that feedsvc uses."""
    shown: str
    """The URL without its password, for messages."""
    file: str | None
    """The absolute path of an SQLite file; None for a server, and for a ``file:`` URI."""


def parse(text: str) -> Address:
    """Read the URL of a store.

    Raises:
        StoreError: It is no URL, of another database, or names no file.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"{_veiled(text)} is no store URL", _FORMS) from error
    shown = _shown(url)
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise StoreError(f"{shown} is of a database that feedsvc does not know", _FORMS)
    url = url.set(drivername=driver)
    return Address(url, shown, _file(url, shown) if driver.startswith("sqlite") else None)


def _file(url: URL, shown: str) -> str | None:
    # A database in memory would be another one in each process, and gone after the last.
    in_memory = url.database in {None, "", ":memory:"} or url.query.get("mode") == "memory"
    if url.host or url.database is None or in_memory:
        raise StoreError(f"{shown} names no file", _FORMS)
    return None if url.database.startswith("file:") else os.path.abspath(url.database)  # noqa: PTH100 - as SQLAlchemy


def _shown(url: URL) -> str:
    secret = {name: "***" for name in url.query if "password" in name.lower()}
    return url.update_query_dict(secret).render_as_string(hide_password=True)


def _veiled(text: str) -> str:
    """A text that is no URL, with what may be a user and password taken out."""
    return re.sub(r"//.*@", "//***@", text)
