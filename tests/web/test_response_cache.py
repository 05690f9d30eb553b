"""The finished answers of the fast path."""

import asyncio
import gzip
from dataclasses import replace
from random import Random

import pytest
from memory_store import CHANGED, MemoryStore, feed

from feedsvc.articles.model import MediaFile
from feedsvc.documents.model import FEED, MEDIA, Document
from feedsvc.responses.freshness import Policy
from feedsvc.web import response_cache as lanes
from feedsvc.web.edition_state import EditionState, LoadedEdition
from feedsvc.web.request_counts import RequestCounts
from feedsvc.web.responder import Responder
from feedsvc.web.response_cache import RequestKey, ResponseCache

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
    monkeypatch.setattr(lanes, "_MOST", 10)
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
    monkeypatch.setattr(lanes, "_MOST_CONTENT", 20_000)
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
    monkeypatch.setattr(lanes, "_MOST_CONTENT", 20_000)
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
