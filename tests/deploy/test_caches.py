"""feedsvc behind the caches of ``deploy/``: a poll costs nothing there either, and nothing gets old."""

import base64
import json
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path

import httpx2
import pytest
from http_caches import Cached
from serving import PATIENCE, command, environment, wait_for

from feedsvc.store.store import open_store

pytestmark = pytest.mark.slow(first=True)

LONGEST = 2.0
"""Seconds for which a copy may be used: a second fresh, and another while a new one is fetched."""


def test_a_poll_is_answered_from_the_cache(cached: Cached) -> None:
    """The second one never reaches feedsvc."""
    wait_for(lambda: cached.ask().headers["x-cache"] == "HIT", "a hit")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=0, br;q=0.0", None),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("x-gzip", "gzip"),
        ("brx, xbr", None),
    ],
)
def test_each_coding_has_a_copy_of_its_own(cached: Cached, accepted: str, coding: str | None) -> None:
    """RFC 9111, 4.1: nobody gets what somebody else asked for, the first time or the second."""
    for _ in range(2):
        with_coding = cached.ask(accept_encoding=accepted)
        assert with_coding.headers.get("content-encoding") == coding
        assert (
            with_coding.content == cached.service.client.get("/atom.xml", headers={"accept-encoding": ""}).content
        )


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_the_bytes_are_those_of_feedsvc(cached: Cached, coding: str) -> None:
    """A cache that compressed anew would send other bytes under the tag."""
    answers = []
    for url in (cached.service.url, cached.url):
        with httpx2.stream(
            "GET", f"{url}/atom.xml", headers={"accept-encoding": coding}, timeout=PATIENCE
        ) as response:
            answers.append((response.headers["etag"], b"".join(response.iter_raw())))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("accepted", ["", "gzip", "br"])
def test_an_unchanged_feed_is_a_304_there_too(cached: Cached, accepted: str) -> None:
    """RFC 9111, 4.3.2: by its tag, weak or strong, and by its date; Varnish knows no lists of tags."""
    wait_for(lambda: "last-modified" in cached.service.get("/atom.xml").headers, "the second after the edition's")
    cached.forget(accept_encoding=accepted)  # a copy of that second has no date
    got = cached.ask(accept_encoding=accepted)
    tag, date = got.headers["etag"], got.headers["last-modified"]
    for condition in [{"if_none_match": tag}, {"if_none_match": f"W/{tag}"}, {"if_modified_since": date}]:
        answer = cached.ask(accept_encoding=accepted, **condition)
        assert (answer.status_code, answer.content) == (304, b""), condition
        assert answer.headers["etag"] == tag


def test_a_query_makes_no_copy(cached: Cached) -> None:
    """Or a tracker could fill the cache."""
    wait_for(lambda: cached.ask().headers["x-cache"] == "HIT", "a hit")
    hits = [cached.ask(f"/atom.xml?utm={number}").headers["x-cache"] for number in range(5)]
    assert set(hits) <= {"HIT", "STALE", "UPDATING", "REVALIDATED", "EXPIRED"}


@pytest.mark.parametrize("path", ["/metrics", "/metrics?x", "//metrics"])
def test_metrics_stay_inside(cached: Cached, path: str) -> None:
    """The service itself answers for them."""
    assert cached.service.get("/metrics").status_code == 200
    assert "feedsvc_edition" not in cached.ask(path).text
    assert cached.ask("/metrics").status_code == 404


def test_a_query_that_asks_for_a_feed_is_no_tracker(cached: Cached) -> None:
    """Readers who knew the site on WordPress ask so; the copy of the page is not for them."""
    wait_for(lambda: cached.ask("/").headers["x-cache"] == "HIT", "a hit")
    for path, feed in {"/?feed=rss2": "/rss.xml", "/?x=1&feed=atom": "/atom.xml"}.items():
        answer = cached.ask(path)
        assert (answer.status_code, answer.headers["location"][-len(feed) :]) == (301, feed)
    assert cached.ask("/").status_code == 200


def test_a_hub_of_others_reaches_the_site(watching: Cached) -> None:
    """It confirms by the query of a GET, and pushes more than any other request may hold (WebSub, 5.3 and 7)."""
    store = open_store(f"sqlite:///{watching.service.home}/feedsvc.db")
    (hub,) = wait_for(store.hub_watch.hubs, "the watch of the hub")
    store.close()
    path = f"/hub/{hub.token}"
    for number in range(2):
        question = f"{path}?hub.mode=subscribe&hub.challenge=c{number}&hub.lease_seconds=9000"
        assert watching.ask(question).text == f"c{number}"
    feed = b"x" * 3_000_000
    assert httpx2.post(watching.url + path, content=feed, timeout=PATIENCE).status_code == 204
    # Elsewhere the method is refused or the length is, whichever the service comes to first.
    assert httpx2.post(f"{watching.url}/atom.xml", content=feed, timeout=PATIENCE).status_code in {405, 413}


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/feed.json"])
def test_a_browser_and_a_reader_are_kept_apart(cached: Cached, path: str) -> None:
    """RFC 9111, 4.1: whoever asks first, the other gets what is meant for it, and the page is never kept."""
    wait_for(lambda: cached.ask(path).headers["x-cache"] == "HIT", "a hit")
    for _ in range(2):
        page = cached.ask(path, sec_fetch_dest="document")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-store"
        assert "This is a feed" in page.text
        feed = cached.ask(path)
        assert feed.headers["content-type"] != page.headers["content-type"]
    wait_for(lambda: cached.ask(path, sec_fetch_dest="empty").headers["x-cache"] == "HIT", "a hit for a script")


def test_a_page_at_its_own_address_is_kept_for_browsers(cached: Cached) -> None:
    """Only feeds depend on who asks."""
    wait_for(lambda: cached.ask("/", sec_fetch_dest="document").headers["x-cache"] == "HIT", "a hit")


@pytest.mark.parametrize("path", ["//atom.xml", "/./atom.xml", "/x/../atom.xml"])
def test_an_untidy_path_never_stands_for_the_tidy_one(cached: Cached, path: str) -> None:
    """It is led to the tidy one, and that answer must not be what everybody gets there."""
    connection = HTTPConnection(cached.url.removeprefix("http://"), timeout=PATIENCE)  # it sends a path as it is
    for target, status, fields in ((path, 301, {"X-Refresh": "1"}), ("/atom.xml", 200, {})):
        connection.request("GET", target, headers=fields)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
        connection.close()


def test_nothing_is_older_than_it_may_be(cached: Cached) -> None:
    """RFC 5861, 3: a new story is seen there once the copy's time is over, and its time is what feedsvc said."""
    for number in range(2):
        cached.ask()
        cached.write(f"new-{number}.txt", f"Story {number} is out")
        published, sent = time.monotonic(), 0.0
        while f"Story {number} is out" not in cached.ask().text:
            assert sent < published + LONGEST + 5  # a copy that was being fetched then may have come in late
            sent = time.monotonic()


def test_an_old_copy_stands_in_while_feedsvc_is_down(doomed: Cached) -> None:
    """RFC 5861, 4: for as long as stale-if-error says."""
    before = doomed.ask()
    doomed.service.stop()
    end = time.monotonic() + LONGEST + 1
    while time.monotonic() < end:
        answer = doomed.ask()
        assert (answer.status_code, answer.content) == (200, before.content)


def test_an_operator_has_a_copy_fetched_anew(cached: Cached) -> None:
    """At once, from the machine itself."""
    cached.ask()
    cached.write("new.txt", "A correction")
    assert cached.forget().status_code == 200
    assert "A correction" in cached.ask().text


@pytest.mark.parametrize("front", ["varnish"], indirect=True, scope="module")
def test_what_shows_an_article_is_forgotten_by_its_key(cached: Cached) -> None:
    """Its page, and every feed that holds it; from the machine itself, and by Varnish, which has keys."""
    page = "/2026/03/01/harbour"
    paths = ["/atom.xml", next(path for path in (page, "/harbour") if cached.ask(path).status_code == 200)]
    assert "surrogate-key" not in cached.ask().headers

    def forgotten() -> bool:
        for path in paths:
            wait_for(lambda path=path: cached.ask(path).headers["x-cache"] == "HIT", "a hit")  # type: ignore[misc]
        assert cached.ask("/", method="PURGE", x_key=paths[1]).status_code == 200
        return [cached.ask(path).headers["x-cache"] for path in paths] == ["MISS", "MISS"]

    wait_for(forgotten, "both to be fetched anew")  # now and then one is being fetched just then


def joins(cached: Cached) -> tuple[str, str]:
    """A new reader, known to all: the path of a feed with the token in it, and an Authorization field."""
    arguments = command("readers", "add", "ada", "--format", "json")
    variables = environment(base_url=cached.url, access="private")
    done = subprocess.run(
        arguments,
        cwd=cached.service.home,
        env=variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    token = json.loads(done.stdout)["token"]
    path = f"/private/{token}/atom.xml"
    wait_for(lambda: cached.service.get(path).status_code == 200, "the worker to know")
    return path, "Basic " + base64.b64encode(f"ada:{token}".encode()).decode()


def test_of_a_private_site_nothing_is_kept(private: Cached) -> None:
    """RFC 9111, 5.2.2.7 and 3.5: it comes from feedsvc each time, and to nobody who shows no token."""
    path, basic = joins(private)
    token = path.split("/")[2]
    for spelling in (path, f"/%70rivate/{token}/atom.xml", path, f"/%70rivate/{token}/atom.xml"):
        answer = private.ask(spelling)
        assert (answer.status_code, answer.headers.get("x-cache", "MISS")) == (200, "MISS"), spelling
    for page in ("/", "/atom.xml", "/", "/atom.xml"):
        answer = private.ask(page, authorization=basic)
        assert (answer.status_code, answer.headers.get("x-cache", "MISS")) == (200, "MISS"), page
        assert private.ask(page).status_code == 401
    tag = private.ask(path).headers["etag"]
    assert private.ask(path, if_none_match=tag).status_code == 304
    assert private.ask("/atom.xml", if_none_match=tag, authorization=basic).status_code == 304
    files = [file for file in private.service.home.rglob("*") if file.is_file() and "varnish" not in file.parts]
    assert not [file for file in files if token.encode() in file.read_bytes()]


def test_no_log_names_a_token(private: Cached) -> None:
    """Neither as a request nor as an error, while other requests are logged."""
    path, _ = joins(private)
    private.ask(path)
    private.service.stop()
    private.ask(path)
    private.ask("/nowhere")
    logs = list(private.service.home.glob("*.log"))
    wait_for(lambda: "x-varnish" in private.ask().headers or b"/nowhere" in _all(logs), "the log")
    assert path.split("/")[2].encode() not in _all(logs)


def _all(logs: list[Path]) -> bytes:
    return b"".join(log.read_bytes() for log in logs)
