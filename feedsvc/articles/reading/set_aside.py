"""Files that are set aside: each is remembered, so that it is not read again before it changes.

Most of them are found to be wrong within milliseconds. A *fatal* file crashed the process that read it, or would
have kept it busy for ever. It is remembered in the store too, and recognised at another path by its bytes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeAlias

from feedsvc.articles.model import Reading, SetAside
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.file_kinds import article_format
from feedsvc.articles.source.listing import Listing, fits, source_digest, split, stamp
from feedsvc.core.open_beneath import open_file

Result: TypeAlias = Reading | SetAside | None
"""The result of reading one file; None if the file changed or vanished meanwhile."""


class Readers(Protocol):
    """Something that reads files, such as a pool of processes."""

    def read(
        self, directory: Path, listing: Listing, rules: ReadOptions, paths: Sequence[str], tick: Callable[[], None]
    ) -> Iterator[tuple[str, Result]]:
        """Read files, and yield each path with its result, in the order of ``paths``.

        Args:
            directory: The articles directory.
            listing: The files of the directory.
            rules: The options to read by.
            paths: The files.
            tick: Called a few times a second while a file takes long; what it raises ends the reading.

        Raises:
            ReadingError: No file can be read at all.
        """


def fatal_key(content: bytes, path: str, rules: ReadOptions) -> str:
    """The key of a fatal file: its format, and a digest of its bytes and the options by which it was read."""
    return f"{article_format(path)}:{source_digest(content, rules)}"


@dataclass(frozen=True, slots=True)
class Remembered:
    """The files that the last round set aside, and a function that stores the fatal ones."""

    files: Mapping[str, SetAside] = field(default_factory=dict)
    """By path."""
    keep: Callable[[Sequence[SetAside]], None] = lambda _all: None
    """Stores the fatal files in place of those stored before, even if the round fails."""


class SetAsideFiles:
    """The files that a round sets aside: unchanged ones of the last round, and new ones."""

    def __init__(self, directory: Path, rules: ReadOptions, rules_start: str, before: Remembered) -> None:
        self.found: dict[str, SetAside] = {}
        """By path."""
        self._directory = directory
        self._rules = rules
        self._rules_start = rules_start
        self._before = before
        self._fatal = {aside.fatal: aside for aside in before.files.values() if aside.fatal}
        self._kept = frozenset(self._fatal.values())
        self._sizes = {_own_size(aside) for aside in self._fatal.values()}

    def recall(self, path: str, listing: Listing) -> bool:
        """Whether the file was set aside and has not changed since; it is then added to ``found``."""
        before = self._before.files.get(path)
        if before is not None:
            start, watched = split(before.stamp, path)
            if start == self._rules_start and watched and fits(watched, listing):
                self.found[path] = before
                return True
        return listing.files[path].size in self._sizes and self._recall_by_bytes(path, listing)

    def _recall_by_bytes(self, path: str, listing: Listing) -> bool:
        try:
            with open_file(self._directory, path) as file:
                content = file.read(listing.files[path].size + 1)
        except OSError:
            return False  # the reader meets the same error and says so
        before = self._fatal.get(fatal_key(content, path, self._rules))
        if before is None:
            return False
        self.add(path, replace(before, problem=replace(before.problem, path=path), stamp=stamp(listing, path)))
        return True

    def add(self, path: str, aside: SetAside) -> None:
        """Add a file that was just set aside. A fatal one is stored at once, because the round may still fail."""
        watched = f"{self._rules_start} {aside.stamp}" if aside.stamp else ""
        self.found[path] = replace(aside, stamp=watched)
        if aside.fatal:
            self._before.keep(self._fatals({**self._before.files, **self.found}))

    def forget_changed(self) -> None:
        """Forget the fatal files that were removed or have changed; called when all files have been checked."""
        fatals = self._fatals(self.found)
        if self._kept and self._kept != frozenset(fatals):
            self._before.keep(fatals)

    @staticmethod
    def _fatals(files: Mapping[str, SetAside]) -> list[SetAside]:
        return [files[path] for path in sorted(files) if files[path].fatal]


def _own_size(aside: SetAside) -> int | None:
    """The size of the file, in bytes."""
    path = aside.problem.path
    own = dict(split(aside.stamp, path)[1]).get(path)
    return own.size if own else None
