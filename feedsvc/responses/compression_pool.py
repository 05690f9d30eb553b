"""The compression pool: prepares documents in threads, while the next documents are rendered.

Compression releases the interpreter lock, so threads use every core for it.
"""

import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
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
    """The digest of the response that the path has already, if it has one: that response is not made again."""


_AHEAD = 4
"""How many documents may wait for each core; so a round of any size needs little memory."""


def compressed(jobs: Iterable[CompressionJob]) -> Generator[tuple[CompressionJob, Response | None], None, None]:
    """Prepare documents in threads.

    Args:
        jobs: Taken one after another in the caller's thread, a few ahead of the results.

    Yields:
        Each job in its order, with its response; None if the path has just that response already. Close the
        generator to give up the jobs that are not done.
    """
    cores = os.cpu_count() or 1
    waiting: deque[tuple[CompressionJob, Future[Response | None]]] = deque()
    pool = ThreadPoolExecutor(cores, "compression")
    try:
        for job in jobs:
            waiting.append((job, pool.submit(_response, job)))
            if len(waiting) > _AHEAD * cores:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _response(job: CompressionJob) -> Response | None:
    content_hash = hash_of(job.document.content)
    if job.unless is not None and digest(job.document, content_hash) == job.unless:
        return None
    return prepare(job.document, job.key, job.last_modified, content_hash)
