"""A reading session: reads the files of one round that may have changed, and remembers which were set aside."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from feedsvc.articles.collection import ReadArticle
from feedsvc.articles.model import Problem, Reading, SetAside, with_shared_values
from feedsvc.articles.options import ReadOptions
from feedsvc.articles.reading.set_aside import Readers, Remembered, SetAsideFiles
from feedsvc.articles.source.left_out import select_articles
from feedsvc.articles.source.listing import Known, Listing, Marks, fits, source_digest, split, stamp
from feedsvc.articles.source.scanner import scan
from feedsvc.core.open_beneath import open_file

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
        self.rules_start = options_start(rules)
        self.set_aside = SetAsideFiles(directory, rules, self.rules_start, remembered)
        self.touched: dict[str, str] = {}
        self.problems: list[Problem] = []
        """Warnings, and problems of files that the next round reads again."""

    @property
    def all_problems(self) -> Iterator[Problem]:
        """All problems: those, and the reasons for which files are set aside."""
        yield from self.problems
        yield from (aside.problem for aside in self.set_aside.found.values())

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
                self.set_aside.add(path, result)
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

    def _is_known(self, path: str, listing: Listing) -> bool:
        """Whether the file has the bytes of the last round, or is one that was set aside and has not changed."""
        if self._is_touched(path, listing):
            watched = (each for each, _ in self._watched(path))
            self.touched[path] = self._stamped(stamp(listing, path, watched))
            return True
        return self.set_aside.recall(path, listing)

    def _is_touched(self, path: str, listing: Listing) -> bool:
        """Whether the file was written again with the bytes of the last reading, so that only its times differ."""
        before = self._watched(path)
        own = dict(before).get(path)
        others = tuple(each for each in before if each[0] != path)
        if own is None or own.size != listing.files[path].size or not fits(others, listing):
            return False
        try:
            with open_file(self.directory, path) as file:
                content = file.read(own.size + 1)
        except OSError:
            return False  # the reader meets the same error and says so
        return source_digest(content, self.rules) == self.known[path].source

    def _stamped(self, files: str) -> str:
        """The stamp of the files behind the start of the digest of the options."""
        return f"{self.rules_start} {files}"

    def _watched(self, path: str) -> Marks:
        """The marks of the file's stamp; none when it was not read by these options."""
        known = self.known.get(path)
        start, before = split(known.stamp, path) if known else ("", ())
        return before if start == self.rules_start else ()


def options_start(rules: ReadOptions) -> str:
    """The start of the digest of the options, with which stamps begin."""
    return hashlib.sha256(rules.key.encode()).hexdigest()[:16]


def is_unchanged(known: Known | None, rules_start: str, listing: Listing) -> bool:
    """Whether the file, all files it depends on and the options are those of the last reading."""
    if known is None:
        return False
    start, before = split(known.stamp, known.article.path)
    return start == rules_start and bool(before) and fits(before, listing)
