"""Stores of both kinds, and records and responses to put into them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import article
from postgres import Postgres

from feedsvc.articles.model import Author, Enclosure, MediaFile, Picture
from feedsvc.articles.record import Record
from feedsvc.documents.model import LANDING_PAGE
from feedsvc.responses.edition import Edition, new_identity
from feedsvc.responses.response import Representation, Response
from feedsvc.store.store import Store, open_store

BEGINNING = datetime(2026, 5, 1, 8, tzinfo=UTC)


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
        full = article(
            name,
            path=f"news/{name}.md",
            title="« Grüße » <3",
            summary="Ein Satz. 🐦",
            section="news",
            published=BEGINNING,
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
            "article": full,
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
            "traits": LANDING_PAGE,
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
            "key": "k" * 64,
            "digest": "d" * 64,
        }
        return Response(**(values | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def publish(store: Store) -> Callable[..., Edition]:
    """Publishes responses as the next edition, and drops paths."""

    def publish_next(*responses: Response, drop: tuple[str, ...] = ()) -> Edition:
        newest = store.editions.newest()
        seconds = 1_777_000_000 + newest.number
        edition = Edition(newest.number + 1, seconds, 1_800_000_000, new_identity())
        with store.publisher.round(newest) as transaction:
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
