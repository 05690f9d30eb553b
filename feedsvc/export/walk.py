"""Reading an edition path by path, in the order in which an export writes it."""

from collections.abc import Iterator
from typing import Protocol

from feedsvc.documents.formats import FORMATS
from feedsvc.errors import ExportError
from feedsvc.responses.edition import Changes
from feedsvc.responses.response import Response

_FEEDS = tuple(f"/{form.file}" for form in FORMATS)


class Source(Protocol):
    """What an export needs of the store. All of it may raise ``StoreError``."""

    def changes(self, since: int) -> Changes:
        """All that there is, with 0 for ``since``."""

    def fetch(self, path: str) -> tuple[int, Response] | None:
        """A path's response and the number of the edition that wrote it; None where there is none now."""


class MovedError(Exception):
    """Another edition was published meanwhile."""


def walk(source: Source, changes: Changes) -> Iterator[Response]:
    """Every response of the edition: feeds last, so that they never name what is not there yet.

    Raises:
        MovedError: A newer edition has changed something that was still to be read.
    """
    hot = {response.path: response for response in changes.hot}
    for path in sorted({*hot, *changes.cold}, key=lambda path: (path.endswith(_FEEDS), path)):
        yield hot.get(path) or _fetched(source, path, changes.edition.number)


def _fetched(source: Source, path: str, edition: int) -> Response:
    found = source.fetch(path)
    if found is None or found[0] > edition:
        raise MovedError
    return found[1]


def newest(source: Source) -> Changes:
    """The newest edition, as far as it is in memory.

    Raises:
        ExportError: There is none.
    """
    changes = source.changes(0)
    if not changes.edition.number:
        raise ExportError("nothing is published yet", "run feedsvc publish first")
    return changes
