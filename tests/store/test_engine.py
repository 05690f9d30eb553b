"""Store URLs: which there are, and how they are shown."""

from pathlib import Path

import pytest

from feedsvc.core.errors import StoreError
from feedsvc.store.engine import parse


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:///feedsvc.db", "sqlite+pysqlite"),
        ("sqlite+pysqlite:///feedsvc.db", "sqlite+pysqlite"),
        ("postgresql://user@host/feeds", "postgresql+psycopg"),
        ("postgres://user@host/feeds", "postgresql+psycopg"),
        ("postgresql+psycopg://user@host/feeds", "postgresql+psycopg"),
    ],
)
def test_a_url_chooses_the_driver(text: str, driver: str) -> None:
    """People write the database; the driver is ours to know."""
    address = parse(text)
    assert address.url.drivername == driver
    assert address.is_sqlite == text.startswith("sqlite")


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("sqlite:///feedsvc.db", str(Path.cwd() / "feedsvc.db")),
        ("sqlite:////var/lib/feeds.db", "/var/lib/feeds.db"),
        ("sqlite:///file:/var/lib/feeds.db?mode=ro&uri=true", None),
        ("postgresql://host/feeds", None),
    ],
    ids=["relative", "absolute", "URI", "server"],
)
def test_a_file_is_known_by_its_absolute_path(text: str, file: str | None) -> None:
    """Messages can then name the folder, wherever the process stands."""
    assert parse(text).file == file


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://user:secret@host/feeds", "postgresql://user:***@host/feeds"),
        ("postgresql://host/feeds?password=secret", "postgresql://host/feeds?password=***"),
        ("postgresql://host/feeds?sslpassword=secret", "postgresql://host/feeds?sslpassword=***"),
        ("postgresql://user:s/e:cret@host/feeds?sslmode=a", "postgresql://user:***@host/feeds?sslmode=a"),
        ("sqlite:////var/lib/a:b.db", "sqlite:////var/lib/a:b.db"),
    ],
)
def test_a_password_is_never_shown(text: str, shown: str) -> None:
    """The URL stands in logs and messages, its password does not."""
    assert parse(text).shown == shown


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("feedsvc.db", "'feedsvc.db' is no store URL"),
        ("", "'' is no store URL"),
        ("postgresql://user:secret@host:port/feeds", "'postgresql://user:***@host:port/feeds' is no store URL"),
        (
            "mysql://user:secret@host/feeds",
            "mysql://user:***@host/feeds is of a database that feedsvc does not know",
        ),
        ("postgresql+asyncpg://host/feeds", "postgresql+asyncpg://host/feeds is of a database"),
        ("sqlite://", "sqlite:// names no file"),
        ("sqlite://feedsvc.db", "sqlite://feedsvc.db names no file"),
        ("sqlite:///:memory:", "sqlite:///:memory: names no file"),
        ("sqlite:///file:feeds?mode=memory&uri=true", "names no file"),
    ],
)
def test_what_is_no_store_url_is_refused(text: str, what: str) -> None:
    """The message says what is wrong with it, without a password, and how a URL is written."""
    with pytest.raises(StoreError) as caught:
        parse(text)
    assert what in caught.value.what
    assert "secret" not in str(caught.value)
    assert "sqlite:///file.db" in caught.value.remedy


def test_an_unescaped_at_sign_is_explained() -> None:
    """Half of the password would else be taken for the host, and be shown."""
    with pytest.raises(StoreError, match=r"^postgresql://user:\*\*\*@host/feeds has .*: write the @ as %40$"):
        parse("postgresql://user:se@cret@host/feeds")
