"""A reading session: reads the files of one round that may have changed, and remembers which were set aside.

A file that is set aside is not read again before it changes. Most of them are found to be wrong within
milliseconds. A *fatal* file crashed the process that read it, or would have kept it busy for ever. It is
remembered in the store too, and recognised at another path by its bytes.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from feedsvc.articles.model import Problem, ReadArticle, Reading, Result, SetAside, with_shared_values
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.source.listing import Known, Listing, Marks, fatal_key, fits, source_digest, split, stamp
from feedsvc.articles.source.scanner import scan
from feedsvc.articles.source.selection import select_articles
from feedsvc.core.open_beneath import open_file


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


@dataclass(frozen=True, slots=True)
class Remembered:
    """The files that the last round set aside, and a function that stores the fatal ones."""

    files: Mapping[str, SetAside] = field(default_factory=dict)
    """By path."""
    keep: Callable[[Sequence[SetAside]], None] = lambda _all: None
    """Stores the fatal files in place of those stored before, even if the round fails."""


Keep = Callable[[str, str], None]
"""Takes the digest of a body (:attr:`Article.body`) and the body."""
Progress = Callable[[int, int], None]
"""Takes how many files have been read, and how many are to be."""
NOTHING = Remembered()


class ReadingSession:
    """Reads the files of one round that may have changed, and holds what came of it so far."""

    def __init__(
        self,
        directory: Path,
        known: Mapping[str, Known],
        rules: ReadOptions,
        readers: Readers,
        remembered: Remembered = NOTHING,
    ) -> None:
        self.directory = directory
        self.known = known
        self.rules = rules
        self.readers = readers
        self.touched: dict[str, str] = {}
        self.problems: list[Problem] = []
        """Warnings, and problems of files that the next round reads again."""
        self.set_aside: dict[str, SetAside] = {}
        """By path: unchanged ones of the last round, and new ones."""
        self._rules_start = options_start(rules)
        self._before = remembered
        self._fatal = {aside.fatal: aside for aside in remembered.files.values() if aside.fatal}
        self._fatal_sizes = {_own_size(aside) for aside in self._fatal.values()}

    @property
    def all_problems(self) -> Iterator[Problem]:
        """All problems: those, and the reasons for which files are set aside."""
        yield from self.problems
        yield from (aside.problem for aside in self.set_aside.values())

    def read(self, paths: Iterable[str], listing: Listing, progress: Progress) -> Iterator[tuple[str, Reading]]:
        """Read files, and give each with its path.

        One that changes meanwhile is read once more; if it changes again, the next round does.
        """
        moved: list[str] = []
        yield from self._read(paths, listing, progress, moved)
        if not moved:
            return
        listing = select_articles(self.directory, scan(self.directory), self.rules.include).listing
        again = moved
        moved = [path for path in again if path not in listing.files]
        yield from self._read([path for path in again if path in listing.files], listing, progress, moved)
        what, remedy = "the file changed or vanished while it was read", "nothing; it will be read again"
        self.problems.extend(Problem(path, None, what, remedy) for path in moved)

    def _read(
        self, paths: Iterable[str], listing: Listing, progress: Progress, moved: list[str]
    ) -> Iterator[tuple[str, Reading]]:
        to_read = [path for path in paths if not self._is_known(path, listing)]
        done = 0

        def tick() -> None:
            progress(done, len(to_read))

        for path, result in self.readers.read(self.directory, listing, self.rules, to_read, tick):
            done += 1
            if result is None:
                moved.append(path)
            elif isinstance(result, SetAside):
                self._set_aside(path, result)
            else:
                self.problems.extend(result.warnings)
                yield path, result
            tick()

    def handed_on(self, path: str, reading: Reading, keep: Keep) -> ReadArticle:
        """Hand the texts of a reading on to ``keep``, and return the rest."""
        article = reading.article
        keep(article.body, reading.body)
        for digest, text in reading.inline:
            keep(digest, text)
        if article.markdown is not None and reading.markdown is not None:
            keep(article.markdown, reading.markdown)
        known = self.known.get(path)
        # After an upgrade every file is read again, and nearly every article is equal to the one in memory.
        article = known.article if known and known.article == article else with_shared_values(article, path)
        return ReadArticle(article, self._stamped(reading.stamp), reading.source, reading.modified)

    def forget_changed(self) -> None:
        """Forget the fatal files that were removed or have changed; called when all files have been checked."""
        fatals = _fatals(self.set_aside)
        if self._fatal and {*self._fatal.values()} != {*fatals}:
            self._before.keep(fatals)

    def _set_aside(self, path: str, aside: SetAside) -> None:
        """Set a file aside that was just read. A fatal one is stored at once, because the round may still fail."""
        self.set_aside[path] = replace(aside, stamp=self._stamped(aside.stamp) if aside.stamp else "")
        if aside.fatal:
            self._before.keep(_fatals({**self._before.files, **self.set_aside}))

    def _is_known(self, path: str, listing: Listing) -> bool:
        """Whether the file has the bytes of the last round, or is one that was set aside and has not changed."""
        known, before = self.known.get(path), self._before.files.get(path)
        if known and self._is_touched(path, known, listing):
            others = (each for each, _ in self._watched(path, known.stamp))
            self.touched[path] = self._stamped(stamp(listing, path, others))
            return True
        if before and (watched := self._watched(path, before.stamp)) and fits(watched, listing):
            self.set_aside[path] = before
            return True
        return listing.files[path].size in self._fatal_sizes and self._is_fatal(path, listing)

    def _is_touched(self, path: str, known: Known, listing: Listing) -> bool:
        """Whether the file was written again with the bytes of the last reading, so that only its times differ."""
        before = self._watched(path, known.stamp)
        own = dict(before).get(path)
        others = tuple(each for each in before if each[0] != path)
        if own is None or own.size != listing.files[path].size or not fits(others, listing):
            return False
        content = self._content(path, own.size)
        return content is not None and source_digest(content, self.rules) == known.source

    def _is_fatal(self, path: str, listing: Listing) -> bool:
        """Whether the file has the bytes of a fatal one; it is then set aside like that."""
        content = self._content(path, listing.files[path].size)
        before = None if content is None else self._fatal.get(fatal_key(content, path, self.rules))
        if before is None:
            return False
        problem = replace(before.problem, path=path)
        self._set_aside(path, replace(before, problem=problem, stamp=stamp(listing, path)))
        return True

    def _content(self, path: str, size: int) -> bytes | None:
        """The bytes of a file and at most one more; None where it cannot be read, which the reader will say."""
        try:
            with open_file(self.directory, path) as file:
                return file.read(size + 1)
        except OSError:
            return None

    def _stamped(self, files: str) -> str:
        """The stamp of the files behind the start of the digest of the options."""
        return f"{self._rules_start} {files}"

    def _watched(self, path: str, stamp: str) -> Marks:
        """The marks of a stamp; none when the file was not read by these options."""
        start, before = split(stamp, path)
        return before if start == self._rules_start else ()


def _fatals(files: Mapping[str, SetAside]) -> list[SetAside]:
    return [files[path] for path in sorted(files) if files[path].fatal]


def _own_size(aside: SetAside) -> int | None:
    """The size of the file, in bytes."""
    path = aside.problem.path
    own = dict(split(aside.stamp, path)[1]).get(path)
    return own.size if own else None


def options_start(rules: ReadOptions) -> str:
    """The start of the digest of the options, with which stamps begin."""
    return hashlib.sha256(rules.key.encode()).hexdigest()[:16]


def is_unchanged(known: Known | None, rules_start: str, listing: Listing) -> bool:
    """Whether the file, all files it depends on and the options are those of the last reading."""
    if known is None:
        return False
    start, before = split(known.stamp, known.article.path)
    return start == rules_start and bool(before) and fits(before, listing)
