"""The press: prepares documents side by side, while the next ones are composed.

Compression leaves the interpreter to others, so threads are enough to use every core for it.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from feedsvc.documents.model import Document
from feedsvc.responses.builder import digest, prepare
from feedsvc.responses.encodings import hash_of
from feedsvc.responses.response import Response


@dataclass(frozen=True, slots=True)
class CompressionJob:
    """A document to be prepared (see :func:`prepare`)."""

    document: Document
    key: str
    last_modified: int
    unless: str | None = None
    """The digest of what the path holds already, if it holds anything: that is not made again."""


Take = Callable[[CompressionJob, Response | None], None]
"""Receives an order, and what was made of it: None if the path holds just that."""


_AHEAD = 4
"""How many documents may wait for each core; so a round of any size needs little memory."""


@contextmanager
def compression_pool(take: Take) -> Iterator[Callable[[CompressionJob], None]]:
    """Give a function that places orders.

    Args:
        take: Receives the results, in the order of their documents and in this thread; the last ones at the end
            of the block. When the block raises, those that were not received yet are given up.
    """
    cores = os.cpu_count() or 1
    waiting: deque[tuple[CompressionJob, Future[Response | None]]] = deque()
    pool = ThreadPoolExecutor(cores, "press")

    def put(order: CompressionJob) -> None:
        waiting.append((order, pool.submit(_made, order)))
        if len(waiting) > _AHEAD * cores:
            hand_over()

    def hand_over() -> None:
        order, future = waiting.popleft()
        take(order, future.result())

    try:
        yield put
        while waiting:
            hand_over()
    finally:
        pool.shutdown(cancel_futures=True)


def _made(order: CompressionJob) -> Response | None:
    content_hash = hash_of(order.document.content)
    if order.unless is not None and digest(order.document, content_hash) == order.unless:
        return None
    return prepare(order.document, order.key, order.last_modified, content_hash)
