"""A new edition takes the place of the old one while everybody goes on asking."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, takewhile
from pathlib import Path

import httpx2
import pytest
from memory_store import CHANGED, MemoryStore, feed, missing, page
from serving import PATIENCE, wait_for
from worker import Worker

from feedsvc.responses.builder import prepare
from feedsvc.responses.edition import Edition

CODINGS = ("br", "gzip", "identity")
EDITIONS = 20


@pytest.fixture
def worker(store: MemoryStore, tmp_path: Path) -> Iterator[Worker]:
    """A worker that serves the store."""
    store.publish(feed("1"), page("1"), missing())
    worker = Worker(store, tmp_path)
    yield worker
    worker.stop()


def test_twenty_editions_swap_in_without_a_request_failing(worker: Worker, store: MemoryStore) -> None:
    """Every answer is whole: its tag is that of its content, in each coding, and nobody goes back an edition."""
    tags: dict[str, tuple[int, str]] = {}
    for number in range(1, EDITIONS + 1):
        for document in (feed(str(number)), page(str(number))):
            tags |= {
                each.etag: (number, each.coding) for each in prepare(document, "key", CHANGED).representations
            }
    over = threading.Event()
    newest: set[int] = set()

    def read(client_number: int) -> list[int]:
        seen = []
        with httpx2.Client(base_url=worker.url, timeout=PATIENCE) as client:
            for turn in takewhile(lambda _: not over.is_set(), count()):
                path = ("/atom.xml", "/news/story")[turn % 2]
                coding = CODINGS[(turn + client_number) % 3]
                answer = client.get(path, headers={"accept-encoding": coding})
                assert answer.status_code == 200
                told = re.search(r"<title>(\d+)</title>", answer.text)
                assert told
                number, tagged = tags[answer.headers["etag"]]
                assert (int(told[1]), answer.headers.get("content-encoding", "identity")) == (number, tagged)
                seen.append(number)
                newest.add(number)
        return seen

    with ThreadPoolExecutor(8) as pool:
        reading = [pool.submit(read, number) for number in range(8)]
        try:
            for number in range(2, EDITIONS + 1):
                store.publish(feed(str(number)), page(str(number)))
                wait_for(lambda: number in newest, f"edition {number}")  # noqa: B023 - it is called at once
        finally:
            over.set()
        runs = [each.result(PATIENCE) for each in reading]
    assert all(run == sorted(run) for run in runs)


def test_nobody_waits_while_an_edition_is_fetched(
    worker: Worker, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the store takes, the old edition is served from memory; there is no lock to wait for."""
    begun, go_on = threading.Event(), threading.Event()
    changes = store.changes

    def slowly(since: Edition) -> object:
        begun.set()
        assert go_on.wait(4 * PATIENCE)
        return changes(since)

    with httpx2.Client(base_url=worker.url, timeout=PATIENCE) as client:
        assert client.get("/atom.xml").status_code == 200
        monkeypatch.setattr(store, "changes", slowly)
        edition = store.publish(feed("2"))
        assert begun.wait(PATIENCE)
        for _ in range(50):
            assert "<title>1</title>" in client.get("/atom.xml").text
        go_on.set()
        wait_for(lambda: client.get("/readyz").json()["edition"] == edition, "the new edition")
        assert "<title>2</title>" in client.get("/atom.xml").text
