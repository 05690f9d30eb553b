import threading

import pytest

from feedsvc.documents.document import Document
from feedsvc.responses.prepare import digest, prepare
from feedsvc.responses.press import press
from feedsvc.responses.response import Response

Taken = tuple[str, str, Response | None]
"""Path, key, and what was made."""


def _document(number: int) -> Document:
    return Document(f"/{number}", "text/html", b"<p>words</p>" * (400 - number))


def test_responses_come_in_the_order_of_their_documents() -> None:
    """Whichever is ready first, and each as it would be alone."""
    taken: list[Taken] = []
    with press(lambda *result: taken.append(result)) as put:
        for number in range(100):
            put(_document(number), f"key {number}", number)
        assert 0 < len(taken) < 100
    assert taken == [
        (f"/{number}", f"key {number}", prepare(_document(number), f"key {number}", number))
        for number in range(100)
    ]


def test_what_a_path_holds_already_is_not_made_again() -> None:
    """Whoever put it learns that it stays, by path and key."""
    taken: list[Taken] = []
    with press(lambda *result: taken.append(result)) as put:
        put(_document(1), "new key", 5, None, digest(_document(1)))
        put(_document(2), "new key", 5, None, digest(_document(1)))
    assert taken == [("/1", "new key", None), ("/2", "new key", prepare(_document(2), "new key", 5))]


def test_they_are_taken_where_they_are_put() -> None:
    """A transaction belongs to one thread."""
    threads = set()
    with press(lambda *_: threads.add(threading.current_thread())) as put:
        for number in range(40):
            put(_document(number), "key", 0)
    assert threads == {threading.current_thread()}


def test_a_block_that_raises_gives_up_the_rest() -> None:
    """Nothing more is taken, and the error comes through."""
    taken: list[Taken] = []

    def stopped() -> None:
        with press(lambda *result: taken.append(result)) as put:
            put(_document(1), "key", 0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not taken
