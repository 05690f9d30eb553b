"""The press: prepares documents side by side, while the next ones are composed.

Compression leaves the interpreter to others, so threads are enough to use every core for it.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol

from feedsvc.documents.document import Document
from feedsvc.responses.prepare import digest, prepare
from feedsvc.responses.response import Response
from feedsvc.responses.versions import Version


class Put(Protocol):
    """Has a document prepared."""

    def __call__(
        self,
        document: Document,
        key: str,
        last_modified: int,
        former: Sequence[Version] | None = None,
        unless: str | None = None,
    ) -> None:
        """Take what :func:`prepare` does, and the digest of what the path holds already, if it holds anything."""


class Take(Protocol):
    """Receives what was prepared."""

    def __call__(self, path: str, key: str, response: Response | None, /) -> None:
        """Take the path and the key of a document, and what was made of it: None if the path holds just that."""


_AHEAD = 4
"""How many documents may wait for each core; so a round of any size needs little memory."""


@contextmanager
def press(take: Take) -> Iterator[Put]:
    """Give a function that has a document prepared (see :func:`prepare`).

    Args:
        take: Receives the results, in the order of their documents and in this thread; the last ones at the end
            of the block. When the block raises, those that were not received yet are given up.
    """
    cores = os.cpu_count() or 1
    waiting: deque[tuple[str, str, Future[Response | None]]] = deque()
    pool = ThreadPoolExecutor(cores, "press")

    def put(
        document: Document,
        key: str,
        last_modified: int,
        former: Sequence[Version] | None = None,
        unless: str | None = None,
    ) -> None:
        future = pool.submit(_prepare, document, key, last_modified, former, unless)
        waiting.append((document.path, key, future))
        if len(waiting) > _AHEAD * cores:
            hand_over()

    def hand_over() -> None:
        path, key, future = waiting.popleft()
        take(path, key, future.result())

    try:
        yield put
        while waiting:
            hand_over()
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare(
    document: Document, key: str, last_modified: int, former: Sequence[Version] | None, unless: str | None
) -> Response | None:
    if unless is not None and digest(document) == unless:
        return None
    return prepare(document, key, last_modified, former)
