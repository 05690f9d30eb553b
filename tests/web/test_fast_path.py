"""The fast path on the wire: what it must not change, and what it must not let happen."""

import asyncio
import gzip
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import httpx2
import pytest
from memory_store import CHANGED, MemoryStore, feed
from serving import PATIENCE
from worker import Worker, exchange, take, whole

from feedsvc.articles.model import MediaFile
from feedsvc.documents.model import FEED, MEDIA, Document
from feedsvc.responses.answer import Policy
from feedsvc.web import fast_path
from feedsvc.web.connections import ConnectionLimits
from feedsvc.web.edition_state import EditionState, LoadedEdition
from feedsvc.web.fast_path import RequestKey, ResponseCache
from feedsvc.web.request_counts import RequestCounts
from feedsvc.web.requests import Responder


@pytest.fixture
def worker(store: MemoryStore, tmp_path: Path) -> Iterator[Worker]:
    """A worker that serves the store."""
    worker = Worker(store, tmp_path)
    yield worker
    worker.stop()


def test_many_requests_on_one_connection_are_all_answered(worker: Worker) -> None:
    """RFC 9112, 9.3.2: also those sent ahead, and every one of them in full."""
    rest = exchange(worker.wire, *["GET /atom.xml HTTP/1.1"] * 40)
    for _ in range(40):
        head, content, rest = take(rest, content=True)
        assert (head[9:12], content) == (b"200", feed().content)
    assert rest == b""


def test_a_request_after_the_last_is_not_answered(worker: Worker) -> None:
    """RFC 9112, 9.6: who says "close" has said all."""
    sent = (
        "GET /atom.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /atom.xml HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    with socket.create_connection(worker.wire, PATIENCE) as connection:
        connection.sendall(sent.encode())
        received = whole(connection)
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.fixture
def hasty(store: MemoryStore, tmp_path: Path) -> Iterator[Worker]:
    """A worker with a short timeout."""
    worker = Worker(store, tmp_path, limits=ConnectionLimits(request_timeout=0.3))
    yield worker
    worker.stop()


def test_a_client_that_says_nothing_is_not_waited_for_for_ever(hasty: Worker) -> None:
    """Idle connections take memory and descriptors from others."""
    with socket.create_connection(hasty.wire, PATIENCE) as connection:
        assert connection.recv(1) == b""


def test_a_client_that_goes_on_and_on_is_not_waited_for_either(hasty: Worker) -> None:
    """One header field now and then keeps no connection open: the time runs until the request is complete."""
    with socket.create_connection(hasty.wire, PATIENCE) as connection:
        connection.sendall(b"GET /atom.xml HTTP/1.1\r\nHost: x\r\n")
        connection.settimeout(0.02)
        for number in range(1000):
            with suppress(ConnectionError):
                connection.sendall(b"x-%d: y\r\n" % number)
            try:
                told = connection.recv(65536)
            except TimeoutError:
                continue
            except ConnectionResetError:  # what was sent last met an end whose answer is then lost
                break
            assert told.startswith(b"HTTP/1.1 408 ")
            break
        else:
            pytest.fail("it was waited for")


def test_a_client_that_asks_now_and_then_is_kept(store: MemoryStore, tmp_path: Path) -> None:
    """Each answer gives it new time."""
    worker = Worker(store, tmp_path, limits=ConnectionLimits(request_timeout=3.0))
    with closing(worker), socket.create_connection(worker.wire, PATIENCE) as connection:
        for path in ("/atom.xml", "/news/story") * 4:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 304 ")
            connection.settimeout(0.4)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.settimeout(PATIENCE)


def test_a_slow_taker_gets_all_of_it(worker: Worker, store: MemoryStore) -> None:
    """What is asked for ahead waits until the client has taken in what it asked for before."""
    long = feed("long " * 200_000)
    edition = store.publish(long)
    while httpx2.get(f"{worker.url}/readyz", timeout=PATIENCE).json() != {"edition": edition}:
        continue
    rest = exchange(worker.wire, *["GET /atom.xml HTTP/1.1"] * 12)
    for _ in range(12):
        head, content, rest = take(rest, content=True)
        assert (head[9:12], content == long.content) == (b"200", True)
    assert rest == b""


NOW = CHANGED + 1000
ASKED = RequestKey(b"GET", b"/atom.xml", True, None, None, None)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW + 0.5

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of the cache."""
    return Clock()


@pytest.fixture
def editions(store: MemoryStore) -> EditionState:
    """A editions that holds the store's edition."""
    editions = EditionState(store, store)
    editions.loaded = LoadedEdition().after(store.changes())
    return editions


@pytest.fixture
def cache(editions: EditionState, clock: Clock) -> ResponseCache:
    """A cache before that editions."""
    return ResponseCache(editions, Responder(editions, Policy(60, 0, 0), clock), clock, RequestCounts.alone())


def test_what_is_asked_again_is_the_same_object(cache: ResponseCache) -> None:
    """Within a second nothing is worked out twice."""
    assert cache.finished(ASKED) is cache.finished(ASKED)


def test_the_content_is_held_once(cache: ResponseCache, editions: EditionState) -> None:
    """However many answers hold it."""
    plain = editions.loaded.pinned["/atom.xml"].variants["identity"].representation
    packed = replace(plain, held=gzip.compress(plain.body), is_packed=True)
    variant = replace(editions.loaded.pinned["/atom.xml"].variants["identity"], representation=packed)
    editions.loaded.pinned["/atom.xml"].variants["identity"] = variant
    one, other = (cache.finished(ASKED._replace(if_none_match=tag)) for tag in (b'"x"', b'"y"'))
    assert one is not None
    assert other is not None
    assert one.body == plain.body
    assert one.body is other.body


def test_the_next_second_has_another_date(cache: ResponseCache, clock: Clock) -> None:
    """RFC 9110, 6.6.1: Date is when the answer was made."""
    before = cache.finished(ASKED)
    clock.now += 1
    after = cache.finished(ASKED)
    assert before is not None
    assert after is not None
    assert b"date: Sun, 09 Sep 2001 02:03:20 GMT" in before.head
    assert after.head == before.head.replace(b"02:03:20", b"02:03:21")


def test_a_new_edition_is_answered_within_the_same_second(
    cache: ResponseCache, editions: EditionState, store: MemoryStore
) -> None:
    """Nothing finished outlives what it was made of."""
    before = cache.finished(ASKED)
    store.publish(feed("second"))
    editions.loaded = editions.loaded.after(store.changes(editions.loaded.edition))
    after = cache.finished(ASKED)
    assert before is not None
    assert after is not None
    assert (b"first" in before.body, b"second" in after.body) == (True, True)


def test_what_was_dropped_takes_the_long_way(
    cache: ResponseCache, editions: EditionState, store: MemoryStore
) -> None:
    """The page for what is not there is not for the cache to pick."""
    assert cache.finished(ASKED) is not None
    store.publish(drop=["/atom.xml"])
    editions.loaded = editions.loaded.after(store.changes(editions.loaded.edition))
    assert cache.finished(ASKED) is None


@pytest.mark.parametrize(
    "target", [b"/news/story", b"/nothing", b"404", b"/%61tom.xml", b"http://x/atom.xml", b"*"]
)
def test_all_else_takes_the_long_way(cache: ResponseCache, target: bytes) -> None:
    """Paths that are rendered, unknown ones, and unusual spellings of known ones."""
    assert cache.finished(ASKED._replace(target=target)) is None


def test_files_take_the_long_way(cache: ResponseCache, editions: EditionState, store: MemoryStore) -> None:
    """Even a pinned one: its bytes are on the disk."""
    file = MediaFile("a.mp3", "/media/ab/a.mp3", "audio/mpeg", 10, "ab" * 32)
    store.publish(Document(file.path, MEDIA, "", b"", file=file))
    editions.loaded = editions.loaded.after(store.changes(editions.loaded.edition))
    assert cache.finished(ASKED._replace(target=file.path.encode())) is None


def test_a_name_in_any_script_has_its_usual_spelling(
    cache: ResponseCache, editions: EditionState, store: MemoryStore
) -> None:
    """RFC 3986, 2.5: UTF-8, percent-encoded in capitals."""
    store.publish(feed(path="/новости/atom.xml"))
    editions.loaded = editions.loaded.after(store.changes(editions.loaded.edition))
    target = b"/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/atom.xml"
    assert cache.finished(ASKED._replace(target=target)) is not None


def test_a_former_edition_is_let_go_although_nobody_asks(
    cache: ResponseCache, editions: EditionState, store: MemoryStore
) -> None:
    """It takes as much memory as the newest."""
    assert cache.finished(ASKED) is not None
    store.publish(feed("second"))
    editions.loaded = editions.loaded.after(store.changes(editions.loaded.edition))
    cache.follow()
    assert cache._state is editions.loaded
    assert not cache._finished
    assert b"second" in gzip.decompress(cache._state.pinned["/atom.xml"].variants["gzip"].body)


def test_strangers_do_not_fill_the_memory(cache: ResponseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each invented tag is another question."""
    monkeypatch.setattr(fast_path, "_MOST", 10)
    for number in range(95):
        cache.finished(ASKED._replace(if_none_match=b'"%d"' % number))
    assert len(cache._finished) <= 10


def test_long_questions_are_answered_and_not_kept(cache: ResponseCache) -> None:
    """A thousand of them, with a tag of 30 kB each, would take more memory than all feeds."""
    answer = cache.finished(ASKED._replace(if_none_match=b'"%b"' % (b"a" * 30_000)))
    assert answer is not None
    assert answer.head.startswith(b"HTTP/1.1 200")
    assert not cache._finished


def test_what_was_read_lately_is_answered_at_once(
    cache: ResponseCache, editions: EditionState, store: MemoryStore
) -> None:
    """A feed that is not pinned takes the long way once; then it costs as little as one that is."""
    store.publish(feed("tag", "/tags/sea/atom.xml", FEED))
    editions.loaded = editions.loaded.after(store.changes(editions.loaded.edition))
    asked = ASKED._replace(target=b"/tags/sea/atom.xml")
    assert cache.finished(asked) is None
    asyncio.run(editions.find("/tags/sea/atom.xml"))
    finished = cache.finished(asked)
    assert finished is not None
    assert finished is cache.finished(asked)


def test_what_the_edition_gives_up_does_not_stay_here(
    cache: ResponseCache, editions: EditionState, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers are kept for a second beside the edition's cache, and count as well."""
    monkeypatch.setattr(fast_path, "_MOST_CONTENT", 20_000)
    random = Random(1)  # noqa: S311 - the same feeds every time
    many = [feed(random.randbytes(9000).hex(), f"/{number}/atom.xml", FEED) for number in range(9)]
    store.publish(*many)
    editions.loaded = editions.loaded.after(store.changes(editions.loaded.edition))
    for number in range(9):
        asyncio.run(editions.find(f"/{number}/atom.xml"))
        assert cache.finished(ASKED._replace(target=b"/%d/atom.xml" % number)) is not None
        assert sum(map(len, {each.body for each in cache._finished.values()})) <= 20_000


def test_unpacked_feeds_do_not_fill_the_memory(
    cache: ResponseCache, editions: EditionState, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for every feed as an identity gets each of them, and the worker keeps only the last ones."""
    monkeypatch.setattr(fast_path, "_MOST_CONTENT", 20_000)
    store.publish(*(feed(f"{number}" * 6000, f"/{number}/atom.xml") for number in range(9)))
    editions.loaded = editions.loaded.after(store.changes(editions.loaded.edition))
    for number in range(9):
        finished = cache.finished(ASKED._replace(target=b"/%d/atom.xml" % number))
        assert finished is not None
        assert finished.body.count(b"%d" % number) >= 6000
        assert sum(map(len, {each.body for each in cache._finished.values()})) <= 20_000


@pytest.mark.parametrize(("keep", "told"), [(True, False), (False, True)])
def test_the_end_of_a_connection_is_told(cache: ResponseCache, keep: bool, told: bool) -> None:
    """RFC 9112, 9.6."""
    finished = cache.finished(ASKED._replace(keep=keep))
    assert finished is not None
    assert (b"\r\nconnection: close\r\n\r\n" in finished.head) == told
    assert finished.head.count(b"\r\n\r\n") == 1


def test_head_has_the_same_fields_and_no_content(cache: ResponseCache) -> None:
    """RFC 9110, 9.3.2."""
    whole, head = cache.finished(ASKED), cache.finished(ASKED._replace(method=b"HEAD"))
    assert whole is not None
    assert head is not None
    assert (head.head, head.body) == (whole.head, b"")


def test_the_lane_asks_the_store_for_nothing(cache: ResponseCache, store: MemoryStore) -> None:
    """A poll reads no database."""
    for target in (b"/atom.xml", b"/news/story", b"/nothing"):
        cache.finished(ASKED._replace(target=target))
    assert store.rendered == []
