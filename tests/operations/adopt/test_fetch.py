"""Feeds and their older pages, over real HTTP and from files."""

import gzip
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import brotli
import pytest
from http_stub import Answer, Asked, DocumentServer, HttpStub

from feedsvc.core.errors import FeedError
from feedsvc.operations.adopt.fetch import fetch_feed


def rss(*ids: str, head: str = "") -> str:
    """An RSS feed of entries with these ids."""
    items = "".join(f"<item><guid>{each}</guid></item>" for each in ids)
    return f'<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>{head}{items}</channel></rss>'


class CompressedServer(HttpStub):
    """Answers each request with the same content, in one coding."""

    def __init__(self, coding: str, content: bytes) -> None:
        super().__init__()
        self._answer = Answer(200, (("content-encoding", coding),), content)

    def answer(self, _: Asked) -> Answer:
        """The content, whatever is asked for."""
        return self._answer


CODINGS: dict[str, Callable[[bytes], bytes]] = {"br": partial(brotli.compress, quality=2), "gzip": gzip.compress}


@pytest.fixture
def platform() -> Iterator[DocumentServer]:
    """A server without documents."""
    with DocumentServer() as running:
        yield running


def ids(*sources: str) -> list[str]:
    """The ids that are collected."""
    return [entry.id for entry in fetch_feed(sources)]


def test_older_pages_are_followed_to_the_end(platform: DocumentServer) -> None:
    """Each once, though they link in a circle; of an entry that is met twice the newest counts."""
    platform.documents = {
        "/feed": rss("4", "3", head='<atom:link rel="next" href="/2"/>'),
        "/2": rss("3", "2", head='<atom:link rel="next" href="/3"/>'),
        "/3": rss("1", head='<atom:link rel="next" href="{url}/feed"/>'),
    }
    assert ids(f"{platform.url}/feed") == ["4", "3", "2", "1"]
    assert platform.asked == ["/feed", "/2", "/3"]


def test_json_feeds_are_followed_too(platform: DocumentServer) -> None:
    """By their ``next_url``."""
    platform.documents = {
        "/feed.json": '{"items": [{"id": "2"}], "next_url": "{url}/2.json"}',
        "/2.json": '{"items": [{"id": "1"}]}',
    }
    assert ids(f"{platform.url}/feed.json") == ["2", "1"]


def test_the_pages_of_wordpress_are_guessed(platform: DocumentServer) -> None:
    """``?paged=2`` and on, until there is none; what the address asks for already stays."""
    generator = "<generator>https://wordpress.org/?v=6.5</generator>"
    platform.documents = {
        "/?feed=rss2": rss("3", head=generator),
        "/?feed=rss2&paged=2": rss("2", head=generator),
        "/?feed=rss2&paged=3": rss("1", head=generator),
    }
    assert ids(f"{platform.url}/?feed=rss2") == ["3", "2", "1"]
    assert platform.asked[-1] == "/?feed=rss2&paged=4"


def test_pages_that_repeat_end_it(platform: DocumentServer) -> None:
    """Some servers answer every number with the first page."""
    generator = "<generator>https://wordpress.org/</generator>"
    platform.documents = {path: rss("1", head=generator) for path in ("/feed", "/feed?paged=2", "/feed?paged=3")}
    assert ids(f"{platform.url}/feed") == ["1"]
    assert platform.asked == ["/feed", "/feed?paged=2"]


def test_files_are_read_in_their_order(tmp_path: Path) -> None:
    """A platform that is closing down may be saved page by page."""
    for name, content in {"a.xml": rss("2", "1"), "b.xml": rss("1", "0")}.items():
        (tmp_path / name).write_text(content)
    assert ids(str(tmp_path / "a.xml"), str(tmp_path / "b.xml")) == ["2", "1", "0"]


def test_an_entry_without_id_and_link_is_left_out(tmp_path: Path) -> None:
    """Nothing tells it from another."""
    (tmp_path / "a.xml").write_text("<rss><channel><item><title>A</title></item></channel></rss>")
    assert ids(str(tmp_path / "a.xml")) == []


def test_a_page_that_is_missing_is_told(platform: DocumentServer) -> None:
    """What an older page holds would be shown twice; so the operator has to know."""
    platform.documents = {"/feed": rss("2", head='<atom:link rel="next" href="/2"/>')}
    with pytest.raises(FeedError, match="/2 answers with status 404"):
        ids(f"{platform.url}/feed")


def test_a_server_that_is_not_there_is_told() -> None:
    """With its address."""
    with pytest.raises(FeedError, match=r"http://127\.0\.0\.1:1/feed cannot be fetched"):
        ids("http://127.0.0.1:1/feed")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(FeedError, match=r"none\.xml cannot be read"):
        ids(str(tmp_path / "none.xml"))


def test_what_never_ends_is_refused(platform: DocumentServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document has a limit."""
    monkeypatch.setattr("feedsvc.operations.adopt.fetch.SIZE", 100)
    platform.documents = {"/feed": rss(*map(str, range(50)))}
    with pytest.raises(FeedError, match="is larger than 100 bytes"):
        ids(f"{platform.url}/feed")


@pytest.mark.parametrize("coding", CODINGS)
def test_compressed_feeds_are_read(coding: str) -> None:
    """Both codings that feedsvc itself serves, which the platform may have, too."""
    with CompressedServer(coding, CODINGS[coding](rss("2", "1").encode())) as platform:
        assert ids(f"{platform.url}/feed") == ["2", "1"]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_feed_that_unfolds_without_end_takes_little_memory(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred kilobytes may stand for a hundred megabytes: they are counted as they unfold."""
    monkeypatch.setattr("feedsvc.operations.adopt.fetch.SIZE", 1_000_000)
    with CompressedServer(coding, CODINGS[coding](bytes(100_000_000))) as platform:
        tracemalloc.start()
        try:
            with pytest.raises(FeedError, match="is larger than 1000000 bytes"):
                ids(f"{platform.url}/feed")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 20_000_000


def test_a_feed_of_endless_pages_is_refused(platform: DocumentServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out in silence."""
    monkeypatch.setattr("feedsvc.operations.adopt.fetch.DOCUMENTS", 3)
    platform.documents = {
        f"/{number}": rss(str(number), head=f'<atom:link rel="next" href="/{number + 1}"/>') for number in range(9)
    }
    with pytest.raises(FeedError, match="leads to more than 3 documents"):
        ids(f"{platform.url}/0")


def test_a_calendar_of_empty_pages_ends_with_the_first(platform: DocumentServer) -> None:
    """Some platforms link to every month since the year 1."""
    platform.documents = {"/5": rss("1", head='<atom:link rel="prev-archive" href="/4"/>')} | {
        f"/{number}": rss(head=f'<atom:link rel="prev-archive" href="/{number - 1}"/>') for number in range(5)
    }
    assert ids(f"{platform.url}/5") == ["1"]
    assert platform.asked == ["/5", "/4"]
