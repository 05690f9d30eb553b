"""The spool: where a round waits until it is whole.

A private SQLite database that has no name and vanishes with its process. What is small stays in memory, what is
large goes to a file in the system's folder for temporary files; so a round of any size needs little memory, and
the store is not locked while files are read and documents composed.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

from sqlalchemy import create_engine
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool

from feedsvc.store.engine import translated
from feedsvc.store.schema import archive_positions, bodies, inline_media, metadata, records, responses
from feedsvc.store.unit_of_work import Session
from feedsvc.store.url import Address

_ADDRESS = Address(URL.create("sqlite+pysqlite"), "the round's temporary file", None)
"""For messages alone."""
_TABLES = [bodies, inline_media, records, responses, archive_positions]
"""Made as they are in the store, so that a row fits both."""


@contextmanager
def staging() -> Iterator[Callable[[], Session]]:
    """What opens a spool, an empty one and always the same; it is gone when the block ends.

    Raises:
        StoreError: There is no room for temporary files.
    """
    with translated(_ADDRESS), ExitStack() as ends:
        yield cache(lambda: _opened(ends))


def _opened(ends: ExitStack) -> Session:
    engine = create_engine(_ADDRESS.url, creator=_connect, poolclass=StaticPool)
    ends.callback(engine.dispose)
    with translated(_ADDRESS):
        connection = ends.enter_context(engine.connect())
        metadata.create_all(connection, _TABLES)
    return Session(connection, _ADDRESS)


def _connect() -> sqlite3.Connection:
    # An empty name is SQLite's word for a private file (sqlite.org, "Temporary Databases").
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    # Nothing of it has to outlast anything.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    return connection
