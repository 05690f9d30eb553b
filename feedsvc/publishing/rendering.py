"""Renewing: what differs from the last edition is made, compressed and put; all else stays as it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from feedsvc.articles.model import Problem
from feedsvc.articles.policy.publication import EARLIEST_CLOCK
from feedsvc.documents.model import DocumentSpec
from feedsvc.responses.compression_pool import CompressionJob, compression_pool
from feedsvc.responses.edition import Fingerprint, PublisherState
from feedsvc.responses.response import Response

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many. It may raise in order to end the round."""

_SLACK = 60
"""In seconds."""


class ResponseSink(Protocol):
    """Where responses are put."""

    def put(self, response: Response) -> None:
        """Set what a path answers from this edition on."""

    def rekey(self, path: str, key: str) -> None:
        """Remember that a path has the same bytes by another key; this alone makes no edition."""

    def drop(self, path: str) -> None:
        """Let a path answer nothing from this edition on."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What there is now."""

    responses: Mapping[str, Fingerprint]
    """By path."""
    changed: int
    """How many were put or dropped."""
    problems: tuple[Problem, ...]
    """Why some are not as the operator wants them; the next round makes those again."""


def render_changed(
    recipes: Sequence[DocumentSpec], shelves: ResponseSink, memory: PublisherState, time: int, progress: Progress
) -> Rendered:
    """Make what differs, and drop what is gone.

    Args:
        recipes: One for each path that there shall be.
        shelves: Where to put it.
        memory: What the last round left.
        time: Of the new edition, in seconds since 1970.
        progress: Hears how far it is.

    Raises:
        InvalidFeedError: A feed did not come out as it should.
    """
    there: dict[str, Fingerprint] = {}
    problems: dict[Problem, None] = {}
    changed = 0

    def take(order: CompressionJob, response: Response | None) -> None:
        nonlocal changed
        path, key = order.document.path, order.key
        if response is None:
            shelves.rekey(path, key)
            there[path] = replace(memory.responses[path], key=key)
        else:
            shelves.put(response)
            there[path] = Fingerprint(key, response.digest, response.last_modified)
            changed += 1

    with compression_pool(take) as put:
        for done, recipe in enumerate(recipes, 1):
            before = memory.responses.get(recipe.path)
            if before is not None and before.key == recipe.key and not _is_ahead(before, time):
                there[recipe.path] = before
            else:
                document = recipe.make()
                problems |= dict.fromkeys(document.problems)
                key = "" if document.problems else recipe.key
                unless = None if before is None or _is_ahead(before, time) else before.digest
                put(CompressionJob(document, key, _last_modified(before, time), unless))
            progress("composing", done, len(recipes))
    gone = memory.responses.keys() - there.keys()
    for path in sorted(gone):
        shelves.drop(path)
    return Rendered(there, changed + len(gone), tuple(problems))


def _last_modified(before: Fingerprint | None, time: int) -> int:
    """Now, but always later than before: If-Modified-Since counts in whole seconds (RFC 9110, section 13.1.3)."""
    return time if before is None or _is_ahead(before, time) else max(time, before.last_modified + 1)


def _is_ahead(before: Fingerprint, time: int) -> bool:
    """Whether a clock that was ahead dated it; rounds within one second are ahead by as many seconds."""
    return before.last_modified > time + _SLACK and time >= EARLIEST_CLOCK.timestamp()
