"""The application, without a server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import httpx2
import pytest
from memory_store import CHANGED, MemoryStore, feed, page
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from feedsvc.articles.model import MediaFile
from feedsvc.core.errors import StoreError
from feedsvc.core.timestamps import http_date
from feedsvc.documents.model import GONE, MEDIA, REDIRECT, Document
from feedsvc.responses.answer import Policy
from feedsvc.web.app import Metrics, WorkerOptions, make_app
from feedsvc.web.edition_state import EditionState
from feedsvc.web.follower import Follower
from feedsvc.web.requests import Responder

NOW = CHANGED + 1000
DRAWING = MediaFile("", "/media/cd/drawing.svg", "image/svg+xml", 6, "cd" * 32, kept="ef" * 32)
SOUND = MediaFile("news/a b.mp3", "/media/ab/a-b.mp3", "audio/mpeg", 10, "ab" * 32)


class Opener(Protocol):
    """Opens a client for what a store holds."""

    def __call__(self, store: MemoryStore) -> TestClient:
        """Open it; the fixture closes it."""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens clients, whose articles directory is the test's own."""
    clients: list[TestClient] = []

    def open_client(store: MemoryStore) -> TestClient:
        editions = EditionState(store, store)
        responder = Responder(editions, Policy(60, 0, 0), lambda: NOW + 0.5)
        app = make_app(Follower(editions, 3600), editions, responder, tmp_path)
        client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        client.headers.clear()
        clients.append(client.__enter__())
        return client

    yield open_client
    for client in clients:
        client.__exit__()


@pytest.fixture
def client(store: MemoryStore, opened: Opener, tmp_path: Path) -> TestClient:
    """A client of a site with a feed, a page, an archive's page, a gone page, a redirect and a sound."""
    (tmp_path / "news").mkdir()
    (tmp_path / SOUND.source).write_bytes(b"0123456789")
    moved = Document("/rss", REDIRECT, "", b"", location="https://x.example/rss.xml")
    old = page("old", "/archive/1/")
    store.publish(
        old,
        page("gone", "/gone", GONE),
        moved,
        Document(SOUND.path, MEDIA, "", b"", file=SOUND),
        Document(DRAWING.path, MEDIA, "", b"<svg/>", file=DRAWING),
    )
    return opened(store)


@pytest.mark.parametrize(
    ("path", "status", "cache"),
    [
        pytest.param("/atom.xml", 200, "public, max-age=60", id="pinned"),
        pytest.param("/news/story", 200, "public, max-age=60", id="rendered"),
        pytest.param("/gone", 410, "public, max-age=60", id="gone"),
        pytest.param("/rss", 301, "public, max-age=60", id="redirect"),
        pytest.param("/nothing", 404, "public, max-age=10", id="unknown"),
        pytest.param("/a%0Ab", 404, "public, max-age=10", id="unknown, with a line break"),
        pytest.param(SOUND.path, 200, "public, max-age=31536000, immutable", id="media"),
        pytest.param(DRAWING.path, 200, "public, max-age=31536000, immutable", id="media of the store"),
        pytest.param("/news/story/", 301, "public, max-age=60", id="a slash too many"),
        pytest.param("/archive/1", 301, "public, max-age=60", id="a slash too few"),
        pytest.param("/healthz", 200, "no-store", id="alive"),
        pytest.param("/readyz", 200, "no-store", id="ready"),
    ],
)
def test_every_answer_has_status_freshness_and_date(
    client: TestClient, path: str, status: int, cache: str
) -> None:
    """RFC 9110, 6.6.1: the Date is told by every answer, from whichever part it comes; HEAD is as GET."""
    got, head = client.get(path), client.head(path)
    assert (got.status_code, got.headers["cache-control"]) == (status, cache)
    assert got.headers.get_list("date") == [http_date(NOW).decode()]
    assert (head.status_code, dict(head.headers)) == (status, dict(got.headers))


@pytest.mark.parametrize(
    "path", ["/atom.xml", "/news/story", "/nothing", "/rss", SOUND.path, "/news/story/", "/healthz", "/readyz"]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_refused_everywhere(client: TestClient, method: str, path: str) -> None:
    """RFC 9110, 15.5.6: with the methods that work."""
    response = client.request(method, path)
    assert response.status_code == 405
    assert {"GET", "HEAD"} <= set(response.headers["allow"].split(", "))
    assert "date" in response.headers


def test_a_query_changes_nothing(client: TestClient) -> None:
    """Trackers add them; the feed is the same."""
    assert client.get("/atom.xml?utm_source=x").content == client.get("/atom.xml").content
    assert client.get("/news/story?x").status_code == 200


def test_an_encoded_path_is_the_same_path(client: TestClient) -> None:
    """RFC 3986, 6.2.2.2: unreserved characters may come encoded."""
    assert client.get("/%61tom.xml").status_code == 200


@pytest.mark.parametrize("path", ["/atom.xml", "/news/story"])
def test_codings_and_conditions_work_pinned_and_rendered(client: TestClient, path: str) -> None:
    """Both ways lead to the same answers."""
    got = client.get(path, headers={"accept-encoding": "gzip"})
    assert (got.headers["content-encoding"], got.headers["vary"]) == ("gzip", "Accept-Encoding")
    again = client.get(path, headers={"if-none-match": got.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", got.headers["etag"])
    assert client.get(path, headers={"if-modified-since": got.headers["last-modified"]}).status_code == 304


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/news/story/", "../../news/story"),
        ("/news/story//", "../../../news/story"),
        ("/news//story", "../../news/story"),
        ("/atom.xml/", "../atom.xml"),
        ("/with%3Fmark/", "../with%3Fmark"),
        ("/archive/1", "../archive/1/"),
        ("/archive//1", "../../archive/1/"),
    ],
)
def test_an_untidy_address_leads_to_the_page(store: MemoryStore, opened: Opener, asked: str, target: str) -> None:
    """Relative, so that it holds below any prefix that a proxy takes away."""
    store.publish(page(path="/with?mark"), page(path="/archive/1/"))
    client = opened(store)
    response = client.send(client.build_request("GET", httpx2.URL("http://testserver", raw_path=asked.encode())))
    assert (response.status_code, response.headers["location"]) == (301, target)


@pytest.mark.parametrize(
    "path", ["/", "//", "/news/", "/news/../../..", "//x.example/", "/healthz/", "/atom.xmls"]
)
def test_other_addresses_lead_nowhere(client: TestClient, path: str) -> None:
    """Only a known address is redirected to, never another host."""
    assert client.get(f"http://testserver{path}").status_code == 404


def test_before_the_first_edition_everyone_is_asked_to_wait(empty: MemoryStore, opened: Opener) -> None:
    """RFC 9110, 15.6.4: 503 with Retry-After, which no cache keeps."""
    client = opened(empty)
    for path in ("/", "/atom.xml", "/readyz"):
        response = client.get(path)
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert response.headers["cache-control"] == "no-store"
    assert "first edition" in client.get("/").text
    assert client.get("/readyz").json() == {"edition": None}
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_ledger_that_was_restored_is_no_edition_to_serve(empty: MemoryStore, opened: Opener) -> None:
    """It has the number of the last one; the renderer is not asked before a round has prepared documents."""
    empty.publish()
    client = opened(empty)
    for path in ("/", "/atom.xml", "/news/story", "/nothing"):
        assert client.get(path).status_code == 503
    assert "first edition" in client.get("/news/story").text
    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (503, {"edition": None})
    assert not empty.rendered


def test_readiness_tells_the_edition(client: TestClient) -> None:
    """An operator sees which one is served."""
    assert client.get("/readyz").json() == {"edition": 2}


def test_a_store_that_is_away_costs_only_what_is_not_in_memory(client: TestClient, store: MemoryStore) -> None:
    """Feeds go on; a page asks to come back; the log says so once."""
    store.break_down()
    with capture_logs() as logs:
        last = [client.get("/news/story") for _ in range(3)][-1]
    assert (last.status_code, last.headers["retry-after"]) == (503, "1")
    assert client.get("/atom.xml").status_code == 200
    assert [log["error"] for log in logs] == ["the store is away"]


def test_a_fault_shows_the_client_nothing_of_the_program(client: TestClient, store: MemoryStore) -> None:
    """RFC 9110, 15.6.1: a 500, and the traceback is for the log."""
    store.error = ZeroDivisionError("inner matters")
    response = client.get("/news/story")
    assert (response.status_code, response.text) == (500, "Internal Server Error")


def test_a_file_comes_whole_with_its_own_fields(client: TestClient) -> None:
    """Its validators are those of its record, not of the disk."""
    response = client.get(SOUND.path)
    assert response.content == b"0123456789"
    assert response.headers["content-type"] == "audio/mpeg"
    assert response.headers["etag"] == '"q6urq6urq6urq6urq6urq6"'
    assert response.headers["last-modified"] == http_date(CHANGED).decode()
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["content-length"] == "10"


@pytest.mark.parametrize(
    ("headers", "status", "content"),
    [
        pytest.param({"range": "bytes=2-4"}, 206, b"234", id="14.1.2 a part"),
        pytest.param({"range": "bytes=-3"}, 206, b"789", id="14.1.2 the end"),
        pytest.param({"range": "bytes=8-"}, 206, b"89", id="14.1.2 from there on"),
        pytest.param({"range": "items=1-2"}, 200, b"0123456789", id="14.2 unknown unit"),
        pytest.param({"range": "bytes=20-30"}, 416, None, id="14.4 outside"),
        pytest.param(
            {"range": "bytes=2-4", "if-range": '"q6urq6urq6urq6urq6urq6"'}, 206, b"234", id="13.1.5 same tag"
        ),
        pytest.param({"range": "bytes=2-4", "if-range": '"old"'}, 200, b"0123456789", id="13.1.5 other tag"),
        pytest.param(
            {"range": "bytes=2-4", "if-none-match": '"q6urq6urq6urq6urq6urq6"'},
            304,
            b"",
            id="13.2.2 condition first",
        ),
    ],
)
def test_players_may_ask_for_parts(
    client: TestClient, headers: dict[str, str], status: int, content: bytes | None
) -> None:
    """RFC 9110, 14."""
    response = client.get(SOUND.path, headers=headers)
    assert response.status_code == status
    assert content is None or response.content == content
    assert "date" in response.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_that_changed_on_disk_is_missing(client: TestClient, tmp_path: Path, method: str) -> None:
    """Its address names other bytes; the log names the file."""
    (tmp_path / SOUND.source).write_bytes(b"other")
    with capture_logs() as logs:
        response = client.request(method, SOUND.path)
    assert (response.status_code, response.headers["cache-control"]) == (404, "public, max-age=10")
    assert [(log["event"], log["file"]) for log in logs] == [("media file missing or changed", SOUND.source)]


def test_without_a_page_for_it_a_missing_file_is_a_matter_of_time(empty: MemoryStore, opened: Opener) -> None:
    """An edition without its 404 page is not one of ours; nothing breaks all the same."""
    empty.publish(feed(), Document(SOUND.path, MEDIA, "", b"", file=SOUND))
    assert opened(empty).get(SOUND.path).status_code == 503


class TestMetrics:
    """``/metrics`` is there when it is wanted."""

    def test_nobody_finds_it_by_default(self, client: TestClient) -> None:
        """It is a path like any other that is not there."""
        assert client.get("/metrics").status_code == client.get("/nowhere").status_code

    def test_it_answers_what_it_is_given(self, tmp_path: Path) -> None:
        """With its media type, fresh each time."""
        answer = ask_metrics(tmp_path, lambda: (b"feedsvc_edition 1.0\n", "text/plain; version=1.0.0"))
        assert (answer.status_code, answer.text) == (200, "feedsvc_edition 1.0\n")
        assert answer.headers["content-type"] == "text/plain; version=1.0.0"
        assert answer.headers["cache-control"] == "no-store"

    def test_a_store_that_is_away_is_told(self, tmp_path: Path) -> None:
        """Prometheus notes a failed scrape, and the feeds go on."""

        def away() -> tuple[bytes, str]:
            raise StoreError("the store is away", "bring it back")

        answer = ask_metrics(tmp_path, away)
        assert (answer.status_code, answer.text) == (503, "the store is away: bring it back\n")


def ask_metrics(directory: Path, metrics: Metrics) -> httpx2.Response:
    """What ``/metrics`` answers."""
    editions = EditionState(MemoryStore(), MemoryStore())
    responder = Responder(editions, Policy(60, 0, 0), lambda: NOW)
    with TestClient(
        make_app(Follower(editions, 3600), editions, responder, directory, WorkerOptions(metrics=metrics))
    ) as client:
        return client.get("/metrics")
