"""The press: prepares documents side by side, while the next ones are composed.

Compression leaves the interpreter to others, so threads are enough to use every core for it.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol

from feedsvc.documents.document import Document
from feedsvc.responses.prepare import prepare
from feedsvc.responses.response import Response
from feedsvc.responses.versions import Version


class Put(Protocol):
    """Has a document prepared."""

    def __call__(
        self, document: Document, key: str, last_modified: int, former: Sequence[Version] | None = None
    ) -> None:
        """Take what :func:`prepare` does."""


_AHEAD = 4
"""How many documents may wait for each core; so a round of any size needs little memory."""


@contextmanager
def press(take: Callable[[Response], None]) -> Iterator[Put]:
    """Give a function that has a document prepared (see :func:`prepare`).

    Args:
        take: Receives the responses, in the order of their documents and in this thread; the last ones at the end
            of the block. When the block raises, those that were not received yet are given up.
    """
    cores = os.cpu_count() or 1
    waiting: deque[Future[Response]] = deque()
    pool = ThreadPoolExecutor(cores, "press")

    def put(document: Document, key: str, last_modified: int, former: Sequence[Version] | None = None) -> None:
        waiting.append(pool.submit(prepare, document, key, last_modified, former))
        if len(waiting) > _AHEAD * cores:
            take(waiting.popleft().result())

    try:
        yield put
        while waiting:
            take(waiting.popleft().result())
    finally:
        pool.shutdown(cancel_futures=True)
