"""Files that are set aside: what is remembered of each, so that none is read again before it changes.

Most of them say by themselves what is wrong, and are read within milliseconds. A *fatal* one ended the process
that read it, or would have kept it for ever. It is remembered in the store too, and known elsewhere by its bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeAlias

from feedsvc.articles.model import Reading, SetAside
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.fingerprint import fits, source_digest, split, stamp
from feedsvc.articles.source.formats import article_format
from feedsvc.articles.source.listing import Listing
from feedsvc.core.open_beneath import open_file

Result: TypeAlias = Reading | SetAside | None
"""What became of one file; None where it changed or vanished while it was read."""


class Readers(Protocol):
    """Who reads files."""

    def read(
        self, directory: Path, listing: Listing, rules: ReadOptions, paths: Iterable[str], tick: Callable[[], None]
    ) -> Iterator[tuple[str, Result]]:
        """Read files, and give each with what became of it, in the order of ``paths``.

        Args:
            directory: The articles directory.
            listing: What it holds.
            rules: The settings to read by.
            paths: The files; taken one by one, a little ahead of the results.
            tick: Called a few times a second while a file takes long; what it raises ends the reading.

        Raises:
            ReadingError: No file can be read at all.
        """


def fatal_key(content: bytes, path: str, rules: ReadOptions) -> str:
    """What a fatal file is known by: its format, its bytes, and the rules by which it was read."""
    return f"{article_format(path)}:{source_digest(content, rules)}"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the last round left of files that are set aside, and where the fatal ones are kept."""

    files: Mapping[str, SetAside] = field(default_factory=dict)
    """By path."""
    keep: Callable[[Sequence[SetAside]], None] = lambda _all: None
    """Keeps the fatal ones, in place of those it has, whatever becomes of the round."""


class SetAsideFiles:
    """The files that a round sets aside: those remembered from before, and those it finds."""

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
        """Whether the file is one that was set aside and has not changed since; it is then found again."""
        before = self._before.files.get(path)
        if before is not None:
            start, watched = split(before.stamp)
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
        self.add(path, replace(before, problem=replace(before.problem, path=path), stamp=stamp(listing, [path])))
        return True

    def add(self, path: str, aside: SetAside) -> None:
        """Note a file that was just set aside. A fatal one is kept at once, as the round may come to nothing."""
        watched = f"{self._rules_start} {aside.stamp}" if aside.stamp else ""
        self.found[path] = replace(aside, stamp=watched)
        if aside.fatal:
            self._before.keep(self._fatals({**self._before.files, **self.found}))

    def settle(self) -> None:
        """Forget the fatal files that are no more, or have changed; called when all files have been looked at."""
        fatals = self._fatals(self.found)
        if self._kept and self._kept != frozenset(fatals):
            self._before.keep(fatals)

    @staticmethod
    def _fatals(files: Mapping[str, SetAside]) -> list[SetAside]:
        return [files[path] for path in sorted(files) if files[path].fatal]


def _own_size(aside: SetAside) -> int | None:
    """The size of the file, in bytes."""
    own = dict(split(aside.stamp)[1]).get(aside.problem.path)
    return own.size if own else None
