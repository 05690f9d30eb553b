"""Rendering: documents that differ from the last edition are rendered, compressed and stored; all others stay."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from feedsvc.articles.model import Problem
from feedsvc.articles.policy.publication import EARLIEST_CLOCK
from feedsvc.documents.model import DocumentSpec
from feedsvc.responses.builder import CompressionJob, compressed
from feedsvc.responses.edition import Fingerprint, PublisherState
from feedsvc.responses.response import Response

Progress = Callable[[str, int, int], None]
"""Called with the stage of a round, how many steps are done, and their total; may raise to end the round."""

_SLACK = 60
"""Seconds by which a Last-Modified may be ahead of the clock before the clock counts as having been set back."""


class ResponseSink(Protocol):
    """The part of a transaction that stores responses."""

    def put(self, response: Response) -> None:
        """Store the response of a path from this edition on."""

    def rekey(self, path: str, key: str) -> None:
        """Remember that a path has the same bytes by another key; this alone makes no edition."""

    def drop(self, path: str) -> None:
        """Drop the response of a path from this edition on."""


@dataclass(frozen=True, slots=True)
class RenderedEdition:
    """The responses of an edition."""

    responses: Mapping[str, Fingerprint]
    """By path."""
    changed: int
    """How many were written or dropped."""
    problems: tuple[Problem, ...]
    """Problems of the documents; the next round renders documents with problems again."""


def render_changed(  # noqa: PLR0913 - what may differ, from what, and where it goes
    specs: Sequence[DocumentSpec],
    sink: ResponseSink,
    state: PublisherState,
    time: int,
    progress: Progress,
    *,
    kept: Iterable[str] = (),
) -> RenderedEdition:
    """Render the documents that differ from the last edition, and drop the paths that are gone.

    Args:
        specs: One for each path of the edition that is not kept.
        sink: Receives the responses that changed.
        state: The state that the last round left.
        time: The time of the new edition, in seconds since 1970.
        progress: Called after each document.
        kept: The paths of documents that surely are as in the last edition; where a path has a specification,
            that counts.

    Raises:
        InvalidFeedError: A rendered feed is invalid.
    """
    found = {spec.path: before for spec in specs if (before := state.responses.get(spec.path)) is not None}
    outdated = [spec for spec in specs if not _is_current(found.get(spec.path), spec, time)]
    responses = {path: state.responses[path] for path in chain(kept, found)}
    problems: dict[Problem, None] = {}
    changed = 0
    with closing(compressed(_jobs(outdated, found, time, progress))) as results:
        for job, response in results:
            path = job.document.path
            problems |= dict.fromkeys(job.document.problems)
            if response is None:
                sink.rekey(path, job.key)
                responses[path] = replace(found[path], key=job.key)
            else:
                sink.put(response)
                responses[path] = Fingerprint(job.key, response.digest, response.last_modified)
                changed += 1
    gone = state.responses.keys() - responses.keys()
    for path in sorted(gone):
        sink.drop(path)
    return RenderedEdition(responses, changed + len(gone), tuple(problems))


def _is_current(before: Fingerprint | None, spec: DocumentSpec, time: int) -> bool:
    return before is not None and before.key == spec.key and not _is_ahead(before, time)


def _jobs(
    specs: Sequence[DocumentSpec], found: Mapping[str, Fingerprint], time: int, progress: Progress
) -> Iterator[CompressionJob]:
    """Render each document when its turn to be compressed comes."""
    for done, spec in enumerate(specs, 1):
        before, document = found.get(spec.path), spec.make()
        key = "" if document.problems else spec.key
        unless = None if before is None or _is_ahead(before, time) else before.digest
        yield CompressionJob(document, key, _last_modified(before, time), unless)
        progress("rendering", done, len(specs))


def _last_modified(before: Fingerprint | None, time: int) -> int:
    """``time``, but always later than before: If-Modified-Since has whole seconds (RFC 9110, section 13.1.3)."""
    return time if before is None or _is_ahead(before, time) else max(time, before.last_modified + 1)


def _is_ahead(before: Fingerprint, time: int) -> bool:
    """Whether a clock that was ahead gave its Last-Modified; several rounds in one second add little."""
    return before.last_modified > time + _SLACK and time >= EARLIEST_CLOCK.timestamp()
