import threading

import pytest

from feedsvc.documents.model import CHANNEL_PAGE, Document
from feedsvc.responses.builder import digest, prepare
from feedsvc.responses.compression_pool import CompressionJob, compression_pool
from feedsvc.responses.response import Response

Taken = tuple[CompressionJob, Response | None]
"""What was ordered, and what was made of it."""


def _document(number: int) -> Document:
    return Document(f"/{number}", CHANNEL_PAGE, "text/html", b"<p>words</p>" * (400 - number))


def test_responses_come_in_the_order_of_their_documents() -> None:
    """Whichever is ready first, and each as it would be alone."""
    taken: list[Taken] = []
    with compression_pool(lambda *result: taken.append(result)) as put:
        for number in range(100):
            put(CompressionJob(_document(number), f"key {number}", number))
        assert 0 < len(taken) < 100
    assert taken == [
        (
            CompressionJob(_document(number), f"key {number}", number),
            prepare(_document(number), f"key {number}", number),
        )
        for number in range(100)
    ]


def test_what_a_path_holds_already_is_not_made_again() -> None:
    """Whoever ordered it learns that it stays."""
    orders = [CompressionJob(_document(number), "new key", 5, unless=digest(_document(1))) for number in (1, 2)]
    taken: list[Taken] = []
    with compression_pool(lambda *result: taken.append(result)) as put:
        for order in orders:
            put(order)
    assert taken == [(orders[0], None), (orders[1], prepare(_document(2), "new key", 5))]


def test_they_are_taken_where_they_are_put() -> None:
    """A transaction belongs to one thread."""
    threads = set()
    with compression_pool(lambda *_: threads.add(threading.current_thread())) as put:
        for number in range(40):
            put(CompressionJob(_document(number), "key", 0))
    assert threads == {threading.current_thread()}


def test_a_block_that_raises_gives_up_the_rest() -> None:
    """Nothing more is taken, and the error comes through."""
    taken: list[Taken] = []

    def stopped() -> None:
        with compression_pool(lambda *result: taken.append(result)) as put:
            put(CompressionJob(_document(1), "key", 0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not taken
