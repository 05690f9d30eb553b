"""The compression pool: in the order of the jobs, in one thread for the caller, and no job more than is wanted."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from feedsvc.documents.model import LANDING_PAGE, Document
from feedsvc.responses.builder import digest, prepare
from feedsvc.responses.compression_pool import CompressionJob, compressed


def _document(number: int) -> Document:
    return Document(f"/{number}", LANDING_PAGE, "text/html", b"<p>words</p>" * (400 - number))


def _jobs(count: int, asked: list[threading.Thread]) -> Iterator[CompressionJob]:
    """Jobs that note in which thread each was asked for."""
    for number in range(count):
        asked.append(threading.current_thread())
        yield CompressionJob(_document(number), f"key {number}", number)


def test_responses_come_in_the_order_of_their_jobs() -> None:
    """Whichever is ready first, and each as it would be alone."""
    assert list(compressed(_jobs(100, []))) == [
        (
            CompressionJob(_document(number), f"key {number}", number),
            prepare(_document(number), f"key {number}", number),
        )
        for number in range(100)
    ]


def test_a_response_that_a_path_has_already_is_not_made_again() -> None:
    """The result of its job is None."""
    jobs = [CompressionJob(_document(number), "new key", 5, unless=digest(_document(1))) for number in (1, 2)]
    assert list(compressed(jobs)) == [(jobs[0], None), (jobs[1], prepare(_document(2), "new key", 5))]


def test_jobs_are_asked_for_in_the_callers_thread_and_a_few_ahead() -> None:
    """A transaction belongs to one thread, and a round of any size needs little memory."""
    asked: list[threading.Thread] = []
    with closing(compressed(_jobs(1000, asked))) as results:
        next(results)
        assert 1 < len(asked) < 1000
    assert set(asked) == {threading.current_thread()}


def test_no_thread_stays_when_the_caller_gives_up() -> None:
    """The jobs that are not done are given up, and the error comes through."""

    def give_up() -> None:
        with closing(compressed(_jobs(100, []))) as results:
            next(results)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
    assert not [each for each in threading.enumerate() if each.name.startswith("compression")]
