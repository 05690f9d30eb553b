"""Reading files in the tests' own process: fast, and nothing guards it from what it reads."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from feedsvc.articles.model import Result
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.main import AskedFiles, attempt
from feedsvc.articles.source.listing import Listing


class ReadHere:
    """Stands in for the reader processes."""

    @staticmethod
    def read(
        directory: Path, listing: Listing, rules: ReadOptions, paths: Iterable[str], _tick: Callable[[], None]
    ) -> Iterator[tuple[str, Result]]:
        """Read files one after another; see :meth:`feedsvc.articles.reading.session.Readers.read`."""
        known = listing.files
        listing = replace(listing, files=AskedFiles(known.get, lambda: known))
        for path in paths:
            yield path, attempt(directory, path, listing, rules)

    @staticmethod
    def rest() -> None:
        """Nothing is kept ready."""
