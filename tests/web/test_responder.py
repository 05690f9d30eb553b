"""From ASGI to requests."""

from memory_store import MemoryStore, feed

from feedsvc.responses.answer import Request
from feedsvc.responses.freshness import Policy
from feedsvc.web.edition_state import EditionState, LoadedEdition
from feedsvc.web.responder import Responder, read_request


def test_only_what_answers_depend_on_is_read() -> None:
    """Everything else a client says changes nothing."""
    headers = [(b"host", b"x"), (b"accept-encoding", b"br"), (b"if-none-match", b'"a"'), (b"accept", b"*/*")]
    request = read_request({"method": "GET", "headers": headers})
    assert request == Request("GET", b'"a"', None, b"br")


def test_several_lines_of_a_field_are_one() -> None:
    """RFC 9110, 5.3: joined by commas, in their order."""
    headers = [(b"if-none-match", b'"a"'), (b"if-none-match", b'"b", "c"')]
    assert read_request({"method": "GET", "headers": headers}).if_none_match == b'"a", "b", "c"'


def test_freshness_ends_at_the_next_moment_of_the_edition(store: MemoryStore) -> None:
    """The clock decides at each request how much is left."""
    store.publish(feed(), next_moment=1030)
    editions = EditionState(store, store)
    editions.loaded = LoadedEdition().after(store.changes())
    responder = Responder(editions, Policy(60, 0, 0), iter([1000.9, 1029.0]).__next__)
    scope = {"method": "GET", "headers": []}
    ages = [
        dict(responder.answer(scope, editions.loaded.pinned["/atom.xml"]).headers)[b"cache-control"]
        for _ in range(2)
    ]
    assert ages == [b"public, max-age=30", b"public, max-age=1"]
